"""Advisory locks between parity's own processes: `flock`, which a dead holder cannot keep."""

from __future__ import annotations

import fcntl
import os

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable


class Lock:
    """Holds the lock of a name while a `with` block runs, waiting for it as long as its holder lives.

    The file stays where it is: removing it would let two processes hold two locks of one name. Entering raises
    OSError where the file cannot be made. `waiting` is called before the wait, if there is one.
    """

    def __init__(self, path: str, waiting: Callable[[], None] | None = None) -> None:
        self._path = path
        self._waiting = waiting
        self._descriptor = -1

    def __enter__(self) -> None:
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if self._waiting:
                self._waiting()
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
