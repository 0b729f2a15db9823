"""What is in a folder, as the file system says it."""

import os
import socket
from hashlib import sha256
from pathlib import Path

import pytest

from parity.engines.store import scan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "f").write_bytes(b"f")
    (tmp_path / "empty").mkdir()
    (tmp_path / "g").write_bytes(b"")
    (tmp_path / "to file").symlink_to("g")
    (tmp_path / "to folder").symlink_to("a")
    (tmp_path / "to nowhere").symlink_to("/no\nwhere")
    (tmp_path / "round").symlink_to("round")
    return tmp_path


def test_files_and_links_are_found_and_links_not_followed(folder: Path) -> None:
    """At any depth; a link to a folder is a link."""
    assert {"a/b/f", "g", "to file", "to folder", "to nowhere", "round"} == {path for path, _ in scan.walk(str(folder))}
    assert {"x/a/b/f"} == {path for path, _ in scan.walk(str(folder / "a"), "x/a/")}


def test_folders_come_parents_first(folder: Path) -> None:
    """The folder itself, then those below, links apart."""
    found = scan.folders(str(folder))
    assert str(folder) == found[0]
    assert {str(folder), *(str(folder / name) for name in ("a", "a/b", "empty"))} == set(found)
    assert found.index(str(folder / "a")) < found.index(str(folder / "a" / "b"))


def test_everything_is_described(folder: Path) -> None:
    """Files by digest, links by where they lead."""
    found = {entry.path: entry for entry in scan.describe(str(folder), "@/")}
    assert sha256(b"f").hexdigest() == found["@/a/b/f"].digest
    assert ("l", "/no\nwhere", 0, 0) == (
        found["@/to nowhere"].kind,
        found["@/to nowhere"].digest,
        found["@/to nowhere"].size,
        found["@/to nowhere"].mtime,
    )
    assert ("f", 0, (folder / "g").stat().st_mtime_ns) == (found["@/g"].kind, found["@/g"].size, found["@/g"].mtime)


def test_special_files_are_told_and_not_opened(folder: Path) -> None:
    """A pipe that nobody writes to would be waited for until the end of days."""
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # the address of a socket may not be long
        try:
            listening.bind("socket")
        finally:
            os.chdir(here)
        found = {entry.path: entry.kind for entry in scan.describe(str(folder))}
    assert ("o", "o") == (found["fifo"], found["socket"])
