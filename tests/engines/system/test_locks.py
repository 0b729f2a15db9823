"""Locks between processes: one holder at a time, and none that is dead."""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from parity.engines.system.locks import Lock


def _hold(path: str, said: Connection) -> None:
    with Lock(path):
        said.send("held")
        said.recv()


def _add(path: str, counter: str) -> None:
    for _ in range(50):
        with Lock(path):
            number = int(Path(counter).read_text(encoding="ascii"))
            Path(counter).write_text(str(number + 1), encoding="ascii")


def _enter_when_told(path: str, said: Connection) -> None:
    said.recv()  # a child of the holder would hold with it
    with Lock(path, waiting=lambda: said.send("waiting")):
        said.send("entered")


def _enter(path: str, said: Connection) -> None:
    said.send("waiting")
    with Lock(path):
        said.send("entered")


def test_one_at_a_time(tmp_path: Path) -> None:
    """Four processes that read and write one number lose no step."""
    counter = tmp_path / "counter"
    counter.write_text("0", encoding="ascii")
    adders = [multiprocessing.Process(target=_add, args=(str(tmp_path / "d" / "lock"), str(counter))) for _ in range(4)]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
        assert 0 == adder.exitcode
    assert "200" == counter.read_text(encoding="ascii")


def test_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    """Killed without a chance to say goodbye, it lets the next one in."""
    path = str(tmp_path / "lock")
    ours, theirs = multiprocessing.Pipe()
    holder = multiprocessing.Process(target=_hold, args=(path, theirs))
    holder.start()
    assert "held" == ours.recv()
    waiting, said = multiprocessing.Pipe()
    waiter = multiprocessing.Process(target=_enter, args=(path, said))
    waiter.start()
    assert "waiting" == waiting.recv()
    assert not waiting.poll(0.2), "somebody entered while the lock was held"
    os.kill(holder.pid or 0, signal.SIGKILL)
    assert waiting.poll(30)
    assert "entered" == waiting.recv()
    for process in (holder, waiter):
        process.join()


def test_names_do_not_hold_each_other(tmp_path: Path) -> None:
    """Two locks in one folder are two."""
    with Lock(str(tmp_path / "a")), Lock(str(tmp_path / "b")):
        assert {"a", "b"} == {path.name for path in tmp_path.iterdir()}


def test_a_lock_stays_where_it_is_and_is_private(tmp_path: Path) -> None:
    """Removing the file would let two processes hold two locks of one name."""
    before = os.umask(0)
    try:
        with Lock(str(tmp_path / "d" / "lock")):
            pass
    finally:
        os.umask(before)
    assert 0o600 == (tmp_path / "d" / "lock").stat().st_mode & 0o777
    assert 0o700 == (tmp_path / "d").stat().st_mode & 0o777


def test_programs_that_are_started_do_not_hold_it(tmp_path: Path) -> None:
    """A build tool that stays behind must not keep everybody else waiting."""
    lock = Lock(str(tmp_path / "lock"))
    with lock:
        assert not os.get_inheritable(lock._descriptor)


def test_a_place_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    """An OSError, before anything is waited for."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"), Lock(str(tmp_path / "file" / "lock")):
        pass


def test_readers_share_and_a_writer_waits(tmp_path: Path) -> None:
    """Two hold a shared lock at once, one ahead of its own; who wants it alone comes in when both are gone."""
    path = str(tmp_path / "lock")
    waiting, said = multiprocessing.Pipe()
    writer = multiprocessing.Process(target=_enter_when_told, args=(path, said))
    writer.start()
    with Lock(path, shared=True):
        with Lock(str(tmp_path / "own"), ahead=Lock(path, shared=True)):
            waiting.send("enter")
            assert "waiting" == waiting.recv()
            assert not waiting.poll(0.2), "somebody entered while the lock was shared by others"
        assert not waiting.poll(0.2), "the first one is still there"
    assert waiting.poll(30)
    assert "entered" == waiting.recv()
    writer.join()


def test_what_was_ahead_is_let_go_where_the_lock_cannot_be_had(tmp_path: Path) -> None:
    """Or whoever failed would keep everybody else out."""
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"), Lock(str(tmp_path / "file" / "no"), ahead=Lock(str(tmp_path / "a"))):
        raise AssertionError
    with Lock(str(tmp_path / "a"), waiting=lambda: pytest.fail("it is still held")):
        pass


def test_a_lock_that_is_free_is_taken_at_the_first_attempt(tmp_path: Path) -> None:
    """And only then; a block that follows keeps it until its end."""
    path = str(tmp_path / "lock")
    lock, other = Lock(path), Lock(path)
    taken, refused = lock.attempt(), other.attempt()
    with lock:
        inside = other.attempt()
    assert (True, False, False, True) == (taken, refused, inside, other.attempt())
    other.__exit__()
