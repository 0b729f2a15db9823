"""Looking at an environment on disk: what is there, and what is in it."""

from hashlib import sha256
from pathlib import Path

import pytest

from parity.engines.store.integrity import changed_contents, present


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "f").write_bytes(b"f")
    (tmp_path / "g").write_bytes(b"")
    (tmp_path / "to file").symlink_to("g")
    return tmp_path


def test_an_environment_is_looked_at_without_paritys_records(folder: Path) -> None:
    """Its own folder at the top only; one of that name further below is anybody's."""
    for place in (folder, folder / "a"):
        (place / ".parity").mkdir()
        (place / ".parity" / "x").touch()
    found = {entry.path: entry.digest for entry in present(str(folder))}
    assert "a/.parity/x" in found
    assert ".parity/x" not in found
    assert ("", "g") == (found["a/b/f"], found["to file"])


def test_changed_contents_are_told_by_path(folder: Path) -> None:
    """In the order they were asked for."""
    digests = {"g": sha256().hexdigest(), "a/b/f": sha256(b"g").hexdigest()}
    assert ["a/b/f"] == changed_contents(str(folder), digests)
    assert [] == changed_contents(str(folder), {})
    with pytest.raises(FileNotFoundError):
        changed_contents(str(folder), {"none": ""})
