"""`[tool.parity]`: every key is checked."""

import tomllib
from typing import Any

import pytest

from parity.core.manifests.settings_table import SettingsTable, parse_settings
from parity.core.places import Place
from parity.core.spec import Index, Settings


def parse(text: str) -> SettingsTable:
    """Parse the lines of the table."""
    return parse_settings(tomllib.loads(text), Place(file="pyproject.toml", key="tool.parity"))


def faults(text: str) -> list[tuple[str, str]]:
    """Return the key and the hint of each fault."""
    return [(fault.place.key.removeprefix("tool.parity"), fault.hint) for fault in parse(text).faults]


def test_every_key_is_read() -> None:
    """Names are normalised, and an empty table says nothing."""
    found = parse(
        """
        manifests = ["environment.yml", "requirements-dev.txt"]
        route = "venv"
        targets = ["linux-64", "osx-arm64"]
        groups = ["Dev_Tools", "dev-tools"]
        extras = ["gpu"]
        package = false
        interpreter = "exact"
        exclude-newer = "2026-03-01T12:00:00+02:00"
        sdists = ["Some.Thing"]
        indexes = [{ name = "corp", url = "https://corp.test/simple", default = true },
                   { name = "files", url = "./wheels", flat = true, explicit = true }]
        """
    )
    assert () == found.faults
    assert (
        Settings(
            manifests=("environment.yml", "requirements-dev.txt"),
            route="venv",
            targets=("linux-64", "osx-arm64"),
            groups=("dev-tools",),
            extras=("gpu",),
            package=False,
            interpreter="exact",
            exclude_newer="2026-03-01T10:00:00Z",
            sdists=("some-thing",),
            indexes=(
                Index(name="corp", url="https://corp.test/simple", default=True),
                Index(name="files", url="./wheels", flat=True, explicit=True),
            ),
        )
        == found.settings
    )
    assert Settings() == parse("").settings


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-02-28", "2026-03-01T00:00:00Z"),
        ('"2026-02-28"', "2026-03-01T00:00:00Z"),
        ("2026-02-28T23:00:00-02:00", "2026-03-01T01:00:00Z"),
        ('"2026-02-28t23:00:00z"', "2026-02-28T23:00:00Z"),
    ],
)
def test_a_moment_is_the_same_everywhere(value: str, expected: str) -> None:
    """A day counts to its end, in UTC, whatever the machine's time zone is."""
    assert expected == parse(f"exclude-newer = {value}").settings.exclude_newer


@pytest.mark.parametrize("value", ['"1 week"', "2026-03-01T12:00:00", '"2026-13-01"', "3", '"9999-12-31"', "true"])
def test_a_moment_that_depends_on_the_machine_is_refused(value: str) -> None:
    """No zone, no clock, no calendar of one's own."""
    assert [("." + "exclude-newer", "write `2026-03-01` or `2026-03-01T12:00:00Z` (RFC 3339)")] == faults(
        f"exclude-newer = {value}"
    )


@pytest.mark.parametrize(("value", "expected"), [("true", ("*",)), ("false", ()), ('["*"]', ("*",)), ("[]", ())])
def test_sdists_are_all_some_or_none(value: str, expected: tuple[str, ...]) -> None:
    """`true` stands for every name."""
    assert expected == parse(f"sdists = {value}").settings.sdists


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('target = "x"', [(".target", "did you mean `targets`?")]),
        ('route = "vnv"', [(".route", "write `venv` or `conda`")]),
        ('route = ""', [(".route", "write `venv` or `conda`")]),
        ("route = 1", [(".route", "write a string")]),
        ('interpreter = "minor"', [(".interpreter", "write `exact`")]),
        ('package = "yes"', [(".package", "write true or false")]),
        ('targets = "linux-64"', [(".targets", "write a list")]),
        ('targets = ["", 1]', [(f".targets[{at}]", "put it in quotation marks") for at in (0, 1)]),
        ('groups = ["-"]', [(".groups[0]", "names are letters, digits, `-`, `_` and `.`")]),
        ("sdists = 1", [(".sdists", "write a list")]),
        ("indexes = [1]", [(".indexes[0]", "write `{ name = …, url = … }`")]),
    ],
)
def test_a_fault_has_its_key_and_its_remedy(text: str, expected: list[tuple[str, str]]) -> None:
    """Types, words and names are checked, each in its place."""
    assert expected == faults(text)


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([{"url": "https://a.test"}], "indexes[0]"),
        ([{"name": "a"}], "indexes[0]"),
        ([{"name": "a/b", "url": "x"}], "indexes[0].name"),
        ([{"name": "a", "url": "x", "defualt": True}], "indexes[0].defualt"),
        ([{"name": "default", "url": "x"}], "indexes[0].name"),
        ([{"name": "a", "url": "x"}, {"name": "a", "url": "y"}], "indexes[1].name"),
        ([{"name": name, "url": name, "default": True} for name in "ab"], "indexes[1].default"),
        ([{"name": "a", "url": "x", "default": True, "explicit": True}], "indexes[0].default"),
    ],
)  # fmt: skip
def test_an_index_that_means_two_things_is_refused(rows: list[dict[str, Any]], key: str) -> None:
    """A lock knows indexes by their names, so names and roles must be plain."""
    found = parse_settings({"indexes": rows}, Place(file="pyproject.toml", key="tool.parity"))
    assert [f"tool.parity.{key}"] == [fault.place.key for fault in found.faults]


def test_sides_are_preferred_by_name() -> None:
    """Names are normalised; a side that there is not, and a name that is none, are faults with their places."""
    assert {"my-lib": "conda", "numpy": "pypi"} == parse(
        'prefer = { numpy = "pypi", My_Lib = "conda" }'
    ).settings.prefer
    faults = parse('prefer = { numpy = "pip", "a b" = "conda" }').faults
    assert ["tool.parity.prefer.numpy", 'tool.parity.prefer."a b"'] == [fault.place.key for fault in faults]


def test_rules_for_accelerators_are_read() -> None:
    """Names are normalised, a value is a name with extras or a table, an empty table stays."""
    found = parse(
        'accelerators = { allow-cpu = true, indexes = { cu126 = "wheels" }, packages = { '
        'My_Lib = { cuda = "my-lib-gpu[fast]", cpu = { index = "house" } }, jax = {} } }'
    )
    settings = found.settings.accelerators
    rules = settings.packages["my-lib"]
    addresses = {name: index.url for name, index in settings.indexes.items()}
    assert ((), True, {"cu126": "wheels"}) == (found.faults, settings.allow_cpu, addresses)
    assert ("my-lib-gpu", ("fast",), "") == (rules["cuda"].package, rules["cuda"].extras, rules["cuda"].index)
    assert ("", "house", {}) == (rules["cpu"].package, rules["cpu"].index, settings.packages["jax"])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('indexes = { cuda = "x" }', "indexes.cuda"),
        ('indexes = { cu126 = "" }', "indexes.cu126"),
        ("indexes = { cu126 = 1 }", "indexes.cu126"),
        ("indexes = { cu126 = { flat = true } }", "indexes.cu126"),
        ('indexes = { cu126 = { url = "x", format = "flat" } }', "indexes.cu126.format"),
        ('packages = { "a b" = {} }', 'packages."a b"'),
        ('packages = { a = { gpu = "b" } }', "packages.a.gpu"),
        ('packages = { a = { cuda = "b>=1" } }', "packages.a.cuda"),
        ("packages = { a = { cuda = {} } }", "packages.a.cuda"),
        ('packages = { a = { cuda = { indx = "x", package = "b" } } }', "packages.a.cuda.indx"),
        ('allow-cpu = "yes"', "allow-cpu"),
        ("allow = true", "allow"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(text: str, key: str) -> None:
    """With its place."""
    places = {fault.place.key for fault in parse(f"accelerators = {{ {text} }}").faults}
    assert {f"tool.parity.accelerators.{key}"} == places
