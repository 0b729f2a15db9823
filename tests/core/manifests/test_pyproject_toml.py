"""`pyproject.toml`: dependencies, extras, groups, sources and settings."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.manifests.pyproject_toml import Pyproject, parse_pyproject
from parity.core.places import Place
from parity.core.spec import Index, Project


def parse(text: str, files: Mapping[str, str] | None = None, file: str = "pyproject.toml") -> Pyproject:
    """Parse a file beside which others may lie."""
    return parse_pyproject(text, file, read=(files or {}).get)


def wheels(found: Pyproject) -> list[tuple[str, str]]:
    """Return group and text of each requirement, where nothing may be wrong."""
    assert () == found.faults
    return [(wheel.group, wheel.to_text()) for wheel in found.wheels]


def faults(text: str) -> list[str]:
    """Return where and why a file is refused."""
    return [f"{fault.place.key} {fault.message}" for fault in parse(text).faults]


def test_dependencies_extras_and_groups_are_read() -> None:
    """Each requirement knows its group and its place; names are normalised."""
    found = parse(
        """
        [project]
        name = "My.Project"
        requires-python = ">=3.10, <3.14"
        dependencies = ["NumPy>=1.26", "torch; sys_platform == 'linux'"]
        optional-dependencies.GPU_x = ["cupy"]
        [dependency-groups]
        Dev = ["ruff", { include-group = "test" }]
        test = ["pytest>=8"]
        """
    )
    assert [
        ("", "numpy>=1.26"),
        ("", 'torch ; sys_platform == "linux"'),
        ("extra:gpu-x", "cupy"),
        ("dev", "ruff"),
        ("dev", "pytest>=8"),
        ("test", "pytest>=8"),
    ] == wheels(found)
    assert Place(file="pyproject.toml", key="dependency-groups.test[0]") == found.wheels[4].place
    assert ("my-project", ("dev", "test"), ("gpu-x",)) == (found.name, found.groups, found.extras)
    assert [("range", "<3.14,>=3.10", "project.requires-python")] == [
        (one.kind, one.version, one.place.key) for one in found.python
    ]
    assert ("project", "dependency-groups") == found.tables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[build-system]", "build-system"),
        ("[tool.parity]\npackage = true", "tool.parity.package"),
        ("[build-system]\n[tool.parity]\npackage = false", ""),
        ("", ""),
    ],
)
def test_a_project_is_a_package_when_it_says_so(text: str, expected: str) -> None:
    """`[build-system]` says it, and `package` has the last word."""
    found = parse(f"project.name = 'a'\n{text}")
    place = Place(file="pyproject.toml", key=expected)
    assert (Project(name="a", place=place) if expected else None) == found.project


def test_a_project_that_asks_for_its_own_extras_gets_what_they_ask_for() -> None:
    """`a[test]` inside of `a` is no distribution of an index; markers on the way count, circles end."""
    found = parse(
        """
        [project]
        name = "a"
        [project.optional-dependencies]
        all = ["A[x]; python_version < '3.12'", "b"]
        test = ["pytest"]
        x = ["a[all,test]"]
        [dependency-groups]
        dev = ["a[all]"]
        """
    )
    assert [
        ("extra:all", 'pytest ; python_version < "3.12"'),
        ("extra:all", "b"),
        ("extra:test", "pytest"),
        ("extra:x", "b"),
        ("extra:x", "pytest"),
        ("dev", 'pytest ; python_version < "3.12"'),
        ("dev", "b"),
    ] == wheels(found)


def test_an_extra_that_is_not_there_cannot_be_asked_for() -> None:
    """The near one is named."""
    found = parse('project = { name = "a", optional-dependencies = { test = ["a[tset]"], tests = [] } }')
    assert [("project.optional-dependencies.test[0]", "did you mean `test`?")] == [
        (fault.place.key, fault.hint) for fault in found.faults
    ]


def test_a_circle_of_groups_is_told_once() -> None:
    """Whichever group one starts from, it is the same circle."""
    assert ["dependency-groups.b[0] groups include each other: `a` → `b` → `a`"] == faults(
        '[dependency-groups]\na = [{ include-group = "B" }]\nb = [{ include-group = "a" }]'
    )


def test_all_faults_are_named_with_their_places() -> None:
    """Types, names, requirements, groups and settings: nothing hides behind the first fault."""
    assert {
        "tool.parity.rout `rout` is not a key of `tool.parity`",
        "project.name `-` is not a name",
        "project.dependencies[0] `a>=1.*` is not a requirement: .* suffix can only be used with `==` or `!=` operators",
        "project.dependencies[1] a string was expected, found a number",
        "project.requires-python `3.12` is not a range of versions",
        'project.optional-dependencies."a b" `a b` must be a list, found a string',
        "dependency-groups.dev[0] there is no group `tets` to include",
        "dependency-groups.dev[1] a requirement or an include was expected, found a table",
        "dependency-groups.DEV `DEV` and `dev` are the same name",
        "dependency-groups.test `test` must be a list, found a table",
    } == set(
        faults(
            """
            [project]
            name = "-"
            dependencies = ["a>=1.*", 3]
            requires-python = "3.12"
            optional-dependencies = { "a b" = "x" }
            [dependency-groups]
            dev = [{ include-group = "tets" }, { include = "test" }]
            DEV = []
            test = {}
            [tool.parity]
            rout = "venv"
            """
        )
    )


def test_an_unknown_group_has_a_near_one_in_its_hint() -> None:
    """A slip of the finger is guessed."""
    found = parse('[dependency-groups]\ndev = [{ include-group = "tets" }]\ntest = []')
    assert ["did you mean `test`?"] == [fault.hint for fault in found.faults]


def test_dependencies_in_files_of_setuptools_are_followed() -> None:
    """`dynamic` is no secret where setuptools reads it from a requirements file."""
    found = parse(
        """
        [project]
        name = "a"
        dynamic = ["version", "dependencies", "optional-dependencies"]
        [tool.setuptools.dynamic]
        dependencies = { file = ["requirements.txt", "none.txt"] }
        optional-dependencies.test = { file = "test.txt" }
        """,
        {"requirements.txt": "numpy\n# x\n", "test.txt": "pytest"},
    )
    assert [("", "numpy", "requirements.txt:1"), ("extra:test", "pytest", "test.txt:1")] == [
        (wheel.group, wheel.to_text(), str(wheel.place)) for wheel in found.wheels
    ]
    assert ["`none.txt` does not exist"] == [fault.message for fault in found.faults]


def test_dependencies_that_only_a_build_knows_are_refused() -> None:
    """Nothing is guessed; the remedies are named."""
    found = parse('[project]\nname = "a"\ndynamic = ["dependencies", "requires-python"]')
    assert ["project.dynamic[0]"] == [fault.place.key for fault in found.faults]
    assert "requirements.txt" in found.faults[0].hint
    assert ["pyproject.toml: project.dynamic[1]"] == [finding.subject for finding in found.findings]


def test_poetrys_own_form_is_refused_unless_the_standard_one_is_there() -> None:
    """The place is that of Poetry's table."""
    poetry = '[tool.poetry.dependencies]\npython = "^3.11"\n'
    assert ["tool.poetry.dependencies dependencies in Poetry's own form are not read"] == faults(poetry)
    assert [] == faults(f"{poetry}[project]\nname = 'a'")


def test_sources_and_indexes_of_uv_are_followed() -> None:
    """What uv would take from a path, a repository or an index of its own comes from there."""
    found = parse(
        """
        [project]
        name = "a"
        dependencies = ["lib>=1", "Torch>=2; os_name == 'posix'", "g", "h==1", "plain"]
        [dependency-groups]
        dev = ["plain"]
        [tool.uv]
        constraint-dependencies = ["numpy<2"]
        [tool.uv.sources]
        lib = { path = "../lib", editable = true }
        torch = { index = "cpu" }
        g = { git = "https://h.test/g", tag = "v1", subdirectory = "s" }
        H = { url = "https://h.test/h.zip" }
        plain = { path = "./plain", group = "dev" }
        [[tool.uv.index]]
        name = "cpu"
        url = "https://cpu.test"
        explicit = true
        [[tool.uv.index]]
        url = "./wheels"
        format = "flat"
        """
    )
    assert [
        ("", "-e ../lib"),
        ("", 'torch>=2 ; os_name == "posix"'),
        ("", "g @ git+https://h.test/g@v1#subdirectory=s"),
        ("", "h @ https://h.test/h.zip"),
        ("", "plain"),
        ("dev", "./plain"),
    ] == wheels(found)
    assert "cpu" == found.wheels[1].index
    assert ["numpy<2"] == [one.to_text() for one in found.constraints]
    assert (
        Index(name="cpu", url="https://cpu.test", explicit=True),
        Index(name="index-2", url="./wheels", flat=True),
    ) == found.indexes


def test_an_index_of_paritys_own_settings_can_be_named() -> None:
    """An explicit index serves what names it, whichever table describes it."""
    found = parse_pyproject(
        """
        [project]
        name = "x"
        dependencies = ["torch"]
        [tool.parity]
        indexes = [{ name = "wheelhouse", url = "./wheels", explicit = true }]
        [tool.uv.sources]
        torch = { index = "wheelhouse" }
        """,
        read=lambda _: None,
    )
    assert () == found.faults
    assert ["wheelhouse"] == [requirement.index for requirement in found.wheels]


def test_an_index_whose_name_is_nearly_that_is_told_with_it() -> None:
    """As every slip of the pen."""
    found = parse_pyproject(
        """
        [project]
        name = "x"
        dependencies = ["torch"]
        [[tool.uv.index]]
        name = "house"
        url = "./wheels"
        [tool.uv.sources]
        torch = { index = "huose" }
        """,
        read=lambda _: None,
    )
    assert [("there is no index `huose`", "did you mean `house`?")] == [
        (each.message, each.hint) for each in found.faults
    ]


def test_sources_that_parity_cannot_follow_are_refused() -> None:
    """Workspaces, markers and unknown indexes would be guesses."""
    assert [
        "tool.uv.sources.a workspaces are not read",
        "tool.uv.sources.b[0] a source for some machines only is not read",
        "tool.uv.sources.c.index there is no index `x`",
        "tool.uv.sources.d a source needs one of `git`, `index`, `path` and `url`",
        "tool.uv.sources.e a table was expected, found a string",
    ] == faults(
        """
        [tool.uv.sources]
        a = { workspace = true }
        b = [{ url = "https://h.test/b.zip", marker = "os_name == 'nt'" }]
        c = { index = "x" }
        d = {}
        e = "./e"
        """
    )


def test_settings_of_uv_that_change_the_answer_are_noted() -> None:
    """They have no part in the lock, and that is said."""
    found = parse('[tool.uv]\noverride-dependencies = ["x"]\ncache-dir = "x"')
    assert ["pyproject.toml: tool.uv.override-dependencies"] == [finding.subject for finding in found.findings]


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("[tool.ruff]", ()),
        ("[build-system]", ()),
        ("[tool.parity]", ("tool.parity",)),
        ("[tool.poetry]", ()),
        ("[tool.poetry.dependencies]\n[dependency-groups]", ("dependency-groups", "tool.poetry")),
    ],
)
def test_only_some_tables_make_a_manifest(text: str, tables: tuple[str, ...]) -> None:
    """A file that only configures tools says nothing about the environment."""
    assert tables == parse(text).tables


def test_broken_toml_has_its_line() -> None:
    """The line is a place, not a part of the sentence."""
    found = parse('\n\n[project\nname = "a"')
    assert ["pyproject.toml:3"] == [str(fault.place) for fault in found.faults]
    assert "line" not in found.faults[0].message


def test_content_does_not_depend_on_how_it_is_written() -> None:
    """Comments, order of keys and of requirements, and spelling change nothing; a version does."""
    one = parse('[project]\nname = "a"\ndependencies = ["b", "C_d >= 1"]\n[dependency-groups]\nx = ["y"]').content
    other = '# c\n[dependency-groups]\nX = ["y"]\n[project]\ndependencies = ["c-d>=1", "b",]\nname = "A"\nversion = "2"'
    assert one == parse(other).content
    assert one != parse(other.replace(">=1", ">=2")).content


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    """Anything is parsed or refused by place; nothing is raised."""
    assert all(fault.place.file == "pyproject.toml" for fault in parse(text).faults)


@pytest.mark.parametrize("key", ["project", "tool", "dependency-groups", "tool.uv", "tool.parity", "tool.uv.index",
                                 "tool.uv.sources", "tool.poetry", "tool.setuptools", "project.dependencies",
                                 "project.dynamic", "project.name", "project.optional-dependencies",
                                 "project.requires-python"])  # fmt: skip
@pytest.mark.parametrize("value", ["1", "''", "[1]", "[[]]", "{ x = 1 }", "{ x = [1] }", "true", "2026-01-01"])
def test_no_value_is_too_odd(key: str, value: str) -> None:
    """Whatever stands where something else is expected, it is a fault and no crash."""
    found = parse(f"{key} = {value}")
    assert all(fault.message and fault.hint for fault in found.faults)
