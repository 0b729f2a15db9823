"""Interpreters of parity's own: where they lie, and how one appears whole or not at all."""

import fcntl
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from parity.core.dataclass import dataclass
from parity.engines.interpreters.marker import is_complete
from parity.engines.interpreters.seal import discard, seal, sweep
from parity.engines.system.locks import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The interpreters of one store; `home` is its folder."""

    home: str

    def folder(self, name: str) -> str:
        """Return where the interpreter of a name is, or would be."""
        return os.path.join(self.home, "pythons", "v1", name)

    def names(self) -> list[str]:
        """Return the names of what lies where interpreters are, whole or not."""
        with suppress(FileNotFoundError):
            return sorted(os.listdir(self.folder("")))
        return []

    def publish(
        self,
        name: str,
        make: Callable[[str], Mapping[str, Any]],
        *,
        again: bool = False,
        waiting: Callable[[], None] | None = None,
    ) -> bool:
        """Have the interpreter of a name: made where it is not here, or where it is to be made `again`.

        `make` is handed the empty folder, fills it, and returns what it was made from. Returns whether it was here
        before. Raises what `make` does, with nothing left behind; OSError.
        """
        folder = self.folder(name)
        with Lock(self._lock(folder), waiting):
            self._sweep()
            if is_complete(folder) and not again:
                return True
            discard(folder)
            os.makedirs(folder, mode=0o700)
            try:
                seal(folder, make(folder))
            except BaseException:
                discard(folder)
                raise
            return False

    def remove(self, name: str) -> None:
        """Remove an interpreter: it disappears in one step. Raises OSError."""
        folder = self.folder(name)
        with Lock(self._lock(folder)):
            discard(folder)

    def _lock(self, folder: str) -> str:
        return os.path.join(self.home, "locks", "v1", f"python-{os.path.basename(folder)}")

    def _sweep(self) -> None:
        """Remove what installs left that were killed: folders without a marker whose lock nobody holds, and graves."""
        for name in self.names():
            folder = self.folder(name)
            if name.startswith(".old-"):
                with suppress(FileNotFoundError):  # another process sweeps the same grave
                    sweep(folder)
            elif not is_complete(folder):
                _discard_abandoned(folder, self._lock(folder))


def _discard_abandoned(folder: str, lock: str) -> None:
    """Remove an unfinished interpreter unless somebody who holds its lock is at work on it."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        discard(folder)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)
