"""The caches as a whole: how much is where, whether every tree is what it was, which of them nothing uses."""

import os
import shutil
from collections.abc import Iterator
from typing import NamedTuple

from parity.core import contents
from parity.core.errors import ArtifactCorrupt
from parity.engines.store import records, scan
from parity.engines.store.artifacts import Artifacts
from parity.engines.store.trees import Trees
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

    An environment's record of a tree is one file with the cache's; on a file system without hard links nothing is used.
    """

    trees: Trees
    name: str
    path: str
    used: bool


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
                    path = os.path.join(folder.folder, name)
                    yield Tree(folder, name, path, _is_linked(folder.manifest_path(name)))


def changed(tree: Tree) -> list[str]:
    """Return what of a tree is not what was published: paths, or `files` for its manifest. Raises OSError."""
    try:
        entries = contents.parse(tree.trees.read_manifest(tree.name))
    except (ArtifactCorrupt, ValueError):
        return ["files"]
    wrong, there = [], []
    for entry in entries:
        real = tree.trees.source(tree.name, entry.path)
        if not os.path.lexists(real) or scan.look(real, entry.path).kind != entry.kind:
            wrong.append(entry.path)
        elif entry.kind == "f":
            there.append((entry, real))
        elif os.readlink(real) != entry.digest:
            wrong.append(entry.path)
    digests = hash_files([real for _, real in there])
    return wrong + [entry.path for (entry, _), digest in zip(there, digests, strict=True) if digest != entry.digest]


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
    """Remove what killed processes left in the caches; waits for those that are at work. Raises OSError."""
    for tag in _names(os.path.join(cache, "wheels", "v1")):
        artifacts = Artifacts(cache, tag)
        with artifacts.lock():  # which sweeps at its end
            shutil.rmtree(os.path.join(cache, "scratch", tag), ignore_errors=True)
            for name in _names(os.path.join(cache, "built", "v1", tag)):
                if name.endswith(".tmp"):
                    os.unlink(os.path.join(cache, "built", "v1", tag, name))


def _is_linked(path: str) -> bool:
    try:
        return os.stat(path).st_nlink > 1
    except FileNotFoundError:
        return False


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
