"""Putting trees together: the same files in another folder, sharing their data blocks wherever the disk can.

Hard links, or copies where the disk cannot link. What stands in the cache is looked at first: a file that
changed since it was verified is hashed again and refused if it is not what it was.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple

from parity.core import contents
from parity.core.contents import Entry
from parity.core.dataclass import dataclass
from parity.core.errors import ArtifactCorrupt
from parity.core.verification import misplaced_bytecode
from parity.engines.store.trees import Trees

_DEPTH = 3  # `lib/python3.12/site-packages`: below it stand the packages
# what a file system says that cannot link, or cannot link this file once more
CANNOT_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES}
_BYTECODE_CHECKED = 0b11  # PEP 552: hash-based, the source is looked at on import


class Part(NamedTuple):
    """One tree that goes into an environment, and the package it belongs to."""

    trees: Trees
    name: str
    package: str


class Standing(NamedTuple):
    """Something that stands in an environment before any tree comes there: who brought it, and what it is."""

    package: str
    digest: str


class _Subtree(NamedTuple):
    folders: list[str]
    files: list[tuple[Part, Entry, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A path that two packages bring. The first by the order of the parts is kept, before it what parity brings."""

    path: str
    kept: str
    dropped: str
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be linked where: folders (parents first), then pairs of source and target."""

    folders: tuple[str, ...]
    files: tuple[tuple[Part, Entry, str], ...]
    conflicts: tuple[Conflict, ...]


def plan(
    parts: Sequence[Part], site: str, manifests: Sequence[str], standing: Mapping[str, Standing] | None = None
) -> Plan:
    """Return how trees come together in an environment whose site-packages is at `site` (relative).

    `manifests` are the texts of the parts' manifests, in their order. What is `standing` there already is kept.
    """
    standing = standing or {}
    owners: dict[str, tuple[Part, Entry]] = {}
    conflicts = []
    for part, text in zip(parts, manifests, strict=True):
        for entry in contents.parse(text):
            path = contents.placed(entry.path, site)
            if (before := standing.get(path)) is not None:
                same = before.digest == entry.digest
                conflicts.append(Conflict(path=path, kept=before.package, dropped=part.package, same=same))
                continue
            first = owners.setdefault(path, (part, entry))
            if first[1] is not entry:
                same = first[1].digest == entry.digest
                conflicts.append(Conflict(path=path, kept=first[0].package, dropped=part.package, same=same))
    if conflicts:
        packages = {path: before.package for path, before in standing.items()}
        packages |= {path: part.package for path, (part, _) in owners.items()}
        for path in owners.keys() & misplaced_bytecode(packages):
            del owners[path]
    folders = _folders(owners)
    return Plan(
        folders=tuple(folders),
        files=tuple((part, entry, path) for path, (part, entry) in owners.items()),
        conflicts=tuple(conflicts),
    )


def carry_out(plan: Plan, environment: str, *, private: bool = False) -> None:
    """Make folders and files in an environment.

    `private` files are copies that may be written to, with bytecode that notices edits. Raises ArtifactCorrupt,
    OSError.
    """
    until = {tree: tree.trees.trusted_until(tree.name) for tree in dict.fromkeys(part for part, _, _ in plan.files)}
    place = _copy_private if private else _share
    shallow, subtrees = _subtrees(plan)
    for folder in shallow:
        os.makedirs(f"{environment}/{folder}", exist_ok=True)
    # making folders and links is the kernel's work, which threads can share
    try:
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(lambda subtree: _make(subtree, environment, until, place), subtrees))
    except ArtifactCorrupt as corrupt:
        drop(until, corrupt.name)
        raise
    for part in [] if private else until:
        part.trees.trust_until_now(part.name)


def drop(parts: Iterable[Part], name: str) -> None:
    """Remove a tree that is not what it was, and the bytecode beside it, so that the next sync fetches it anew."""
    for part in parts:
        if part.name == name:
            part.trees.drop(name)


def _folders(paths: dict[str, tuple[Part, Entry]]) -> list[str]:
    found = set()
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return sorted(found)


def _subtrees(plan: Plan) -> tuple[list[str], list[_Subtree]]:
    """Split a plan into what everything stands on and parts that can be made side by side, the largest first."""
    shallow = [folder for folder in plan.folders if folder.count("/") < _DEPTH]
    subtrees: dict[str, _Subtree] = {}
    for folder in plan.folders:
        if (head := _head(folder)) is not None:
            subtrees.setdefault(head, _Subtree([], [])).folders.append(folder)
    for item in plan.files:
        head = _head(item[2].rpartition("/")[0])
        subtrees.setdefault(head or "", _Subtree([], [])).files.append(item)
    return shallow, sorted(subtrees.values(), key=lambda subtree: -len(subtree.files))


def _head(folder: str) -> str | None:
    parts = folder.split("/", _DEPTH + 1)
    return "/".join(parts[: _DEPTH + 1]) if len(parts) > _DEPTH else None


def _make(subtree: _Subtree, environment: str, until: Mapping[Part, int], place: Callable[[str, str], None]) -> None:
    for folder in subtree.folders:
        with suppress(FileExistsError):  # a conda package brings files into it too
            os.mkdir(f"{environment}/{folder}")
    for part, entry, path in subtree.files:
        source = part.trees.source(part.name, entry.path)
        try:
            found = os.lstat(source)
        except (FileNotFoundError, NotADirectoryError):
            raise ArtifactCorrupt(part.name, entry.path) from None
        if found.st_ctime_ns > until[part] or (entry.kind == "f" and found.st_size != entry.size):
            part.trees.recheck(part.name, [entry])
        if entry.kind == "l":
            os.symlink(entry.digest, f"{environment}/{path}")
        else:
            place(source, f"{environment}/{path}")


def _share(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in CANNOT_LINK:
            raise
        shutil.copy2(source, target)


def _copy_private(source: str, target: str) -> None:
    shutil.copy2(source, target)
    os.chmod(target, os.stat(target).st_mode | 0o200)
    if target.endswith(".pyc"):
        found = os.stat(target)
        with open(target, "r+b") as file:
            file.seek(4)
            file.write(bytes([_BYTECODE_CHECKED, 0, 0, 0]))
        os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
