"""Environments in the store: built at their final address, published by a marker, read-only from then on.

<key>/.parity/complete      written last: no marker, no environment
<key>/.parity/manifests/    of its own files (`own`), of packages that stood there first (`ground-…`), of trees
<key>/.parity/lock          the slice of the lock it was built from
<key>/.parity/activation    what has to be set to work in it
<key>/.parity/activation.sh the same as POSIX shell, for the shims
<key>/.parity/address       the folder's own path: what a shell without `readlink` reads behind a link
"""

import os
import shutil
import time
from collections.abc import Container, Sequence
from typing import NamedTuple

from parity.core import contents
from parity.core.activation import posix
from parity.core.contents import Entry
from parity.core.dataclass import dataclass
from parity.core.errors import ArtifactCorrupt
from parity.core.verification import misplaced_bytecode
from parity.engines.store import linking, records, scan
from parity.engines.store.linking import Conflict, Part, Standing
from parity.engines.system.calm import Calm
from parity.engines.system.digests import digest
from parity.engines.system.files import flush_file_system
from parity.engines.system.hashing import hash_file
from parity.engines.system.locks import Lock

_META = ".parity"
_HEAD = ["parity-environment", "1"]
_OWN = "own"
_MAKER = "parity"  # who brings what makes an environment one: `pyvenv.cfg`, `bin/python`, `bin/activate`
_PAPERS = ("lock", "activation")
_READ_ONLY = 0o555
PRIVATE = "private/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What an environment carries besides its files.

    `site` is where site-packages is, relative to it; `lock` the slice it is built from; `activation` the rows that
    say what is to be set in it; `interpreter` the fact about the interpreter that its links lead to, or `inside` where
    the environment has one of its own.
    """

    site: str
    lock: str
    activation: Sequence[Sequence[str]]
    interpreter: Sequence[str]


class Ground(NamedTuple):
    """The files of one package that stand in an environment before trees are linked into it, sealed and hashed."""

    package: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """How a build went: paths that two packages wanted, files in all, and seconds spent waiting for the disk."""

    conflicts: tuple[Conflict, ...]
    files: int
    flushed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What an environment's marker says: where site-packages is, and each manifest with the package it is about.

    `grounds` are the manifests of what stood there before the trees came.
    """

    site: str
    interpreter: Sequence[str]
    manifests: tuple[tuple[str, str], ...]
    grounds: tuple[tuple[str, str], ...] = ()


class Environments:
    """The environments of one store. Every path is text; every method raises OSError where the disk says no."""

    def __init__(self, home: str) -> None:
        self._folder = os.path.join(home, "envs", "v1")
        self._locks = os.path.join(home, "locks", "v1")

    def lock(self, key: str) -> Lock:
        """Return the lock that whoever builds the environment of a key holds."""
        return Lock(os.path.join(self._locks, f"env-{key.replace('/', '-')}"))

    def path(self, key: str) -> str:
        """Return where the environment of a key is, or would be."""
        return os.path.join(self._folder, key)

    def is_complete(self, key: str) -> bool:
        """Say whether the environment of a key is there, whole."""
        return os.path.exists(os.path.join(self._folder, key, _META, "complete"))

    def begin(self, key: str) -> str:
        """Clear what an interrupted build left at a key's address and return the address, with nothing there."""
        path = self.path(key)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        discard(path)
        return path

    def build(self, key: str, parts: Sequence[Part], papers: Papers, grounds: Sequence[Ground] = ()) -> Built:
        """Complete the environment of a key, in which only skeleton and grounds stand: link, note, seal, flush, mark.

        Raises ArtifactCorrupt where a cached tree is not what it was, OSError.
        """
        path, private = self.path(key), key.startswith(PRIVATE)
        standing = {
            entry.path: Standing(ground.package, entry.digest) for ground in grounds for entry in ground.entries
        }
        skeleton: list[str] = []
        own = _describe_own(path, standing, skeleton, private=private)
        texts = _manifests(parts)
        standing |= {entry.path: Standing(_MAKER, entry.digest) for entry in own}
        plan = linking.plan(parts, papers.site, texts, standing)
        linking.carry_out(plan, path, private=private)
        if private:
            texts = [_as_private(text, path, papers.site) for text in texts]
        manifests = _note_standing(path, own, grounds) + _note_all(path, parts, texts, private=private)
        _write(os.path.join(path, _META, "lock"), papers.lock)
        records.write(os.path.join(path, _META, "activation"), papers.activation)
        _write(os.path.join(path, _META, "address"), f"{path}\n")
        _write(os.path.join(path, _META, "activation.sh"), posix.script(path, papers.activation))
        for folder in [] if private else [*(f"{path}/{folder}" for folder in plan.folders), *skeleton]:
            os.chmod(folder, _READ_ONLY)
        started = time.monotonic()
        flush_file_system(path)
        said = [["paper", name, _digest_of(os.path.join(path, _META, name))] for name in _PAPERS]
        rows = [_HEAD, ["site", papers.site], ["interpreter", *papers.interpreter], *manifests, *said]
        records.write(os.path.join(path, _META, "complete"), rows, durable=True)  # an empty marker would be one too
        flush_file_system(path)
        if not private:
            _seal_records(path)
        files = len(plan.files) + len(standing)
        return Built(conflicts=plan.conflicts, files=files, flushed=time.monotonic() - started)

    def recorded(self, path: str) -> Recorded | None:
        """Return what the marker of an environment says, or None where there is no marker."""
        rows = records.read(os.path.join(path, _META, "complete"))
        if not rows or rows[0] != _HEAD:
            return None
        site = next((row[1] for row in rows if row[0] == "site"), None)
        interpreter = next((row[1:] for row in rows if row[0] == "interpreter"), None)
        if site is None or interpreter is None:  # it is damaged
            return None
        manifests = tuple((row[1], row[2]) for row in rows if row[0] == "manifest")
        grounds = tuple((row[1], row[2]) for row in rows if row[0] == "ground")
        return Recorded(site=site, interpreter=interpreter, manifests=manifests, grounds=grounds)

    def damaged_manifests(self, path: str) -> list[str]:
        """Return the manifests of an environment that are not what its marker says they are."""
        rows = records.read(os.path.join(path, _META, "complete")) or []
        folder = os.path.join(path, _META, "manifests")
        manifests = [row for row in rows if row[0] in {"manifest", "ground"}]
        return [row[1] for row in manifests if _digest_of(os.path.join(folder, row[1])) != row[3]]

    def damaged_papers(self, path: str) -> list[str]:
        """Return of marker, lock and activation what is not what it was when the environment was completed."""
        rows = records.read(os.path.join(path, _META, "complete")) or []
        damaged = [] if self.recorded(path) else ["complete"]
        papers = [row for row in rows if row[0] == "paper"]
        return damaged + [row[1] for row in papers if _digest_of(os.path.join(path, _META, row[1])) != row[2]]

    def entries(self, path: str) -> dict[str, tuple[Entry, str]]:
        """Return what belongs into an environment: each path with its entry and the package that brings it.

        A manifest that cannot be read says nothing; `damaged_manifests` names it.
        """
        recorded = self.recorded(path)
        if recorded is None:
            return {}
        found: dict[str, tuple[Entry, str]] = {}
        for name, package in recorded.grounds:
            found.update((entry.path, (entry, package)) for entry in _noted(path, name))
        grounds, count = set(found), len(found)
        for name, package in recorded.manifests:
            for entry in _noted(path, name):
                found.setdefault(contents.placed(entry.path, recorded.site), (entry, package))
                count += 1
        if count != len(found):  # packages share paths
            for stray in misplaced_bytecode({path: package for path, (_, package) in found.items()}):
                if stray not in grounds:
                    del found[stray]
        return found

    def read_lock(self, path: str) -> str:
        """Return the slice of the lock that an environment was built from."""
        return _read(os.path.join(path, _META, "lock"))


def discard(path: str) -> None:
    """Remove an environment or what is left of one: it disappears in one step, then its files go.

    The caller holds the lock of its key: what a removal left there belongs to a process that is no more.
    """
    parent, name = os.path.split(path)
    with Calm():
        for left in os.listdir(parent):
            if left.startswith(f"{name}.old-"):
                _remove(os.path.join(parent, left))
        if os.path.lexists(path):
            grave = f"{path}.old-{os.getpid()}"
            os.chmod(path, 0o700)
            os.rename(path, grave)
            _remove(grave)


def _remove(folder: str) -> None:
    for below in scan.folders(folder):
        os.chmod(below, 0o700)
    shutil.rmtree(folder)


def _seal_records(path: str) -> None:
    """Make what an environment carries besides its files read-only too: all who share it are activated by that."""
    meta = os.path.join(path, _META)
    for name in ("activation", "complete"):
        os.chmod(os.path.join(meta, name), 0o444)
    for folder in ("manifests", ""):
        os.chmod(os.path.join(meta, folder), _READ_ONLY)


def _note_standing(path: str, own: Sequence[Entry], grounds: Sequence[Ground]) -> list[list[str]]:
    """Put the manifests of what stood there first beside the marker; return the marker's rows about them."""
    folder = os.path.join(path, _META, "manifests")
    os.makedirs(folder)
    rows = []
    for kind, name, package, entries in [
        ("manifest", _OWN, "", own),
        *(("ground", f"ground-{number}", *ground) for number, ground in enumerate(grounds)),
    ]:
        text = contents.dump(entries)
        _write(os.path.join(folder, name), text)
        rows.append([kind, name, package, _digest(text)])
    return rows


def _note_all(path: str, parts: Sequence[Part], texts: Sequence[str], *, private: bool) -> list[list[str]]:
    """Put the manifest of every tree beside the marker; return the marker's rows about them."""
    folder = os.path.join(path, _META, "manifests")
    rows = []
    for number, (part, text) in enumerate(zip(parts, texts, strict=True)):
        target = os.path.join(folder, str(number))
        if private or not _linked(part.trees.manifest_path(part.name), target):
            _write(target, text)
        rows.append(["manifest", str(number), part.package, _digest(text)])
    return rows


def _linked(source: str, target: str) -> bool:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links: a copy says the same
        return False
    return True


def _manifests(parts: Sequence[Part]) -> list[str]:
    try:
        return [part.trees.read_manifest(part.name) for part in parts]
    except ArtifactCorrupt as corrupt:
        linking.drop(parts, corrupt.name)
        raise


def _as_private(text: str, path: str, site: str) -> str:
    """Return a tree's manifest as it is for copies that may be written to, with bytecode that notices edits."""
    entries = []
    for entry in contents.parse(text):
        real = os.path.join(path, contents.placed(entry.path, site))
        found = entry if entry.kind != "f" else entry._replace(mode=entry.mode | 0o200)
        entries.append(
            found._replace(digest=hash_file(real)) if entry.path.endswith(".pyc") and os.path.exists(real) else found
        )
    return contents.dump(entries)


def _describe_own(path: str, standing: Container[str], skeleton: list[str], *, private: bool) -> list[Entry]:
    """Return the entries of a skeleton, made read-only first, without what packages have brought.

    Its folders are added to `skeleton`, parents first.
    """
    walked = scan.walk(path, entered=skeleton)
    own = [(relative, found) for relative, found in walked if relative not in standing]
    for _, found in own:
        if not private and found.is_file(follow_symlinks=False):
            os.chmod(found.path, found.stat().st_mode & _READ_ONLY)
    return scan.describe_all(own)


def _digest(text: str) -> str:
    return digest(text.encode("utf-8", "surrogateescape"))


def _digest_of(path: str) -> str:
    try:
        return _digest(_read(path))
    except FileNotFoundError:
        return ""


def _noted(path: str, manifest: str) -> list[Entry]:
    try:
        return contents.parse(_read(os.path.join(path, _META, "manifests", manifest)))
    except (FileNotFoundError, ValueError):
        return []


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)
    os.chmod(path, 0o444)


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()
