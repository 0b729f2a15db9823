"""What belongs into an environment against what is there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.contents import Entry
from parity.core.findings import Finding
from parity.core.verification import (
    Difference,
    compare,
    condensed,
    drift,
    findings,
    is_run_by_python,
    misplaced_bytecode,
    source_of,
)

FILE = Entry("f", 0o444, 3, 10, "aa", "lib/a.py")
LINK = Entry("l", 0o777, 0, 0, "a.py", "lib/l")
EXPECTED = {entry.path: (entry, "pkg") for entry in (FILE, LINK)}
SEEN = FILE._replace(digest="")


def test_what_is_as_recorded_gives_no_difference() -> None:
    """A file's digest is not looked at, a link's time is not either."""
    assert [] == compare(EXPECTED, [SEEN, LINK])


@pytest.mark.parametrize(
    ("found", "code", "message"),
    [
        (SEEN._replace(size=4), "file-changed", "it had 3 bytes and has 4"),
        (SEEN._replace(mtime=11), "file-changed", "it was written to"),
        (SEEN._replace(mode=0o644), "mode-changed", "its mode was 444 and is 644"),
        (SEEN._replace(mode=0o4555), "mode-changed", "its mode was 444 and is 4555"),
        (Entry("l", 0o777, 0, 0, "b", FILE.path), "file-changed", "it was a file and is a link"),
        (Entry("o", 0o444, 3, 10, "", FILE.path), "file-changed", "it was a file and is a special file"),
        (None, "file-missing", "it is missing"),
    ],
)
def test_each_way_a_file_can_differ_is_told(found: Entry | None, code: str, message: str) -> None:
    """By one difference, the gravest first."""
    assert [Difference(code, FILE.path, message)] == compare(EXPECTED, [LINK, *([found] if found else [])])


def test_a_link_that_leads_elsewhere_is_told() -> None:
    """With where it led and leads; a file in its place is another kind."""
    assert [Difference("link-changed", LINK.path, "it led to `a.py` and leads to `b`")] == compare(
        EXPECTED, [SEEN, LINK._replace(digest="b")]
    )
    assert ["file-changed"] == [each.code for each in compare(EXPECTED, [SEEN, SEEN._replace(path=LINK.path)])]


@pytest.mark.parametrize("kind", ["f", "l", "o"])
def test_what_does_not_belong_is_told(kind: str) -> None:
    """A file, a link and a special file."""
    extra = SEEN._replace(path="lib/x", kind=kind)
    assert [("file-extra", "lib/x")] == [each[:2] for each in compare(EXPECTED, [SEEN, LINK, extra])]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("lib/__pycache__/a.cpython-312.pyc", "cache-file"),
        ("lib/__pycache__/a.cpython-312.opt-1.pyc", "cache-file"),
        ("lib/__pycache__/a.cpython-312-pytest-8.4.2.pyc", "cache-file"),
        ("lib/__pycache__/a.kernel-12.py312.nbi", "cache-file"),
        ("lib/__pycache__/a.kernel-12.py312.1.nbc", "cache-file"),
        ("lib/__pycache__/b.cpython-312.pyc", "file-extra"),
        ("lib/__pycache__/a.py", "file-extra"),
        ("lib/a.cpython-312.pyc", "file-extra"),
        ("lib/a.pyc", "file-extra"),
        ("lib/x__pycache__/a.pyc", "file-extra"),
    ],
)
def test_what_python_caches_is_no_drift(path: str, code: str) -> None:
    """Bytecode beside a recorded module; anything that Python would import without its source is."""
    assert [code] == [each.code for each in compare(EXPECTED, [SEEN, LINK, SEEN._replace(path=path)])]


def test_a_link_in_the_cache_of_bytecode_is_drift() -> None:
    """Python writes files there; a link leads somewhere else."""
    link = Entry("l", 0o777, 0, 0, "/tmp/x", "lib/__pycache__/a.cpython-312.pyc")  # noqa: S108 - nothing is written
    assert ["file-extra"] == [each.code for each in compare(EXPECTED, [SEEN, LINK, link])]


def test_differences_come_sorted_and_with_their_package() -> None:
    """What belongs to nobody has no package; information is no error."""
    cache = SEEN._replace(path="lib/__pycache__/a.cpython-312.pyc")
    extra = SEEN._replace(path="bin/x")
    remarks = findings(compare(EXPECTED, [extra, SEEN, cache]), EXPECTED)
    assert [
        ("bin/x", "file-extra", "error", ""),
        ("lib/__pycache__/a.cpython-312.pyc", "cache-file", "info", ""),
        ("lib/l", "file-missing", "error", "pkg"),
    ] == [(each.subject, each.code, each.severity, each.package) for each in remarks]


_PATHS = st.sampled_from(
    [f"lib/{folder}{name}" for folder in ("", "p/", "__pycache__/") for name in ("a.py", "b.pyc", "c")]
)
_ENTRIES = st.builds(
    Entry,
    st.sampled_from("flo"),
    st.sampled_from([0o444, 0o555]),
    st.integers(0, 1),
    st.integers(0, 1),
    st.just(""),
    _PATHS,
)


@given(st.lists(_ENTRIES, unique_by=lambda entry: entry.path), st.lists(_ENTRIES, unique_by=lambda entry: entry.path))
def test_nothing_is_overlooked(recorded: list[Entry], found: list[Entry]) -> None:
    """Every path on which the two sides disagree has one difference, every other has none."""
    expected = {entry.path: (entry, "pkg") for entry in recorded}
    there = {entry.path: entry for entry in found}
    # a link has no size, time or mode of its own that counts
    differ = {
        path
        for path in expected.keys() | there.keys()
        if path not in expected
        or path not in there
        or expected[path][0].kind != there[path].kind
        or (there[path].kind != "l" and expected[path][0] != there[path])
    }
    assert sorted(differ) == [each.path for each in compare(expected, found)]


def test_a_modules_name_is_read_off_its_bytecode() -> None:
    """As PEP 3147 has it, at the top too."""
    assert "lib/a.py" == source_of("lib/__pycache__/a.cpython-312.pyc")
    assert "a.py" == source_of("__pycache__/a.cpython-312.opt-2.pyc")
    assert "" == source_of("lib/a.pyc") == source_of("lib/__pycache__/a.txt") == source_of("")


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("a.cpython-312.pyc", True),
        ("a.cpython-313t.opt-2.pyc", True),
        ("a.pypy310.pyc", True),
        ("a.cpython-312-pytest-8.4.2.pyc", False),
        ("a.kernel-12.py312.nbi", False),
    ],
)
def test_what_python_runs_is_told_from_what_others_cache(name: str, run: bool) -> None:
    """Only what the import system would take instead of a source has to be judged by that source."""
    assert run == is_run_by_python(f"lib/__pycache__/{name}")


def test_bytecode_beside_another_packages_module_is_misplaced() -> None:
    """Its own module's is not, nor one whose module is nobody's."""
    code = "lib/__pycache__/a.cpython-312.pyc"
    assert [code] == misplaced_bytecode({"lib/a.py": "a", code: "b"})
    assert [] == misplaced_bytecode({"lib/a.py": "a", code: "a"})
    assert [] == misplaced_bytecode({code: "b", "lib/only.pyc": "b", "lib/a.py.txt": "a"})


def remark(path: str, package: str, code: str = "file-changed") -> Finding:
    """Return a finding about a file."""
    severity: Any = "info" if code == "cache-file" else "error"
    return Finding(code=code, severity=severity, subject=path, message="it is so", package=package)


def test_what_can_be_read_is_told_in_full() -> None:
    """As long as no package has more than four files that differ."""
    few = [remark(f"{name}{number}", name) for name in ("a", "") for number in range(4)]
    assert tuple(few) == condensed(few)


def test_many_files_are_counted_by_package() -> None:
    """A few of each are told, then how many more there are and what is wrong with them; the rest comes last."""
    many = [remark(f"a{number}", "a") for number in range(10)] + [remark(f"b{number}", "b") for number in range(5)]
    many += [remark("m", "a", "file-missing"), remark("x", "", "file-extra")]
    record = Finding(code="record-changed", severity="error", subject=".parity/lock", message="it is not what it was")
    found = condensed([record, *many])

    assert ["a0", "a1", "a2", "a", "b0", "b1", "b2", "b", "x", ".parity/lock"] == [each.subject for each in found]
    assert "8 more files differ: 7 changed, 1 missing" == found[3].message
    assert "2 more files differ: changed" == found[7].message


def test_many_packages_are_counted_too() -> None:
    """Behind a dozen there are only numbers; what programs cached is no error."""
    many = [remark(f"{name}{number}", f"p{name}") for name in range(14) for number in range(2)]
    many += [remark(f"c{number}", "c", "cache-file") for number in range(9)]
    found = condensed(many)

    assert 12 * 2 + 2 + 1 == len(found)
    assert [("p12", "2 files differ: changed"), ("p13", "2 files differ: changed")] == [
        (each.subject, each.message) for each in found[24:26]
    ]
    assert ("info", "c", "9 files cached by a program") == (found[-1].severity, found[-1].subject, found[-1].message)


def test_files_that_were_added_are_counted_apart() -> None:
    """Of two errors about one file it is one; what Python cached is none, and what is no file is another matter."""
    codes = ("file-changed", "mode-changed", "file-extra", "file-extra", "cache-file", "environment-outdated")
    found = [
        Finding(code=code, severity="info" if code == "cache-file" else "error", subject=subject, message="")
        for code, subject in zip(codes, ("a", "a", "b", "c", "d", "target"), strict=True)
    ]
    assert (1, 2, 1) == drift(found)
