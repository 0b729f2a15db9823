"""Names of versions, and which one a prefix means."""

import pytest

from parity.core.interpreters import Interpreter
from parity.core.python_names import in_order, is_safe, name_of, newest, table, words

NAMES = ("3.1.4", "3.12.1", "3.12.10", "3.12-dev", "3.13.0rc1", "3.13.0t", "pypy3.10-7.3.9", "pypy3.10-7.3.15", "work")


@pytest.mark.parametrize(
    ("prefix", "meant"),
    [
        ("3.12", "3.12.10"),
        ("3.1", "3.1.4"),
        ("3", "3.12.10"),
        ("3.12.1", "3.12.1"),
        ("3.13", None),
        ("3.13t", "3.13.0t"),
        ("3.13.0rc1", "3.13.0rc1"),
        ("pypy3.10", "pypy3.10-7.3.15"),
        ("pypy3", "pypy3.10-7.3.15"),
        ("work", "work"),
        ("wor", None),
        ("", None),
    ],
)
def test_a_prefix_means_the_newest(prefix: str, meant: str | None) -> None:
    """At a dot or a hyphen only; what is unfinished or free-threaded is meant by name alone."""
    assert meant == newest(prefix, NAMES)


def test_every_word_leads_where_its_prefix_does() -> None:
    """The table that shims read says the same as asking would."""
    found = words(NAMES)
    assert {*NAMES, "3", "3.1", "3.12", "3.13t", "3t", "pypy3", "pypy3.10", "pypy3.10-7", "pypy3.10-7.3"} == {*found}
    assert found == {word: newest(word, NAMES) for word in found}


def test_a_name_that_is_no_folder_stays_out() -> None:
    """What could lead elsewhere never becomes part of a path."""
    assert {"3.9": "/a", "3": "/a"} == table({"3.9": "/a", "3.9/envs/x": "/b", "..": "/c", "-x": "/d"})
    assert [True, False, False, False] == [is_safe(word) for word in ("3.12", "a..b", "../x", "")]


def test_names_are_in_order_of_their_numbers() -> None:
    """3.9 before 3.10, versions before names."""
    assert ["3.9.1", "3.10.0", "work"] == sorted(["work", "3.10.0", "3.9.1"], key=in_order)


def test_an_interpreter_has_the_name_that_pyenv_gives() -> None:
    """By implementation, version and kind of build."""
    plain = Interpreter(implementation="cpython", version="3.13.1", path="/p", real_path="/p", source="parity")
    threaded = Interpreter(
        implementation="cpython", version="3.13.1", path="/p", real_path="/p", source="parity", free_threaded=True
    )
    assert ("3.13.1", "3.13.1t") == (name_of(plain), name_of(threaded))
