"""Putting single files right in place: replaced, never written through."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from parity.core.contents import Entry
from parity.engines.store import scan
from parity.engines.store.repair import Mender
from parity.engines.system.digests import digest

RIGHT = b"right\n"
TIME = 1_700_000_000_000_000_000


def entry(path: str, content: bytes = RIGHT, mode: int = 0o444) -> Entry:
    return Entry("f", mode, len(content), TIME, digest(content), path)


def put(path: Path, content: bytes, mode: int = 0o444, time: int = TIME) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    os.utime(path, ns=(time, time))
    return path


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Path]:
    made = tmp_path / "env"
    (made / ".parity").mkdir(parents=True)
    put(made / "lib" / "a.py", RIGHT)
    for folder in (made / "lib", made):
        folder.chmod(0o555)
    yield made
    for inside in scan.folders(str(made)):
        Path(inside).chmod(0o700)


def mender(environment: Path, *, private: bool = False) -> Mender:
    return Mender(str(environment), private=private)


def look(path: Path) -> tuple[bytes, int, int]:
    return path.read_bytes(), stat.S_IMODE(path.stat().st_mode), path.stat().st_mtime_ns


def test_a_right_source_becomes_the_file(environment: Path, tmp_path: Path) -> None:
    """As a link to it where time and permissions are the same, in folders that are made where there are none."""
    source = put(tmp_path / "source", RIGHT)
    with mender(environment) as one:
        assert one.place("lib/new/deep/b.py", entry("b"), str(source), share=True)
    placed = environment / "lib" / "new" / "deep" / "b.py"
    assert (source.stat().st_ino, (RIGHT, 0o444, TIME)) == (placed.stat().st_ino, look(placed))
    assert [] == [path for path in environment.rglob("*") if path.is_dir() and path.name != ".parity"
                  and path.stat().st_mode & 0o222]  # fmt: skip
    assert [] == list((environment / ".parity").iterdir())


@pytest.mark.parametrize(("share", "mode", "time"), [(False, 0o444, TIME), (True, 0o644, TIME), (True, 0o444, 5)])
def test_a_source_that_others_have_another_way_is_copied(
    environment: Path, tmp_path: Path, *, share: bool, mode: int, time: int
) -> None:
    """The source stays as it is."""
    source = put(tmp_path / "source", RIGHT, mode, time)
    with mender(environment) as one:
        assert one.place("lib/a.py", entry("a"), str(source), share=share)
    assert source.stat().st_ino != (environment / "lib" / "a.py").stat().st_ino
    assert ((RIGHT, 0o444, TIME), (RIGHT, mode, time)) == (look(environment / "lib" / "a.py"), look(source))


def test_a_wrong_source_is_refused(environment: Path, tmp_path: Path) -> None:
    """Another content, or none at all: the environment is as it was."""
    wrong = put(tmp_path / "source", b"wrong\n")
    before = (environment / "lib" / "a.py").stat().st_ino
    with mender(environment) as one:
        assert not one.place("lib/a.py", entry("a"), str(wrong), share=True)
        assert not one.place("lib/a.py", entry("a"), str(tmp_path / "nothing"), share=True)
        assert not one.place("lib/a.py", entry("a"), str(tmp_path), share=True)
    assert before == (environment / "lib" / "a.py").stat().st_ino


def test_the_same_file_again_leaves_nothing_beside_it(environment: Path) -> None:
    """Renaming one name of a file over another does nothing, and says it did."""
    path = environment / "lib" / "a.py"
    with mender(environment) as one:
        assert one.place("lib/a.py", entry("a"), str(path), share=True)
    assert [] == list((environment / ".parity").iterdir())
    assert RIGHT == path.read_bytes()


def test_a_folder_or_link_in_its_place_goes(environment: Path, tmp_path: Path) -> None:
    """What the link leads to stays."""
    precious, source = put(tmp_path / "precious", b"years of work"), put(tmp_path / "source", RIGHT)
    environment.chmod(0o755)
    put(environment / "b.py" / "inside" / "x", b"").parent.chmod(0o555)
    (environment / "c.py").symlink_to(precious)
    with mender(environment) as one:
        for name in ("b.py", "c.py"):
            assert one.place(name, entry(name), str(source), share=True)
    assert [RIGHT, RIGHT] == [(environment / name).read_bytes() for name in ("b.py", "c.py")]
    assert b"years of work" == precious.read_bytes()


def test_links_are_put_back(environment: Path) -> None:
    """Over whatever is there."""
    with mender(environment) as one:
        one.link("lib/a.py", "b.py")
        one.link("bin/python", "/usr/bin/python3")
    assert "b.py" == str((environment / "lib" / "a.py").readlink())
    assert "/usr/bin/python3" == str((environment / "bin" / "python").readlink())


def test_what_has_the_right_content_is_corrected_where_it_is(environment: Path) -> None:
    """Its permissions and its time; anything else has to be replaced."""
    path = environment / "lib" / "a.py"
    path.chmod(0o777)
    os.utime(path, ns=(1, 1))
    inode = path.stat().st_ino
    with mender(environment) as one:
        assert one.correct("lib/a.py", entry("a"))
        assert not one.correct("lib/a.py", entry("a", b"other"))
        assert not one.correct("lib/nothing.py", entry("a"))
    assert (inode, (RIGHT, 0o444, TIME)) == (path.stat().st_ino, look(path))


def test_what_does_not_belong_goes_with_its_empty_folders(environment: Path) -> None:
    """Folders that something needs, or in which something is, stay."""
    environment.chmod(0o755)
    for name in ("new/deep/x", "new/y", "other/z", "other/kept"):
        put(environment / name, b"")
    with mender(environment) as one:
        one.remove(["new/deep/x", "new/y", "other/z", "gone/already"], ["lib/a.py"])
    assert ["lib", "other"] == sorted(path.name for path in environment.iterdir() if path.name != ".parity")
    assert ["kept"] == [path.name for path in (environment / "other").iterdir()]


def test_what_a_killed_repair_left_goes(environment: Path) -> None:
    """And folders that it left open are closed."""
    put(environment / ".parity" / "repair-1", b"")
    (environment / "lib").chmod(0o755)
    with mender(environment):
        pass
    assert [] == list((environment / ".parity").iterdir())
    assert 0o555 == stat.S_IMODE((environment / "lib").stat().st_mode)


def test_private_bytecode_notices_edits(environment: Path, tmp_path: Path) -> None:
    """It is made of the cache's, checked in the form it has to have; folders stay open."""
    shared, checked = b"MAGI\1\0\0\0the rest", b"MAGI\3\0\0\0the rest"
    source, name = put(tmp_path / "source", shared), "lib/__pycache__/a.cpython-313.pyc"
    (environment / "lib").chmod(0o755)
    with mender(environment, private=True) as one:
        assert one.place(name, entry(name, checked, 0o644), str(source), share=True)
        assert not one.place(name, entry(name, shared, 0o644), str(source), share=True)
        assert not one.place(name, entry(name, shared, 0o644), str(tmp_path / "nothing"), share=True)
    assert (checked, 0o644, TIME) == look(environment / name)
    assert shared == source.read_bytes()
    assert 0o755 == stat.S_IMODE((environment / "lib").stat().st_mode)
