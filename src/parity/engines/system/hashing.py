"""SHA-256 of files: of a few in threads, of thousands in processes.

Hashing lets go of the interpreter's lock, opening and closing do not do so for long: two threads read small files no
faster than one does. This file is also the program that such a process runs, so it imports the standard library alone.
"""

import os
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from hashlib import sha256
from io import BytesIO

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from subprocess import Popen

_BLOCK = 1 << 20
_BATCH = 256
_SHARE = 4000  # files that are worth the 20 ms which a process takes to start


def hash_file(path: str | bytes) -> str:
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
    shares = min(os.cpu_count() or 1, len(paths) // _SHARE)
    return _in_processes(paths, shares) if shares > 1 else _in_threads(paths)


def _in_threads(paths: Sequence[str]) -> list[str]:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a process does without

    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return [digest for batch in pool.map(_hash_batch, batches) for digest in batch]


def _hash_batch(paths: Iterable[str]) -> list[str]:
    return [hash_file(path) for path in paths]


def _in_processes(paths: Sequence[str], shares: int) -> list[str]:
    """Hash every n-th file in each of n processes, this one among them."""
    from subprocess import PIPE, Popen  # noqa: PLC0415 - same; and few files need none

    digests = [""] * len(paths)
    with ExitStack() as stack:
        others = []
        for share in range(1, shares):
            process = stack.enter_context(Popen([sys.executable, "-I", "-S", __file__], stdin=PIPE, stdout=PIPE))
            stack.callback(process.kill)  # where an error or Ctrl-C ends the block before it has answered
            _ask(process, paths[share::shares])
            others.append(process)
        digests[::shares] = map(hash_file, paths[::shares])
        for share, process in enumerate(others, 1):
            digests[share::shares] = _answer(process, len(digests[share::shares]))
    # A process that met a file it cannot read leaves a gap there; the error is to be raised here.
    return [digest or hash_file(path) for digest, path in zip(digests, paths, strict=True)]


def _ask(process: "Popen[bytes]", paths: Sequence[str]) -> None:
    with suppress(BrokenPipeError), process.stdin or BytesIO() as asked:  # if it was ended, it will not answer
        asked.write(b"\0".join(map(os.fsencode, paths)))


def _answer(process: "Popen[bytes]", count: int) -> list[str]:
    """Return what a process found, as many digests as it was asked for: none where it was ended by somebody."""
    found = process.stdout.read().decode().split("\n") if process.stdout else []
    return found if len(found) == count else [""] * count


def _hash_asked() -> None:
    """Hash the files named on standard input; say nothing of one that cannot be read."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the one that asked says what Ctrl-C ended
    digests = []
    for path in sys.stdin.buffer.read().split(b"\0"):
        try:
            digests.append(hash_file(path))
        except OSError:  # the process that asked meets it again and tells of it
            digests.append("")
    sys.stdout.write("\n".join(digests))


if __name__ == "__main__":
    _hash_asked()
