"""One digest of what is installed: what is in it, what is not, and back from its text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.fingerprint import (
    Fingerprint,
    Package,
    Piece,
    from_dict,
    packages_of,
    path_of,
    settings_digest,
    settings_of,
    sorted_pieces,
)
from parity.core.lockfile.model import LockedWheel

PIECES = (Piece("@/a.py", "f", False, "d1", "a"), Piece("bin/a", "f", True, "d2", "a"))
PLAIN = Fingerprint(interpreter="cpython 3.13.0", packages={"a": Package("1", "a-1.whl")}, pieces=PIECES)

texts = st.text(max_size=8)
fingerprints = st.builds(
    Fingerprint,
    interpreter=texts,
    packages=st.dictionaries(texts, st.builds(Package, texts, texts), max_size=3),
    pieces=st.lists(st.builds(Piece, texts, st.sampled_from("flo"), st.booleans(), texts, texts), max_size=4).map(
        sorted_pieces
    ),
    variables=st.dictionaries(texts, texts, max_size=3),
)


@given(fingerprints)
def test_a_fingerprint_survives_its_text(fingerprint: Fingerprint) -> None:
    """Whatever is in it, through JSON too."""
    assert fingerprint == from_dict(json.loads(json.dumps(fingerprint.to_dict())))


@pytest.mark.parametrize(
    "other",
    [
        PIECES[:1],
        (PIECES[0]._replace(digest="d3"), PIECES[1]),
        (PIECES[0]._replace(executable=True), PIECES[1]),
        (PIECES[0]._replace(kind="l"), PIECES[1]),
        (PIECES[0]._replace(path="@/b.py"), PIECES[1]),
        (*PIECES, Piece("x", "f", False, "d1", "")),
    ],
)
def test_every_piece_counts(other: tuple[Piece, ...]) -> None:
    """One more, one less, or another content, kind, permission or path."""
    changed = Fingerprint(interpreter=PLAIN.interpreter, packages=PLAIN.packages, pieces=other)
    assert PLAIN.digest != changed.digest


def test_interpreter_and_variables_count_and_names_do_not() -> None:
    """What a package is called is no file of it."""
    python = Fingerprint(interpreter="cpython 3.13.1", packages=PLAIN.packages, pieces=PIECES)
    variables = Fingerprint(interpreter=PLAIN.interpreter, packages=PLAIN.packages, pieces=PIECES, variables={"A": "1"})
    unnamed = Fingerprint(interpreter=PLAIN.interpreter, packages={}, pieces=PIECES)
    assert 3 == len({PLAIN.digest, python.digest, variables.digest})
    assert PLAIN.digest == unnamed.digest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "parity-fingerprint/9"}, "another form"),
        ({"entries": [{"path": "x"}]}, "keys"),
        ({"packages": []}, "keys"),
        ({"interpreter": "cpython 2.7"}, "do not give its digest"),
    ],
)
def test_what_is_no_fingerprint_is_refused(change: dict[str, object], said: str) -> None:
    """Another form, missing keys, or entries that were edited."""
    with pytest.raises(ValueError, match=said):
        from_dict({**PLAIN.to_dict(), **change})


def test_paths_and_settings_say_nothing_of_the_place() -> None:
    """Site-packages is where an interpreter has it; `pyvenv.cfg` names the interpreter's folder and its maker."""
    assert "@/a/b.py" == path_of("lib/python3.13/site-packages/a/b.py", "lib/python3.13/site-packages")
    assert "lib/other" == path_of("lib/other", "lib/python3.13/site-packages")
    here, there = "home = /a\nuv = 1\nversion_info = 3.13.0\n", "home = /b c\nuv = 2\nversion_info = 3.13.0\n"
    assert settings_digest(here) == settings_digest(there)
    assert settings_digest(here) != settings_digest(f"{here}include-system-site-packages = true\n")
    assert {"home": "/b c", "uv": "2", "version_info": "3.13.0"} == settings_of(there)


def test_a_package_is_its_version_and_its_file() -> None:
    """Or its address."""
    wheel = LockedWheel(name="a", version="1", targets=(), file="a-1-py3-none-any.whl")
    source = LockedWheel(name="a", version="1", targets=(), url="git+https://example.com/a", commit="abc")
    assert Package("1", "a-1-py3-none-any.whl") == packages_of([], [wheel])["a"]
    assert Package("1", "git+https://example.com/a@abc") == packages_of([], [source])["a"]
