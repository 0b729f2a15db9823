"""What lies in the store, who may have it, and what goes when nobody has.

Whoever collects holds `locks/v1/collection` alone; everybody who changes a project holds it with others (`Roots.lock`).
So nobody is between building an environment and noting that he uses it.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from parity.core.dataclass import dataclass
from parity.engines.store import records, scan
from parity.engines.store.half_written import left_in
from parity.engines.system.locks import Lock

_META = ".parity"
_GRAVE = ".old-"
_PRIVATE = "private"
_BLOCK = 512  # what st_blocks counts in, whatever the file system's own blocks are (POSIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One folder among the environments. Without a marker it is what an interrupted build left."""

    key: str
    path: str
    complete: bool


class Collection:
    """Everything in one store and its caches that can go. Every path is text; every method raises OSError."""

    def __init__(self, home: str, cache: str) -> None:
        self.home = home
        self.cache = cache
        self.environments = os.path.join(home, "envs", "v1")
        self._memos = os.path.join(home, "memos", "v1")
        self._roots = os.path.join(home, "roots", "v1")

    def lock(self, waiting: Callable[[], None] | None = None) -> Lock:
        """Return the lock of whoever decides what goes: nobody changes a project or builds anything meanwhile."""
        return Lock(os.path.join(self.home, "locks", "v1", "collection"), waiting)

    def removal(self, waiting: Callable[[], None] | None = None) -> Lock:
        """Return the lock of whoever removes what has been set aside, which may take long and disturbs nobody."""
        return Lock(os.path.join(self.home, "locks", "v1", "removal"), waiting)

    def stored(self) -> list[Stored]:
        """Return every environment, shared ones and private ones, and what is left of others."""
        found = []
        for above in ("", f"{_PRIVATE}/"):
            for name in _names(os.path.join(self.environments, above)):
                path = os.path.join(self.environments, above + name)
                if name != _PRIVATE and not name.startswith("."):
                    complete = _GRAVE not in name and os.path.exists(os.path.join(path, _META, "complete"))
                    found.append(Stored(key=above + name, path=path, complete=complete))
        return found

    def leftovers(self) -> list[str]:
        """Return what killed processes left in the store; what an incomplete environment is `stored` says.

        The caller holds the lock, so whoever was at work with it is no more.
        """
        found = [f"{self._roots}/{name}" for name in _names(self._roots) if name.endswith(".tmp")]
        found += [f"{self._roots}/locks/{name}" for name in _names(f"{self._roots}/locks") if name.endswith(".tmp")]
        found += [f"{self._memos}/{name}" for name in _names(self._memos) if name.endswith(".tmp")]
        for stored in self.stored():
            meta = f"{stored.path}/{_META}"
            found += [f"{meta}/{name}" for name in _names(meta) if name.endswith(".tmp") or name.startswith("repair-")]
        return found

    def project_leftovers(self, project: str) -> list[str]:
        """Return what killed processes left in the folder of a project: half a lock or manifest, half a link."""
        return left_in(project, self.environments)

    def graves(self) -> list[str]:
        """Return what was set aside and not removed."""
        return [
            os.path.join(folder, name)
            for folder in (self.environments, self.cache)
            for name in _names(folder)
            if name.startswith(_GRAVE)
        ]

    def set_aside(self, path: str) -> None:
        """Make a folder of the store or the caches disappear in one step, on the way to being removed."""
        place = self.environments if path.startswith(f"{self.environments}/") else self.cache
        os.chmod(path, 0o700)
        os.rename(path, os.path.join(place, f"{_GRAVE}{os.getpid()}-{os.path.relpath(path, place).replace('/', '-')}"))

    def forget_useless(self, keys: Iterable[str], locks: Iterable[str]) -> None:
        """Remove records about environments that are gone, and texts of locks that no generation has.

        `keys` are the environments that are there, `locks` the digests that are used.
        """
        there, used = set(keys), set(locks)
        for name in _names(self._memos):
            rows = records.read(os.path.join(self._memos, name)) or []
            if {row[1] for row in rows if row[0] == "key" and len(row) > 1}.isdisjoint(there):
                os.unlink(os.path.join(self._memos, name))
        for name in _names(os.path.join(self._roots, "locks")):
            if name not in used:
                os.unlink(os.path.join(self._roots, "locks", name))


def freed(paths: Iterable[str]) -> int:
    """Return how many bytes of the disk are free once all of these are gone.

    A file with several names counts only where all of them go: what an environment shares with the cache stays.
    """
    total = 0
    seen: dict[tuple[int, int], int] = {}
    for found in _every(paths):
        identity = (found.st_dev, found.st_ino)
        seen[identity] = seen.get(identity, 0) + 1
        if stat.S_ISDIR(found.st_mode) or seen[identity] == found.st_nlink:
            total += found.st_blocks * _BLOCK
    return total


def remove(path: str) -> None:
    """Remove a file, a link, or a folder with everything in it, read-only or not."""
    if os.path.islink(path) or not os.path.isdir(path):
        with suppress(FileNotFoundError):
            os.unlink(path)
        return
    for folder in scan.folders(path):
        os.chmod(folder, 0o700)
    shutil.rmtree(path)


def _every(paths: Iterable[str]) -> Iterator[os.stat_result]:
    for path in paths:
        yield os.lstat(path)
        if os.path.isdir(path) and not os.path.islink(path):
            yield from (os.lstat(folder) for folder in scan.folders(path)[1:])
            yield from (os.lstat(entry.path) for _, entry in scan.walk(path))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
