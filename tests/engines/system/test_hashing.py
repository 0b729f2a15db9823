"""SHA-256 of files, in blocks, in threads and in processes."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from parity.engines.system import hashing
from parity.engines.system.digests import digest
from parity.engines.system.hashing import hash_file, hash_files

MEBI = 1 << 20


@pytest.mark.parametrize("size", [0, 1, MEBI - 1, MEBI, MEBI + 1, 2 * MEBI, 3 * MEBI, 3 * MEBI + 7])
def test_every_byte_counts(tmp_path: Path, size: int) -> None:
    """On both sides of every border between blocks, the last byte too."""
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    (tmp_path / "f").write_bytes(data)
    assert sha256(data).hexdigest() == hash_file(str(tmp_path / "f")) == digest(data)
    if size:
        (tmp_path / "f").write_bytes(data[:-1] + b"!")
        assert sha256(data).hexdigest() != hash_file(str(tmp_path / "f"))


def test_digests_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    """However many batches and threads there are."""
    paths = []
    for number in range(1000):
        path = tmp_path / str(number)
        path.write_bytes(str(number).encode())
        paths.append(str(path))
    assert [sha256(str(number).encode()).hexdigest() for number in range(1000)] == hash_files(paths)
    assert [] == hash_files([])


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Its name comes with the error, out of the thread that met it."""
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match="gone"):
        hash_files([str(tmp_path / "a"), str(tmp_path / "gone")])
    with pytest.raises(IsADirectoryError):
        hash_file(str(tmp_path))


@pytest.fixture
def thousands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Files enough for three processes, where a dozen count as enough; one name is no text."""
    monkeypatch.setattr(hashing, "_SHARE", 12)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    paths = [f"{tmp_path}/{number}" for number in range(100)] + [os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n")]
    for path in paths:
        Path(path).write_bytes(os.fsencode(path))
    return paths


def test_processes_find_what_threads_find(thousands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the files, whatever their names."""
    found = hash_files(thousands)
    assert [sha256(os.fsencode(path)).hexdigest() for path in thousands] == found
    monkeypatch.setattr(hashing, "_SHARE", 1000)
    assert found == hash_files(thousands)


def test_a_file_that_a_process_cannot_read_is_said(thousands: list[str]) -> None:
    """As it would be in this one."""
    Path(thousands[50]).unlink()
    with pytest.raises(FileNotFoundError, match=thousands[50]):
        hash_files(thousands)


def test_a_process_that_was_ended_costs_no_digest(
    thousands: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The system may end any for want of memory: what it leaves is hashed here."""
    (tmp_path / "ended").write_text("#!/bin/sh\nkill -KILL $$\n")
    (tmp_path / "ended").chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "ended"))
    assert [sha256(os.fsencode(path)).hexdigest() for path in thousands] == hash_files(thousands)


def test_no_file_stays_open(tmp_path: Path) -> None:
    """Environments have more files than a process may hold open."""
    (tmp_path / "a").write_bytes(b"a")
    before = os.open(tmp_path / "a", os.O_RDONLY)
    hash_files([str(tmp_path / "a")] * 500)
    after = os.open(tmp_path / "a", os.O_RDONLY)
    for descriptor in (before, after):
        os.close(descriptor)
    assert before + 1 == after
