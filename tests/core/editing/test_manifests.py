"""An edit is what was asked for and nothing else: every other byte of a manifest stays."""

import difflib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.editing.errors import ManifestUneditable, RequirementAmbiguous, RequirementUnknown
from parity.core.editing.manifests import with_entry, without_entries
from parity.core.editing.wanted import Kind, Wanted
from parity.core.errors import ManifestError
from parity.core.manifests.environment_yml import parse_environment
from parity.core.manifests.pyproject_toml import parse_pyproject

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
NEW = "zzz-new"


def wanted(
    text: str = f"{NEW}>=1.2", name: str = NEW, kind: Kind = "pypi", condition: str = "", group: str = ""
) -> Wanted:
    return Wanted(kind=kind, name=name, text=text, condition=condition, group=group)


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that a diff shows, with their sign."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


def there_and_back(text: str, file: str, one: Wanted) -> str:
    """Add an entry, take it out again, and return the text with it."""
    added, edit = with_entry(text, file, one)
    assert edit is not None
    back, _ = without_entries(added, file, [one.name], one.group)
    assert text == back
    return added


ENVIRONMENT = """\
# what we need
name:   odd
channels: [ conda-forge,bioconda ]
dependencies:
    - "python =3.11"   # keep
    - 'numpy>=1.20'

    # a heading
    - scipy   # [linux64]
    - pip:
        - torch==2.0  # why
        - -e ./lib
variables: {A: 'b'}
"""

PYPROJECT = """\
[project]
name = 'odd'
dependencies = [
    'requests >= 2',  # keep
    # a heading
    "aiohttp[speedups]>=3 ; python_version > '3.8'",
]

[dependency-groups]
Dev_Tools = ["pytest", {include-group = "lint"}]
lint = [ "ruff" ]

[tool.other]
value = '''
dependencies = ["not-this"]
'''
"""

REQUIREMENTS = """\
--index-url https://example.org/simple
# ours
requests[socks] >= 2 \\
    --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000
-e ./lib   # local
aiohttp # web

# the end
"""


@pytest.mark.parametrize(
    "case",
    [
        (ENVIRONMENT, "environment.yml", wanted(kind="conda"), f"+    - {NEW}>=1.2"),
        (ENVIRONMENT, "environment.yml", wanted(), f"+        - {NEW}>=1.2"),
        (ENVIRONMENT, "environment.yml", wanted(kind="conda", condition="osx"), f"+    - {NEW}>=1.2  # [osx]"),
        (
            "dependencies: [python, numpy]\n",
            "e.yml",
            wanted(kind="conda"),
            f"+dependencies: [python, numpy, {NEW}>=1.2]",
        ),
        ("dependencies:\n- a\n", "e.yml", wanted("b>=1,<2", "b", "conda"), "+- b>=1,<2"),
        (PYPROJECT, "pyproject.toml", wanted(), f'+    "{NEW}>=1.2",'),
        (PYPROJECT, "pyproject.toml", wanted(group="lint"), f'+lint = [ "ruff", "{NEW}>=1.2" ]'),
        ("[project]\ndependencies = []\n", "pyproject.toml", wanted(), f'+dependencies = ["{NEW}>=1.2"]'),
        ('[project]\ndependencies = [\n  "a",\n  "b"\n]\n', "pyproject.toml", wanted(), f'+  "{NEW}>=1.2",'),
        (REQUIREMENTS, "requirements.txt", wanted(), f"+{NEW}>=1.2"),
        ("", "requirements.in", wanted(), f"+{NEW}>=1.2"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("ended", [True, False], ids=["", "unended"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "bom"])
def test_an_entry_is_one_line_and_leaves_no_trace(
    case: tuple[str, str, Wanted, str], newline: str, mark: str, *, ended: bool
) -> None:
    """Added, the diff is that line; removed again, the bytes are those from before."""
    text, file, one, line = case
    text = mark + (text if ended else text.removesuffix("\n")).replace("\n", newline)
    added = there_and_back(text, file, one)
    new = [each for each in changed_lines(text, added) if each[0] == "+"]
    assert [line] == [each.replace(mark, "") for each in new] if mark and len(text) > 1 else new
    assert "\n" not in added.replace("\r\n", "") or newline == "\n" or not text.strip(mark)


@pytest.mark.parametrize(
    ("text", "file", "one", "before", "after"),
    [
        (ENVIRONMENT, "e.yml", wanted("numpy<2", "numpy", "conda"), "- 'numpy>=1.20'", "- numpy<2"),
        (ENVIRONMENT, "e.yml", wanted("torch>=2.1", "torch"), "torch==2.0  # why", "torch>=2.1  # why"),
        (
            ENVIRONMENT,
            "e.yml",
            wanted("scipy>=1", "scipy", "conda", condition="linux64"),
            "- scipy   # [linux64]",
            "- scipy>=1   # [linux64]",
        ),
        (PYPROJECT, "pyproject.toml", wanted("requests<3", "requests"), "'requests >= 2',", '"requests<3",'),
        (
            PYPROJECT,
            "pyproject.toml",
            wanted("aiohttp>=4", "aiohttp", condition='python_version > "3.8"'),
            "\"aiohttp[speedups]>=3 ; python_version > '3.8'\"",
            "'aiohttp[speedups]>=4 ; python_version > \"3.8\"'",
        ),
        (REQUIREMENTS, "r.txt", wanted("aiohttp>=3", "aiohttp"), "aiohttp # web", "aiohttp>=3 # web"),
    ],
)
def test_an_entry_that_is_there_is_replaced_in_place(
    text: str, file: str, one: Wanted, before: str, after: str
) -> None:
    """Its comment, its place and its extras stay."""
    assert text.replace(before, after) == with_entry(text, file, one)[0]


def test_a_bare_name_that_is_there_changes_nothing() -> None:
    """`add numpy` where numpy is asked for says nothing new."""
    one = Wanted(kind="conda", name="numpy", text="numpy", bare=True)
    assert (ENVIRONMENT, None) == with_entry(ENVIRONMENT, "environment.yml", one)


def test_a_sorted_list_stays_sorted() -> None:
    """The new entry goes where its name belongs."""
    text = '[project]\ndependencies = [\n  "a",\n  "c",\n]\n'
    assert '  "a",\n  "b",\n  "c",\n' in with_entry(text, "pyproject.toml", wanted("b", "b"))[0]


@pytest.mark.parametrize(
    ("text", "file", "one", "expected"),
    [
        ("name: x\n", "e.yml", wanted("a", "a", "conda"), "name: x\ndependencies:\n  - a\n"),
        ("", "e.yml", wanted("a", "a", "conda"), "dependencies:\n  - a\n"),
        ("name: x", "e.yml", wanted("a", "a"), "name: x\ndependencies:\n  - pip:\n    - a"),
        ("dependencies:\n- b\n", "e.yml", wanted("a", "a"), "dependencies:\n- b\n- pip:\n  - a\n"),
        ("dependencies:\n  - pip:\n", "e.yml", wanted("a", "a"), "dependencies:\n  - pip:\n    - a\n"),
        (
            "[project]\nname = 'x'\n",
            "pyproject.toml",
            wanted("a", "a"),
            "[project]\nname = 'x'\ndependencies = [\"a\"]\n",
        ),
        (
            "[project]\nname = 'x'\n\n[tool.b]\nc = 1",
            "pyproject.toml",
            wanted("a", "a", "conda"),
            (
                "[project]\nname = 'x'\n\n[tool.b]\nc = 1\n\n[tool.parity.conda]\n"
                'channels = ["conda-forge"]\ndependencies = ["a"]'
            ),
        ),
        (
            "[project]\nname = 'x'\n",
            "pyproject.toml",
            wanted("a", "a", group="dev"),
            "[project]\nname = 'x'\n\n[dependency-groups]\ndev = [\"a\"]\n",
        ),
        (
            "[project]\ndependencies = []\n",
            "pyproject.toml",
            Wanted(kind="pypi", name="lib", text="./lib", editable=True),
            '[project]\ndependencies = ["lib"]\n\n[tool.uv.sources]\nlib = { path = "./lib", editable = true }\n',
        ),
    ],
)
def test_what_an_entry_needs_is_begun(text: str, file: str, one: Wanted, expected: str) -> None:
    """A key, a section or a table that is not there yet."""
    assert expected == with_entry(text, file, one)[0]


def test_the_last_of_a_pip_section_takes_it_along() -> None:
    """Nothing is left of a section that was begun for one requirement."""
    there_and_back("dependencies:\n- b\n", "e.yml", wanted())


@pytest.mark.parametrize(
    ("text", "file", "name", "expected"),
    [
        (PYPROJECT, "pyproject.toml", "Requests", PYPROJECT.replace("    'requests >= 2',  # keep\n", "")),
        (ENVIRONMENT, "e.yml", "numpy", ENVIRONMENT.replace("    - 'numpy>=1.20'\n", "")),
        (ENVIRONMENT, "e.yml", "torch", ENVIRONMENT.replace("        - torch==2.0  # why\n", "")),
        ("dependencies: [a, b, c]\n", "e.yml", "a", "dependencies: [b, c]\n"),
        ("dependencies: [a, b, c]\n", "e.yml", "b", "dependencies: [a, c]\n"),
        ("dependencies: [a, b, c,]\n", "e.yml", "c", "dependencies: [a, b,]\n"),
        ("dependencies: [a]\n", "e.yml", "a", "dependencies: []\n"),
        ("a\nb \\\n  --hash=sha256:00\nc\n", "requirements.txt", "b", "a\nc\n"),
    ],
)
def test_an_entry_is_taken_with_its_line_or_its_comma(text: str, file: str, name: str, expected: str) -> None:
    """And nothing else, a line that a backslash continues included."""
    assert expected == without_entries(text, file, [name])[0]


@pytest.mark.parametrize(
    ("text", "file", "name", "hint"),
    [
        (ENVIRONMENT, "environment.yml", "nunpy", "did you mean `numpy`?"),
        (PYPROJECT, "pyproject.toml", "ruff", "the group `lint` asks for it: `parity remove ruff --group lint`"),
        ("", "requirements.txt", "ruff", "`parity why ruff` shows who asks for it, if anybody does"),
    ],
)
def test_what_is_not_asked_for_cannot_be_removed(text: str, file: str, name: str, hint: str) -> None:
    """The error says what was probably meant."""
    with pytest.raises(RequirementUnknown) as caught:
        without_entries(text, file, [name])
    assert hint == caught.value.hint


@pytest.mark.parametrize(
    ("text", "file", "one"),
    [
        ("x: &a [b]\ndependencies: *a\n", "e.yml", wanted(kind="conda")),
        ("dependencies: [a]\n", "e.yml", wanted()),
        ("dependencies: [a]\n", "e.yml", wanted(kind="conda", condition="osx")),
        ("dependencies: [a]\n", "e.yml", wanted(group="dev")),
        ("project = { dependencies = [] }\n", "pyproject.toml", wanted()),
        ("[tool.a]\n", "pyproject.toml", wanted()),
        ("a\n", "requirements.txt", wanted(kind="conda")),
        ("a\n", "requirements.txt", wanted(group="dev")),
    ],
)
def test_what_cannot_be_edited_is_refused(text: str, file: str, one: Wanted) -> None:
    """With what to do; nothing is guessed."""
    with pytest.raises(ManifestUneditable) as caught:
        with_entry(text, file, one)
    assert caught.value.hint


def test_selectors_are_conditions_too() -> None:
    """Of two entries for two platforms nobody knows which one is meant."""
    text = "dependencies:\n  - mkl=1  # [linux64]\n  - mkl=2  # [osx]\n"
    with pytest.raises(RequirementAmbiguous) as caught:
        with_entry(text, "e.yml", wanted("mkl=3", "mkl", "conda"))
    assert [(2, "`mkl=1  # [linux64]`"), (3, "`mkl=2  # [osx]`")] == [
        (fault.place.line, fault.message) for fault in caught.value.faults
    ]
    changed, _ = with_entry(text, "e.yml", wanted("mkl=3", "mkl", "conda", condition="osx"))
    assert text.replace("mkl=2", "mkl=3") == changed


NAMES = st.from_regex(r"[a-y][a-z0-9]{0,5}(-[a-z]{1,3})?", fullmatch=True)
BEHIND = st.sampled_from(["", " # why", "  # [linux]", "   "])
QUOTES = st.sampled_from(["", "'", '"'])
GAP = st.sampled_from(["", "\n", "# heading\n", "   # odd\n"])


@given(st.lists(st.tuples(GAP, NAMES, QUOTES, BEHIND), max_size=5), st.integers(0, 4), st.integers(1, 3), st.booleans())
def test_any_environment_comes_back(rows: list[tuple[str, str, str, str]], indent: int, gap: int, pip: bool) -> None:
    """Whatever the indentation, the quotes, the comments and the order."""
    dash = f"{' ' * indent}-{' ' * gap}"
    lines = "".join(f"{above}{dash}{quote}{name}{quote}{behind}\n" for above, name, quote, behind in rows)
    section = f"{dash}pip:\n{' ' * (indent + gap + 3)}- other\n" if pip else ""
    text = f"channels: [a]\ndependencies:\n{lines}{section}name: x\n"
    for kind in ("conda", "pypi"):
        added = there_and_back(text, "environment.yml", wanted(kind=kind))
        parsed = parse_environment(added, "environment.yml", read=lambda _: None, base="", platform="linux-64")
        assert NEW in {*(one.name for one in parsed.conda), *(one.name for one in parsed.wheels)}


@given(
    st.lists(st.tuples(NAMES, st.sampled_from(["'", '"']), BEHIND), max_size=5),
    st.sampled_from(["\n", "", " "]),
    st.booleans(),
    st.booleans(),
)
def test_any_pyproject_comes_back(rows: list[tuple[str, str, str]], gap: str, trailing: bool, mixed: bool) -> None:
    """Lists on one line and on several, with and without a last comma, with comments between."""
    behind = "" if gap != "\n" else None
    parts = [f"{quote}{name}{quote}" for name, quote, _ in rows]
    body = "".join(
        f"{gap}{'  ' if mixed else ''}{part}{',' if trailing or number + 1 < len(parts) else ''}"
        f"{behind if behind is not None else rows[number][2]}"
        for number, part in enumerate(parts)
    )
    text = f"[project]\nname = 'x'\ndependencies = [{body}{gap}]\n[tool.a]\nb = 1\n"
    added = there_and_back(text, "pyproject.toml", wanted())
    expected = sorted([*tomllib.loads(text)["project"]["dependencies"], f"{NEW}>=1.2"])
    assert expected == sorted(tomllib.loads(added)["project"]["dependencies"])
    assert not parse_pyproject(added, "pyproject.toml", read=lambda _: None).faults


def corpus(*endings: str) -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.name.endswith(endings))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the corpus of real files in `../shared/corpus`")
@pytest.mark.parametrize("kind", ["conda", "pypi"])
def test_real_files_come_back(kind: Kind) -> None:
    """One more line, and identical bytes after it is taken out again; what cannot be edited is refused as such."""
    tried = refused = 0
    for path in sorted(path for path in CORPUS.rglob("*") if path.suffix in {".yml", ".yaml"}):
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        try:
            added, edit = with_entry(text, path.name, wanted(kind=kind))
        except ManifestError:  # no environment file
            continue
        except ManifestUneditable:
            refused += 1
            continue
        assert edit is not None, path
        if "dependencies" not in text or (kind == "pypi" and "pip:" not in text):
            continue  # a section was begun
        tried += 1
        assert 1 == len([line for line in changed_lines(text, added) if line[0] == "+"]), path
        assert text == without_entries(added, path.name, [NEW])[0], path
    assert tried > 20
    assert refused < tried / 20
