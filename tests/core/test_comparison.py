"""Two environments side by side: what is different, what matters most first."""

import pytest

from parity.core.comparison import Difference, Side, compare, interpreter_of
from parity.core.fingerprint import Fingerprint, Package, Piece
from parity.core.lockfile.model import LockedPython, LockedTarget

BASE = {"numpy": Package("1.26", "a"), "left": Package("1", "x"), "mkl": Package("2024", "m")}
FILES = (Piece("@/left.py", "f", False, "d1" * 32, "left"), Piece("@/numpy.py", "f", False, "d2" * 32, "numpy"))


def side(
    python: str = "cpython 3.13.0",
    packages: dict[str, Package] | None = None,
    pieces: tuple[Piece, ...] = FILES,
    variables: dict[str, str] | None = None,
    *,
    has_files: bool = True,
) -> Side:
    """Return a side that differs from others in what is given."""
    found = Fingerprint(interpreter=python, packages=packages or BASE, pieces=pieces, variables=variables or {})
    return Side(fingerprint=found, has_files=has_files)


def told(before: Side, after: Side) -> list[tuple[str, ...]]:
    """Return the differences as plain words."""
    return [tuple(each) for each in compare(before, after)]


def test_the_same_is_no_difference() -> None:
    """Whoever looks."""
    assert [] == told(side(), side())


def test_what_matters_most_comes_first() -> None:
    """Interpreter, what brings BLAS, versions, builds, files, variables; each with what was and what is."""
    packages = {"numpy": Package("2.0", "b"), "left": Package("1", "y"), "mkl": Package("2025", "m")}
    pieces = (FILES[0], FILES[1]._replace(digest="e" * 64), Piece("bin/x", "f", True, "f" * 64, ""))
    found = compare(side(), side("cpython 3.12.1", packages, pieces, {"OMP": "1"}))

    assert [
        Difference("interpreter", "interpreter", "cpython 3.13.0", "cpython 3.12.1"),
        Difference("provider", "mkl", "2024", "2025"),
        Difference("package", "numpy", "1.26", "2.0"),
        Difference("build", "left", "x", "y"),
        Difference("file", "bin/x", "", "ffffffffffff (executable)"),
        Difference("variable", "OMP", "", "1"),
    ] == list(found)
    assert [1, 3, 4, 5, 7, 8] == [each.rank for each in found]


def test_a_prefix_has_more_that_matters() -> None:
    """What compiled code is linked against, providers by their builds, the Python's own build, channels last."""
    before = {
        "python": Package("3.12.1", "h1_cpython", "conda-forge"),
        "libstdcxx": Package("14", "a", "conda-forge"),
        "libblas": Package("3.9", "20_mkl", "conda-forge"),
        "left": Package("1", "x", "conda-forge"),
    }
    after = {
        "python": Package("3.12.1", "h2_cpython", "conda-forge"),
        "libstdcxx": Package("15", "a", "conda-forge"),
        "libblas": Package("3.9", "21_openblas", "conda-forge"),
        "left": Package("1", "x", "mirror"),
    }
    assert [
        ("interpreter", "python", "3.12.1 h1_cpython", "3.12.1 h2_cpython"),
        ("abi", "libstdcxx", "14", "15"),
        ("provider", "libblas", "3.9 20_mkl", "3.9 21_openblas"),
        ("channel", "left", "conda-forge", "mirror"),
    ] == told(side(packages=before), side(packages=after))


def test_files_of_the_same_package_are_told() -> None:
    """Changed, executable, gone, and other links; those of another version are not, for that says it all."""
    pieces = (FILES[0]._replace(executable=True), Piece("bin/python", "l", False, "{interpreter}", ""))
    assert [
        ("file", "@/left.py", "d1d1d1d1d1d1", "d1d1d1d1d1d1 (executable)"),
        ("file", "@/numpy.py", "d2d2d2d2d2d2", ""),
        ("file", "bin/python", "", "-> {interpreter}"),
    ] == told(side(), side(pieces=pieces))
    newer = BASE | {"numpy": Package("2", "a")}
    assert [("package", "numpy", "1.26", "2")] == told(side(), side(packages=newer, pieces=FILES[:1]))


def test_files_that_begin_alike_are_still_different() -> None:
    """Where the beginnings of two digests are one, the whole of them is shown."""
    other = "d1" * 31 + "ff"
    pieces = (FILES[0]._replace(digest=other), FILES[1])
    assert [("file", "@/left.py", "d1" * 32, other)] == told(side(), side(pieces=pieces))


@pytest.mark.parametrize(
    ("asked", "expected"), [("cpython 3.13", []), ("cpython 3.1", ["interpreter"]), ("cpython 3.13t", ["interpreter"])]
)
def test_a_lock_promises_no_files_and_perhaps_a_minor_version(asked: str, expected: list[str]) -> None:
    """From either side."""
    lock = side(asked, pieces=(), has_files=False)
    assert expected == [each.kind for each in compare(lock, side())]
    assert expected == [each.kind for each in compare(side(), lock)]


def test_two_locks_are_taken_at_their_word() -> None:
    """A minor version is not a patch release."""
    before, after = side("cpython 3.13", has_files=False), side("cpython 3.13.2", has_files=False)
    assert ["interpreter"] == [each.kind for each in compare(before, after)]


def test_what_was_added_and_removed() -> None:
    """With nothing on one side, `null` for programs."""
    (difference,) = compare(side(), side(packages={**BASE, "new": Package("1", "n")}))
    assert {"kind": "package", "name": "new", "before": None, "after": "1", "rank": 4} == difference.to_dict()


def test_the_interpreter_of_a_lock() -> None:
    """In a fingerprint's words."""
    python = LockedPython(implementation="cpython", version="3.13", request=">=3.13", free_threaded=True)
    assert "cpython 3.13t" == interpreter_of(LockedTarget(name="linux-64", python=python))
