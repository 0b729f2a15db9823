"""SHA-256 of many files, in as many threads as there are cores: hashing lets go of the interpreter's lock."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

_BLOCK = 1 << 20
_BATCH = 256


def hash_file(path: str) -> str:
    """Return the SHA-256 of a file, in hexadecimal. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        data = os.read(descriptor, min(size + 1, _BLOCK))
        state = sha256(data)
        while len(data) and (size >= _BLOCK or len(data) < size):
            data = os.read(descriptor, _BLOCK)
            state.update(data)
        return state.hexdigest()
    finally:
        os.close(descriptor)


def hash_files(paths: Sequence[str]) -> list[str]:
    """Return the SHA-256 of each file, in order. Raises OSError at the first that cannot be read."""
    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return [digest for batch in pool.map(_hash_batch, batches) for digest in batch]


def _hash_batch(paths: Iterable[str]) -> list[str]:
    return [hash_file(path) for path in paths]
