"""The cache of unpacked conda packages: rattler fills it, parity knows every file in it.

conda/v1/packages/<name-version-build>/      as rattler unpacks it, read-only
conda/v1/trusted/<SHA-256 of the package>/   `files`, its manifest, and `trusted`: files that changed since its ctime
                                             are hashed again before anything is linked from there
conda/v1/bytecode/<tag>/<SHA-256>/           what an interpreter makes of the modules of a package for any platform
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import NamedTuple

from parity.core import contents
from parity.core.conda.prefix_records import Placed, unpacked_name
from parity.core.contents import Entry
from parity.core.lockfile.model import LockedConda
from parity.engines.store import records, scan
from parity.engines.store.environments import Ground
from parity.engines.store.linking import Part
from parity.engines.store.trees import Trees, believed
from parity.engines.system.calm import Calm
from parity.engines.system.digests import digest
from parity.engines.system.hashing import hash_file, hash_files
from parity.engines.system.locks import Lock

_EXECUTABLE = 0o111
_SITE = "site-packages"
_LOCK = ".lock"  # of rattler's, beside a package
_PATIENCE = 100  # how often a folder is removed that a thread of rattler's still writes to


class Unpacked(NamedTuple):
    """One package in the cache: what its folder is called, the SHA-256 of the archive, and where it is."""

    name: str
    sha256: str
    path: str


class Packages:
    """The unpacked conda packages of one cache. Every path is text; every method raises OSError."""

    def __init__(self, cache: str) -> None:
        self._above = os.path.join(cache, "conda", "v1")
        self.folder = os.path.join(self._above, "packages")
        self._stamps = os.path.join(self._above, "trusted")
        self._locks = os.path.join(cache, "locks")
        self._noted: dict[str, list[Entry]] = {}
        for folder in (self.folder, self._stamps):
            os.makedirs(folder, mode=0o700, exist_ok=True)

    def lock(self, waiting: Callable[[], None] | None = None) -> Lock:
        """Return the lock that whoever fills the cache and links from it holds."""
        return Lock(os.path.join(self._locks, "conda-packages"), waiting)

    @contextmanager
    def scratch(self) -> Iterator[str]:
        """Lend a folder to place packages in for a while, with nothing in it; what is made there goes afterwards.

        The caller holds the lock: what others left there belongs to processes that are no more.
        """
        from tempfile import mkdtemp  # noqa: PLC0415 - most builds need no scratch folder

        parent = os.path.join(self._above, "scratch")
        shutil.rmtree(parent, ignore_errors=True)
        os.makedirs(parent, mode=0o700)
        try:
            yield mkdtemp(dir=parent)
        finally:
            with Calm():
                _remove_written_to(parent)

    def missing(self, packages: Iterable[LockedConda]) -> list[LockedConda]:
        """Return those packages that have to be fetched; what is there and is not what was unpacked goes first.

        The caller holds the lock. What nobody vouches for, because a process was killed between unpacking it and
        noting it, is not believed either.
        """
        self._drop_halves()
        wanted = []
        for package in packages:
            if not self._is_whole(package):
                self.drop(package)
                wanted.append(package)
        return wanted

    def trust(self, packages: Iterable[LockedConda]) -> None:
        """Note what was just unpacked, make it read-only, and trust those packages that are there as they are now.

        Hard links, which were made after checking, touch the ctime that trust is about. What was interrupted while it
        was unpacked goes.
        """
        with Calm():
            for package in packages:
                stamp = os.path.join(self._stamps, package.sha256)
                if not os.path.isdir(os.path.join(self.folder, unpacked_name(package))):
                    continue
                if not os.path.exists(os.path.join(stamp, "trusted")):
                    self._note(package, stamp)
                os.utime(os.path.join(stamp, "trusted"))
            self._drop_halves()

    def drop(self, package: LockedConda) -> None:
        """Remove a package, if it is there, so that it is fetched anew."""
        name = unpacked_name(package)
        self.forget(Unpacked(name, package.sha256, os.path.join(self.folder, name)))

    def noted(self) -> list[Unpacked]:
        """Return every package that somebody vouches for, by name."""
        return sorted(filter(None, map(self.noted_as, os.listdir(self._stamps))))

    def noted_as(self, sha256: str) -> Unpacked | None:
        """Return the package of which somebody vouches that it was unpacked from these bytes, None where it is gone."""
        rows = records.read(os.path.join(self._stamps, sha256, "trusted")) or []
        name = next((row[1] for row in rows if row[0] == "package"), "")
        path = os.path.join(self.folder, name)
        return Unpacked(name, sha256, path) if name and os.path.isdir(path) else None

    def manifest(self, sha256: str) -> list[Entry]:
        """Return what was unpacked from a package. Raises ValueError or FileNotFoundError where that is not known."""
        stamp = os.path.join(self._stamps, sha256)
        with open(os.path.join(stamp, "files"), "rb") as file:
            data = file.read()
        if (records.read(os.path.join(stamp, "trusted")) or [])[:1] != [["sha256", digest(data)]]:
            raise ValueError(stamp)
        return contents.parse(data.decode("utf-8", "surrogateescape"))

    def forget(self, unpacked: Unpacked) -> None:
        """Remove a package, so that it is fetched anew."""
        self._noted.pop(unpacked.sha256, None)
        shutil.rmtree(os.path.join(self._stamps, unpacked.sha256), ignore_errors=True)
        with suppress(FileNotFoundError):
            shutil.rmtree(unpacked.path)

    def bytecode(self) -> list[Trees]:
        """Return the caches of bytecode, one for each kind of interpreter."""
        above = os.path.join(self._above, "bytecode")
        return [Trees(os.path.join(above, tag)) for tag in sorted(os.listdir(above))] if os.path.isdir(above) else []

    def sweep(self) -> None:
        """Remove what killed processes left, and notes about what is gone; the caller holds the lock."""
        shutil.rmtree(os.path.join(self._above, "scratch"), ignore_errors=True)
        for trees in self.bytecode():
            trees.sweep()
        noted = self.noted()
        names, digests = {each.name for each in noted}, {each.sha256 for each in noted}
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if os.path.isdir(path) and name not in names:
                shutil.rmtree(path)
            elif name.endswith(_LOCK) and name.removesuffix(_LOCK) not in names and not name.startswith("."):
                os.unlink(path)
        for sha256 in os.listdir(self._stamps):
            if sha256 not in digests:
                shutil.rmtree(os.path.join(self._stamps, sha256))

    def describe(
        self,
        environment: str,
        packages: Sequence[LockedConda],
        placed: Sequence[Placed],
        *,
        private: bool = False,
        untouched: bool = True,
    ) -> list[Ground]:
        """Return what each package has placed in an environment, sealed unless `private`, each file with its SHA-256.

        Where the files are `untouched` since then, the digest of one that is as it was in its package is known; any
        other is read.
        """
        grounds: list[Ground] = []
        unread: list[tuple[list[Entry], int]] = []
        with scan.opened(environment) as top:
            seal = partial(_sealed, environment, top, private=private)
            for package, each in zip(packages, placed, strict=True):
                known = {entry.path: entry for entry in self._read(package)} if untouched else {}
                entries = [seal(path, known.get(source)) for path, source in each.files]
                entries.append(seal(each.record, None))
                unread += [(entries, number) for number, entry in enumerate(entries) if not entry.digest]
                grounds.append(Ground(each.name, entries))
        digests = hash_files([f"{environment}/{entries[number].path}" for entries, number in unread])
        for (entries, number), digest_of_file in zip(unread, digests, strict=True):
            entries[number] = entries[number]._replace(digest=digest_of_file)
        return grounds

    def compile(
        self,
        tag: str,
        packages: Sequence[LockedConda],
        rewritten: Mapping[str, Sequence[str]],
        compile_trees: Callable[[Sequence[tuple[str, str]]], object],
    ) -> list[Part]:
        """Return the bytecode of packages that are for any platform, made where there is none yet; in order of name.

        `rewritten` are the files of a package that are other ones in each environment: these get none. The caller
        holds the lock.
        """
        trees = Trees(os.path.join(self._above, "bytecode", tag))
        os.makedirs(trees.folder, mode=0o700, exist_ok=True)
        trees.sweep()
        sources = {each.sha256: os.path.join(self.folder, unpacked_name(each), _SITE) for each in packages}
        new = [sha256 for sha256, source in sources.items() if os.path.isdir(source) and not trees.has(sha256)]
        if new:
            targets = {sha256: os.path.join(trees.prepare(sha256), "site") for sha256 in new}
            compile_trees([(sources[sha256], targets[sha256]) for sha256 in new])
        for package in packages:
            if package.sha256 in new:
                _leave_out(targets[package.sha256], rewritten.get(package.name, ()))
                trees.publish(package.sha256, {})
        return [Part(trees, each.sha256, each.name) for each in packages if trees.has(each.sha256)]

    def _drop_halves(self) -> None:
        """Remove what rattler was stopped at while it unpacked; a thread of it may not have noticed yet."""
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if name.startswith(".") and os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)

    def _is_whole(self, package: LockedConda) -> bool:
        folder = os.path.join(self.folder, unpacked_name(package))
        try:
            until = believed(os.stat(os.path.join(self._stamps, package.sha256, "trusted")).st_ctime_ns)
            return _holds(folder, self._read(package), until)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return False

    def _note(self, package: LockedConda, stamp: str) -> None:
        folder = os.path.join(self.folder, unpacked_name(package))
        for _, found in scan.walk(folder):
            if found.is_file(follow_symlinks=False):
                os.chmod(found.path, 0o555 if found.stat().st_mode & _EXECUTABLE else 0o444)
        data = contents.dump(scan.describe(folder)).encode("utf-8", "surrogateescape")
        os.makedirs(stamp, exist_ok=True)
        with open(os.path.join(stamp, "files"), "wb") as file:
            file.write(data)
        records.write(os.path.join(stamp, "trusted"), [["sha256", digest(data)], ["package", unpacked_name(package)]])

    def _read(self, package: LockedConda) -> list[Entry]:
        """Return the manifest of a package. Raises ValueError where it is not the one that was noted."""
        if package.sha256 not in self._noted:
            self._noted[package.sha256] = self.manifest(package.sha256)
        return self._noted[package.sha256]


def unshare(environment: str, *, writable: bool) -> None:
    """Give an environment copies of its own of every file that it shares: what writes there reaches no other.

    Raises OSError.
    """
    for _, found in scan.walk(environment):
        if not found.is_file(follow_symlinks=False):
            continue
        if found.stat(follow_symlinks=False).st_nlink > 1:
            beside = f"{found.path}.parity-new"
            shutil.copy2(found.path, beside)
            os.rename(beside, found.path)
        if writable:
            os.chmod(found.path, os.stat(found.path).st_mode | 0o200)


def _remove_written_to(folder: str) -> None:
    """Remove a folder into which rattler, stopped in the middle, may still write for a moment."""
    for _ in range(_PATIENCE):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            return
    shutil.rmtree(folder)  # something else is in the way, and this says what


def _holds(folder: str, entries: Iterable[Entry], until: int) -> bool:
    """Say whether files are as they were noted; those that changed after `until` (nanoseconds) are read again."""
    stat_of = os.stat
    with scan.opened(folder) as top:
        for entry in entries:
            kind, _, size, _, _, path = entry
            found = stat_of(path, dir_fd=top, follow_symlinks=False)
            unchanged = found.st_ctime_ns <= until and (found.st_size == size or kind == "l")
            if not unchanged and not _holds_again(f"{folder}/{path}", entry):
                return False
    return True


def _holds_again(real: str, entry: Entry) -> bool:
    """Say whether a file still is what was noted; mode and time of one that is are put back."""
    now = scan.look(real, entry.path)
    if now.kind != entry.kind or (hash_file(real) if now.kind == "f" else now.digest) != entry.digest:
        return False
    if entry.kind == "f" and (now.mode, now.mtime) != (entry.mode, entry.mtime):
        os.utime(real, ns=(entry.mtime, entry.mtime))
        os.chmod(real, entry.mode)
    return True


def _sealed(environment: str, top: int, path: str, original: Entry | None, *, private: bool) -> Entry:
    """Make a file of an environment read-only and return its entry; the digest is that of the `original`, if it is.

    `top` is the descriptor of the environment.
    """
    found = os.stat(path, dir_fd=top, follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):
        return scan.look(f"{environment}/{path}", path)
    mode = found.st_mode & 0o7777
    sealed = mode if private else 0o555 if mode & _EXECUTABLE else 0o444
    if mode != sealed:
        os.chmod(path, sealed, dir_fd=top)
    digest_of_file = original.digest if original and original.kind == "f" and original.size == found.st_size else ""
    return Entry("f", sealed, found.st_size, found.st_mtime_ns, digest_of_file, path)


def _leave_out(site: str, sources: Iterable[str]) -> None:
    """Remove the bytecode of modules that differ from environment to environment."""
    for source in sources:
        folder, _, name = source.removeprefix(f"{_SITE}/").rpartition("/")
        cache = os.path.join(site, folder, "__pycache__")
        stem = name.removesuffix(".py")
        for found in os.listdir(cache) if os.path.isdir(cache) else ():
            if found.split(".", 1)[0] == stem:
                os.unlink(os.path.join(cache, found))
