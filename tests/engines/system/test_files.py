"""Files: read as users write them, written whole or not at all."""

import os
from pathlib import Path

import pytest

from parity.engines.system.files import flush_file_system, read_text, write_atomic


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """Editors of other systems write it; line ends come as Python's text has them."""
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfx\r\ny\n")
    assert "x\ny\n" == read_text(tmp_path / "a")


def test_absence_is_none_and_nothing_else_is(tmp_path: Path) -> None:
    """A folder or another encoding is said."""
    (tmp_path / "latin").write_bytes(b"\xe9")
    assert None is read_text(tmp_path / "none")
    assert None is read_text(tmp_path / "latin" / "none")
    with pytest.raises(UnicodeDecodeError):
        read_text(tmp_path / "latin")
    with pytest.raises(IsADirectoryError):
        read_text(tmp_path)


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    """A group's lock stays the group's; line ends are the same on every system."""
    file = tmp_path / "a"
    file.write_bytes(b"old")
    file.chmod(0o664)
    write_atomic(file, "new\n")
    assert (b"new\n", 0o664) == (file.read_bytes(), file.stat().st_mode & 0o777)
    assert ["a"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_gets_what_the_umask_leaves(tmp_path: Path, mask: int, mode: int) -> None:
    """A lock is an ordinary file of the user's."""
    before = os.umask(mask)
    try:
        write_atomic(tmp_path / "a", "")
    finally:
        os.umask(before)
    assert mode == (tmp_path / "a").stat().st_mode & 0o777


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    """Text that cannot be encoded, a folder in the way: nothing is left beside it."""
    file = tmp_path / "a"
    file.write_bytes(b"old")
    with pytest.raises(UnicodeEncodeError):
        write_atomic(file, "\ud800")
    assert b"old" == file.read_bytes()
    (tmp_path / "d").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomic(tmp_path / "d", "x")
    assert ["a", "d"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told_of_the_file_that_was_asked_for(tmp_path: Path) -> None:
    """Not of the temporary one beside it."""
    file = tmp_path.resolve() / "nowhere" / "a"
    with pytest.raises(FileNotFoundError) as caught:
        write_atomic(file, "x")
    assert str(file) == caught.value.filename


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A manifest or lock that the user keeps elsewhere is written where it is."""
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_atomic(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert b"new" == (tmp_path / "real").read_bytes()


def test_flushing_needs_a_folder_that_is_there(tmp_path: Path) -> None:
    """It is about the file system of a path."""
    flush_file_system(str(tmp_path))
    if os.uname().sysname == "Linux":
        with pytest.raises(FileNotFoundError):
            flush_file_system(str(tmp_path / "none"))
