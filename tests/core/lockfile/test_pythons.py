"""Which Python a lock is for, and how much of it is written down."""

from dataclasses import replace

import pytest

from parity.core.interpreters import Interpreter
from parity.core.lockfile.model import LockedPython
from parity.core.lockfile.pythons import is_locked, locked_python, oldest_version, request_text, still_answers
from parity.core.places import Place
from parity.core.python_request import PythonRequest, parse_request


def requests(*texts: str, file: str = "") -> list[PythonRequest]:
    """Return requests, each from a file of its own unless a file is given."""
    return [parse_request(text, Place(file=file or f"file-{index}")) for index, text in enumerate(texts)]


def interpreter(version: str, *, implementation: str = "cpython") -> Interpreter:
    """Return an interpreter of this version."""
    return Interpreter(
        implementation=implementation, version=version, path="/bin/python", real_path="/bin/python", source="path"
    )


def locked(version: str, request: str = "") -> LockedPython:
    """Return a locked CPython."""
    return LockedPython(implementation="cpython", version=version, request=request or version)


@pytest.mark.parametrize(
    ("asked", "exact", "expected"),
    [
        ([], False, ("3.11", "3.11")),
        (["3.11"], False, ("3.11", "3.11")),
        (["3.11.7"], False, ("3.11.7", "3.11.7")),
        (["3"], False, ("3.11", "3")),
        ([">=3.10,<3.13"], False, ("3.11", "<3.13,>=3.10")),
        ([">=3.10", "<3.13"], False, ("3.11", "<3.13,>=3.10")),
        (["3.11", ">=3.10"], False, ("3.11", "3.11")),
        (["3.11"], True, ("3.11.7", "3.11")),
    ],
)
def test_no_more_is_locked_than_was_asked_for(asked: list[str], exact: bool, expected: tuple[str, str]) -> None:
    """The minor version is locked, unless the user named the patch release or wants it exact."""
    python = locked_python(requests(*asked), interpreter("3.11.7"), exact=exact)
    assert expected == (python.version, python.request)


@pytest.mark.parametrize(
    ("version", "asked", "exact", "expected"),
    [
        ("3.11", [], False, True),
        ("3.11", ["3.11"], False, True),
        ("3.11", ["3.12"], False, False),
        ("3.11", [">=3.10"], False, True),
        ("3.11", [">=3.12"], False, False),
        ("3.11", ["3.11.7"], False, False),
        ("3.11.7", ["3.11.7"], False, True),
        ("3.11.7", ["3.11"], False, False),
        ("3.11.7", ["3.11"], True, True),
        ("3.11", ["3.11"], True, False),
        ("3.11", ["3.11", ">=3.11.4"], False, True),
        ("3.11", ["pypy3.11"], False, False),
        ("3.11", ["system"], False, False),
    ],
)
def test_a_locked_python_is_kept_while_it_answers(version: str, asked: list[str], exact: bool, expected: bool) -> None:
    """It is kept only where it is written as exactly as today's requests would write it."""
    assert expected == still_answers(locked(version), requests(*asked), exact=exact)


def test_a_request_by_place_is_kept_while_it_is_the_same() -> None:
    """What `system` means cannot be known from its version."""
    assert still_answers(locked("3.11", "system"), requests("system"), exact=False)


def test_one_file_names_alternatives() -> None:
    """Of several versions in a `.python-version` one has to be answered, not all."""
    assert still_answers(locked("3.11"), requests("3.12", "3.11", file=".python-version"), exact=False)


@pytest.mark.parametrize(
    ("version", "asked", "expected"),
    [
        ("3.11", [], "3.11.0"),
        ("3.11", [">=3.11.4"], "3.11.4"),
        ("3.11", [">=3.9,!=3.11.0,!=3.11.1"], "3.11.2"),
        ("3.11.7", ["3.11.7"], "3.11.7"),
        ("3.11", [">=3.12"], ""),
        ("3.14.0rc1", ["3.14"], "3.14.0rc1"),
    ],
)
def test_the_oldest_patch_release_decides_what_is_resolved(version: str, asked: list[str], expected: str) -> None:
    """What suits the oldest release that answers suits all later ones."""
    assert expected == oldest_version(locked(version), requests(*asked))


def test_a_pin_says_more_than_a_range() -> None:
    """The lock keeps the pin's own words."""
    assert "3.11" == request_text(requests(">=3.10", "3.11"))


def test_the_request_is_the_pin_that_is_answered() -> None:
    """Of several pins in one file the lock records the one that its Python answers, not one that is missing."""
    pins = requests("3.14", "3.11", file=".python-version")
    assert "3.11" == locked_python(pins, interpreter("3.11.7"), exact=False).request
    assert "3.11" == request_text(pins, locked("3.11"))


PREBUILT = replace(interpreter("3.11.7"), made="prebuilt", build="20260101", file="cpython.tar.gz", sha256="ab")
BUILT = replace(interpreter("3.11.7"), made="built", sha256="cd")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (interpreter("3.11.7"), ("found", "", "", "")),
        (PREBUILT, ("prebuilt", "20260101", "cpython.tar.gz", "ab")),
        (BUILT, ("built", "", "", "cd")),
    ],
    ids=["found", "prebuilt", "built"],
)
def test_how_an_interpreter_came_to_be_is_recorded(found: Interpreter, expected: tuple[str, ...]) -> None:
    """Of parity's own; binding only where it is to be exact."""
    python = locked_python(requests("3.11"), found, exact=False)

    assert expected == (python.source, python.build, python.file, python.sha256)
    assert not python.exact
    assert bool(found.sha256) == locked_python(requests("3.11"), found, exact=True).exact


def test_an_exact_lock_takes_the_very_same_interpreter() -> None:
    """By its digest; any other lock takes whatever answers."""
    exact, loose = (locked_python(requests("3.11"), BUILT, exact=exact) for exact in (True, False))

    assert [True, False, False] == [is_locked(found, exact) for found in (BUILT, PREBUILT, interpreter("3.11.7"))]
    assert is_locked(PREBUILT, loose)
    assert not still_answers(exact, requests("3.11"), exact=False)
    assert not still_answers(loose, requests("3.11"), exact=True)
    assert still_answers(exact, requests("3.11"), exact=True)
