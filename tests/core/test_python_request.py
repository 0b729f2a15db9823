"""Requests for a Python, taken apart."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.errors import ManifestError
from parity.core.places import Place
from parity.core.python_request import Kind, parse_request

HERE = Place(file=".python-version", line=1)


@pytest.mark.parametrize(
    ("text", "kind", "implementation", "version", "free_threaded"),
    [
        ("3.12", "prefix", "cpython", "3.12", False),
        ("3.12.4", "prefix", "cpython", "3.12.4", False),
        ("3.12.*", "prefix", "cpython", "3.12", False),
        ("3.13t", "prefix", "cpython", "3.13", True),
        ("3.14.0rc2", "prefix", "cpython", "3.14.0rc2", False),
        ("python-3.12.4", "prefix", "cpython", "3.12.4", False),
        ("python3.12", "prefix", "cpython", "3.12", False),
        ("cpython@3.12", "prefix", "cpython", "3.12", False),
        ("pypy3.10", "prefix", "pypy", "3.10", False),
        ("pp3.10", "prefix", "pypy", "3.10", False),
        ("graalpy3.11", "prefix", "graalpy", "3.11", False),
        (">= 3.10, <3.13", "range", "cpython", "<3.13,>=3.10", False),
        ("~=3.11", "range", "cpython", "~=3.11", False),
        ("system", "system", "cpython", "", False),
        ("/opt/python/bin/python3", "path", "cpython", "", False),
        ("./python", "path", "cpython", "", False),
        ("~/python/bin/python", "path", "cpython", "", False),
        ("pypy3.10-7.3.17", "name", "cpython", "", False),
        ("miniconda3-4.7.12", "name", "cpython", "", False),
        ("3.13-dev", "name", "cpython", "", False),
        ("", "any", "cpython", "", False),
    ],
)
def test_every_form_is_understood(
    text: str, kind: Kind, implementation: str, version: str, free_threaded: bool
) -> None:
    """Versions, ranges, paths, pyenv's names, other implementations, free-threaded builds."""
    request = parse_request(text, HERE)

    assert (kind, implementation, version, free_threaded) == (
        request.kind,
        request.implementation,
        request.version,
        request.free_threaded,
    )


@pytest.mark.parametrize("text", ["a/b", "x..y", "3.12; rm", ">=three", "-x", "3.12 3.11", "caf\u00e9", "3.\u0661"])
def test_what_is_no_request_is_refused_with_its_place(text: str) -> None:
    """A name becomes part of a path later: nothing but the plain shape gets in."""
    with pytest.raises(ManifestError) as caught:
        parse_request(text, HERE)

    assert [HERE] == [fault.place for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "exactness"),
    [("3.12.4", "patch"), ("3.12", "minor"), ("3", "loose"), (">=3.12", "loose"), ("any", "loose")],
)
def test_exactness_is_as_exact_as_the_user_was(text: str, exactness: Literal["patch", "minor", "loose"]) -> None:
    """What another machine may differ in follows from what was written."""
    assert exactness == parse_request(text, HERE).exactness


@given(st.integers(2, 4), st.integers(0, 30), st.integers(0, 30))
def test_a_version_is_matched_by_its_prefixes_only(major: int, minor: int, patch: int) -> None:
    """`3.1` is not answered by 3.12, `3.12` is answered by every 3.12.x."""
    version = f"{major}.{minor}.{patch}"

    for text in (f"{major}", f"{major}.{minor}", version):
        assert parse_request(text, HERE).matches(version)
    for text in (f"{major + 1}", f"{major}.{minor + 1}", f"{major}.{minor}.{patch + 1}", f"{version}rc1"):
        assert not parse_request(text, HERE).matches(version)


@given(st.text(max_size=30))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """No text makes anything but a request or a fault with a place."""
    try:
        understood = parse_request(text, HERE).text
    except ManifestError:
        return

    assert understood == text.strip()
