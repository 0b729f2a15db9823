"""CPython's source archives, as the table has them."""

import pytest

from parity.core.builds.errors import PythonSourceUnknown
from parity.core.builds.sources import UPSTREAM, Archive, archives_for, known_as, mirrors_of, read_archives
from parity.core.places import Place
from parity.core.python_request import parse_request
from parity.workflows.wiring import data

TABLE = read_archives(data("cpython_sources.tsv"))
FEW = tuple(
    Archive(version=version, file=f"Python-{version}.tgz", sha256=version)
    for version in ("3.12.4", "3.12.10", "3.13.1", "3.14.0b2")
)


def wanted(text: str, table: tuple[Archive, ...] = FEW) -> str:
    """Return the version that is taken for a request."""
    return archives_for(parse_request(text, Place(file="")), table)[0].version


def test_the_table_has_two_archives_of_every_release() -> None:
    """From 3.8 on, each with a hash of its own, the smaller one first."""
    versions = {archive.version for archive in TABLE}

    assert {"3.8.0", "3.9.2", "3.11.2", "3.12.11", "3.13.5"} < versions
    assert 2 * len(versions) == len(TABLE) == len({archive.sha256 for archive in TABLE})
    assert {64} == {len(archive.sha256) for archive in TABLE}
    assert "Python-3.13.5.tar.xz" == archives_for(parse_request("3.13.5", Place(file="")), TABLE)[0].file


@pytest.mark.parametrize(
    ("text", "version"),
    [("3.12", "3.12.10"), ("3.12.4", "3.12.4"), ("3", "3.13.1"), ("3.13t", "3.13.1"), (">=3.12,<3.13", "3.12.10"),
     ("any", "3.13.1"), ("3.14.0b2", "3.14.0b2")],
)  # fmt: skip
def test_the_newest_that_answers_is_taken(text: str, version: str) -> None:
    """Pre-releases only where they are named."""
    assert version == wanted(text)


@pytest.mark.parametrize("text", ["3.11", "pypy3.10", "system", "./python", "miniconda3-4.7.12", ">=4"])
def test_what_has_no_sources_is_refused(text: str) -> None:
    """Other implementations, names and paths: nothing else is built instead."""
    with pytest.raises(PythonSourceUnknown, match=f"that answers `{text}`"):
        wanted(text)


def test_a_missing_version_names_what_is_near() -> None:
    """And how to bring the sources of a newer one."""
    with pytest.raises(PythonSourceUnknown) as caught:
        wanted("3.13.9")

    assert caught.value.hint.startswith("the nearest that there are: `3.13.1`")
    assert "--archive FILE" in caught.value.hint


def test_an_archive_lies_below_its_release() -> None:
    """As upstream has it, a pre-release in the folder of its release; or all in one folder."""
    addresses = FEW[3].addresses("https://example.com/mirror/")

    assert "https://example.com/mirror/3.14.0/Python-3.14.0b2.tgz" == addresses[0]
    assert "https://example.com/mirror/Python-3.14.0b2.tgz" == addresses[1]


def test_an_archive_is_known_by_its_hash() -> None:
    """By nothing else."""
    assert FEW[1] == known_as("3.12.10", FEW)
    assert known_as("0" * 64, FEW) is None


def test_who_says_where_archives_are() -> None:
    """The flag, the variable, the project, upstream, in this order."""
    environ = {"PARITY_PYTHON_SOURCES": "variable"}

    assert "flag" == mirrors_of(environ, flag="flag", setting="setting")
    assert "variable" == mirrors_of(environ, setting="setting")
    assert "setting" == mirrors_of({}, setting="setting")
    assert UPSTREAM == mirrors_of({})
