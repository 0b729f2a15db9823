"""The name of an environment: same key, same bytes."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.environment_key import build_request, environment_key, is_own
from parity.core.lockfile.model import LockedWheel

WHEEL = LockedWheel(name="a", version="1.0", targets=("linux-64",))
PYTHON = {"path": "/usr/bin/python3.12", "inode": "1", "mtime": "2", "size": "3"}


def key(
    *,
    platform: str = "linux-64",
    interpreter: dict[str, str] | None = None,
    trees: dict[str, str] | None = None,
    variables: dict[str, str] | None = None,
) -> str:
    return environment_key(
        platform=platform, interpreter=interpreter or PYTHON, trees=trees or {"a": "aa"}, variables=variables or {}
    )


def test_a_key_is_a_short_name_for_a_folder() -> None:
    """Lower case letters and digits only: it stands in links, in the file names of locks, on disks that fold case."""
    assert re.fullmatch(r"[a-z2-7]{20}", key())


def test_a_key_stays_what_it_is() -> None:
    """It names what is on disk: another key for the same request would build everything anew."""
    assert "ooihtheb5hhtxyt4vr72" == key()


def test_whatever_decides_bytes_decides_the_key() -> None:
    """Platform, interpreter, trees, which package they are for, variables."""
    keys = [
        key(),
        key(platform="osx-arm64"),
        *(key(interpreter={**PYTHON, name: "x"}) for name in PYTHON),
        key(trees={"a": "ab"}),
        key(trees={"b": "aa"}),
        key(trees={"a": "aa", "b": "bb"}),
        key(variables={"A": ""}),
        key(variables={"a": "aa"}),
    ]
    assert len(keys) == len(set(keys))


@given(st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_order_decides_nothing(trees: dict[str, str], variables: dict[str, str]) -> None:
    """Mappings with the same content give one key, whatever the texts are."""
    assert key(trees=trees, variables=variables) == key(
        trees=dict(reversed(trees.items())), variables=dict(reversed(variables.items()))
    )


@pytest.mark.parametrize("field", ["name", "version", "sha256", "url", "commit", "subdirectory"])
def test_whatever_decides_a_build_decides_its_request(field: str) -> None:
    """Another commit, another folder of it, another file."""
    changes: dict[str, Any] = {field: "other"}
    other = replace(WHEEL, **changes)
    assert build_request(WHEEL, project="/p", content={}) != build_request(other, project="/p", content={})


def test_what_is_built_from_an_sdist_is_everybodys() -> None:
    """The project does not enter where nothing of it does."""
    assert build_request(WHEEL, project="/p", content={}) == build_request(WHEEL, project="/q", content={})


def test_what_is_built_from_a_folder_is_the_projects_own() -> None:
    """Its place, whether it is editable, and the files that decide how it is built."""
    local = replace(WHEEL, path="lib")
    requests = [
        build_request(local, project="/p", content={"pyproject.toml": "1"}),
        build_request(local, project="/q", content={"pyproject.toml": "1"}),
        build_request(local, project="/p", content={"pyproject.toml": "2"}),
        build_request(replace(local, editable=True), project="/p", content={"pyproject.toml": "1"}),
        build_request(replace(local, path="lib2"), project="/p", content={"pyproject.toml": "1"}),
    ]
    assert len(requests) == len(set(requests))
    both = ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    assert 1 == len({build_request(local, project="/p", content=content) for content in both})


@pytest.mark.parametrize(
    ("path", "own"),
    [("", False), (".", True), ("libs/a", True), ("w/a-1.0-py3-none-any.whl", False), ("a-1.0.tar.gz", False)],
)
def test_a_folder_of_the_project_makes_an_environment_its_own(path: str, own: bool) -> None:
    """A file that happens to lie there is the same for everybody who has it."""
    assert own == is_own(replace(WHEEL, path=path))
