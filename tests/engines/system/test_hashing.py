"""SHA-256 of files, in blocks and in threads."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

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


def test_no_file_stays_open(tmp_path: Path) -> None:
    """Environments have more files than a process may hold open."""
    (tmp_path / "a").write_bytes(b"a")
    before = os.open(tmp_path / "a", os.O_RDONLY)
    hash_files([str(tmp_path / "a")] * 500)
    after = os.open(tmp_path / "a", os.O_RDONLY)
    for descriptor in (before, after):
        os.close(descriptor)
    assert before + 1 == after
