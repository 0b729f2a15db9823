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
    OSError where the file cannot be made. `waiting` is called before the wait, if there is one. Any number of
    processes may hold a `shared` lock at once. The one `ahead` is taken first and let go last.
    """

    def __init__(
        self,
        path: str,
        waiting: Callable[[], None] | None = None,
        *,
        shared: bool = False,
        ahead: Lock | None = None,
    ) -> None:
        self._path = path
        self._waiting = waiting
        self._kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        self._ahead = ahead
        self._descriptor = -1

    def __enter__(self) -> None:
        if self._ahead:
            self._ahead.__enter__()
        try:
            self._take()
        except BaseException:
            self.__exit__()
            raise

    def attempt(self) -> bool:
        """Take the lock if nobody has it, and say whether it was taken; who enters it afterwards has it already."""
        self._open()
        try:
            fcntl.flock(self._descriptor, self._kind | fcntl.LOCK_NB)
        except BlockingIOError:
            self.__exit__()
            return False
        return True

    def _take(self) -> None:
        if self._descriptor >= 0:
            return
        self._open()
        try:
            fcntl.flock(self._descriptor, self._kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if self._waiting:
                self._waiting()
            fcntl.flock(self._descriptor, self._kind)

    def _open(self) -> None:
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._ahead:
            self._ahead.__exit__()
