"""Which distributions conda packages bring."""

from pathlib import Path

import pytest

import parity
from parity.core.conda.distributions import absent, provided
from parity.core.lockfile.model import LockedConda, LockedWheel, Noarch
from parity.core.translation.names import NameTable

_DATA = Path(parity.__file__).parent / "data"


@pytest.fixture(scope="module")
def names() -> NameTable:
    """Read the shipped table."""
    return NameTable.from_text(
        (_DATA / "conda_names.tsv").read_text(encoding="utf-8"),
        (_DATA / "translation.toml").read_text(encoding="utf-8"),
    )


@pytest.mark.parametrize(
    "path",
    [
        "lib/python3.12/site-packages/Typing_Extensions-4.0.dist-info/METADATA",
        "lib/python3.12/site-packages/typing_extensions-4.0-py3.12.egg-info",
        "lib/python3.12/site-packages/typing.extensions.egg-info/PKG-INFO",
    ],
)
def test_what_is_brought_is_seen_by_its_metadata(path: str) -> None:
    """In each of the forms that there are; a wheel of the environment counts as well."""
    wheels = [
        LockedWheel(name="two", version="1", targets=("t",), requires=("typing-extensions", "one")),
        LockedWheel(name="one", version="1", targets=("t",), requires=("typing-extensions",)),
    ]
    assert () == absent(wheels, ["bin/x", path])
    assert (("typing-extensions", "one"),) == absent(wheels, ["lib/python3.12/site-packages/typing_extensions.py"])


def package(name: str, version: str = "1.0", *, depends: tuple[str, ...] = (), noarch: Noarch = "") -> LockedConda:
    """Return a package."""
    return LockedConda(
        name=name,
        version=version,
        build="0",
        channel="conda-forge",
        subdir="noarch" if noarch else "linux-64",
        file=f"{name}-{version}-0.conda",
        sha256="a" * 64,
        targets=("linux-64",),
        depends=depends,
        noarch=noarch,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (package("numpy", "1.26.4", depends=("python >=3.11,<3.12.0a0",)), {"numpy": "1.26.4"}),
        (package("pytorch", "2.4.1", depends=("python",)), {"torch": "2.4.1"}),
        (package("ruamel.yaml", noarch="python"), {"ruamel-yaml": "1.0"}),
        (package("in_house.thing", depends=("python[version='>=3.9']",)), {"in-house-thing": "1.0"}),
        (package("libgreet"), {}),
        (package("data-files", noarch="generic"), {}),
        (package("python", "3.11.9", depends=("python_abi",)), {}),
        (package("python_abi", "3.11", depends=("python 3.11.*",)), {}),
        (package("tzdata-tool", "2024a", depends=("python",)), {"tzdata-tool": "2024a0"}),
        (package("oddly", "1_x", depends=("python",)), {}),
    ],
    ids=lambda value: value.name if isinstance(value, LockedConda) else None,
)
def test_what_needs_python_brings_a_distribution(
    given: LockedConda, expected: dict[str, str], names: NameTable
) -> None:
    """By the table's name, else by its own; libraries, data and Python itself bring none."""
    assert expected == {each.name: each.version for each in provided([given], names)}


def test_two_packages_of_one_distribution_are_one(names: NameTable) -> None:
    """What is split in two on conda's side is told once."""
    both = [package(name, "3.9.2", noarch="python") for name in ("matplotlib", "matplotlib-base")]
    assert 1 == [each.name for each in provided(both, names)].count("matplotlib")
