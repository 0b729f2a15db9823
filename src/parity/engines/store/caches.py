"""The caches as a whole: how much is where, whether every tree is what it was, which of them nothing uses."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from parity.core import contents
from parity.core.contents import Entry
from parity.core.errors import ArtifactCorrupt
from parity.engines.store import records, scan
from parity.engines.store.artifacts import Artifacts
from parity.engines.store.packages import Packages, Unpacked
from parity.engines.store.trees import Trees
from parity.engines.system import scratch
from parity.engines.system.hashing import hash_files

_BLOCK = 512  # what st_blocks counts in
_ROOMS = ("wheels", "bytecode")


class Room(NamedTuple):
    """One folder of the caches: what it takes on the disk, and how many files that are."""

    name: str
    bytes: int
    files: int


class Tree(NamedTuple):
    """One unpacked artifact or its bytecode. `path` is its folder; `used` says that an environment is made of it.

    An environment shares files with it; on a file system without hard links nothing is used. `changed` returns what of
    it is not what was published: paths, or `files` for its manifest. `drop` removes it.
    """

    name: str
    path: str
    used: bool
    changed: Callable[[], list[str]]
    drop: Callable[[], None]


def rooms(cache: str) -> list[Room]:
    """Return what is in the caches, by folder; a file that several share counts in the first. Raises OSError."""
    seen: set[tuple[int, int]] = set()
    found = []
    for name in _names(cache):
        size, files = 0, 0
        for _, entry in scan.walk(os.path.join(cache, name)) if os.path.isdir(os.path.join(cache, name)) else ():
            what = entry.stat(follow_symlinks=False)
            files += 1
            size += 0 if (what.st_dev, what.st_ino) in seen else what.st_blocks * _BLOCK
            seen.add((what.st_dev, what.st_ino))
        found.append(Room(name, size, files))
    return found


def trees(cache: str) -> Iterator[Tree]:
    """Yield every tree of the caches, those that killed processes left half-made not among them. Raises OSError."""
    for room in _ROOMS:
        for tag in _names(os.path.join(cache, room, "v1")):
            folder = Trees(os.path.join(cache, room, "v1", tag))
            for name in _names(folder.folder):
                if not name.startswith("."):
                    yield _tree(folder, name)


def conda_packages(cache: str) -> Iterator[Tree]:
    """Yield every unpacked conda package, and the bytecode of those for any platform. Raises OSError."""
    if not _has_conda(cache):
        return
    packages = Packages(cache)
    for each in packages.noted():
        yield Tree(
            each.name,
            each.path,
            any(_is_linked(found.path) for _, found in scan.walk(each.path)),
            partial(_changed_package, packages, each),
            partial(packages.forget, each),
        )
    for folder in packages.bytecode():
        for name in _names(folder.folder):
            if not name.startswith("."):
                yield _tree(folder, name)


def forget_built(cache: str) -> None:
    """Remove what is remembered of builds whose outcome is gone. Raises OSError."""
    above = os.path.join(cache, "built", "v1")
    for tag in _names(above):
        wheels = Trees(os.path.join(cache, "wheels", "v1", tag))
        for request in _names(os.path.join(above, tag)):
            path = os.path.join(above, tag, request)
            rows = records.read(path)
            if not rows or not wheels.has(rows[0][-1]):
                os.unlink(path)


def sweep(cache: str) -> None:
    """Remove what killed processes left in the caches, and notes about what is gone.

    Waits for those that are at work. Raises OSError.
    """
    for tag in _names(os.path.join(cache, "wheels", "v1")):
        artifacts = Artifacts(cache, tag)
        with artifacts.lock():  # which sweeps at its end
            shutil.rmtree(os.path.join(cache, "scratch", tag), ignore_errors=True)
            for name in _names(os.path.join(cache, "built", "v1", tag)):
                if name.endswith(".tmp"):
                    os.unlink(os.path.join(cache, "built", "v1", tag, name))
    forget_built(cache)
    scratch.sweep(os.path.join(cache, "questions"))
    if _has_conda(cache):
        packages = Packages(cache)
        with packages.lock():
            packages.sweep()


def _has_conda(cache: str) -> bool:
    return os.path.isdir(os.path.join(cache, "conda"))


def _tree(trees: Trees, name: str) -> Tree:
    path = os.path.join(trees.folder, name)
    used = _is_linked(trees.manifest_path(name))
    return Tree(name, path, used, partial(_changed_tree, trees, name), partial(trees.drop, name))


def _changed_tree(trees: Trees, name: str) -> list[str]:
    try:
        entries = contents.parse(trees.read_manifest(name))
    except (ArtifactCorrupt, ValueError):
        return ["files"]
    return _changed((entry, trees.source(name, entry.path)) for entry in entries)


def _changed_package(packages: Packages, unpacked: Unpacked) -> list[str]:
    try:
        entries = packages.manifest(unpacked.sha256)
    except (FileNotFoundError, ValueError):
        return ["files"]
    return _changed((entry, f"{unpacked.path}/{entry.path}") for entry in entries)


def _changed(expected: Iterable[tuple[Entry, str]]) -> list[str]:
    """Return the paths of entries of which what is at a place in the cache is not what it was."""
    wrong, there = [], []
    for entry, real in expected:
        if not os.path.lexists(real) or scan.look(real, entry.path).kind != entry.kind:
            wrong.append(entry.path)
        elif entry.kind == "f":
            there.append((entry, real))
        elif os.readlink(real) != entry.digest:
            wrong.append(entry.path)
    digests = hash_files([real for _, real in there])
    return wrong + [entry.path for (entry, _), digest in zip(there, digests, strict=True) if digest != entry.digest]


def _is_linked(path: str) -> bool:
    try:
        return os.lstat(path).st_nlink > 1
    except FileNotFoundError:
        return False


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
