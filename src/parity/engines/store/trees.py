"""Caches of unpacked trees: each is one artifact, complete from the moment it appears, read-only, with its manifest.

<folder>/<name>/tree/site/…      what belongs into site-packages
<folder>/<name>/tree/prefix/…    what belongs elsewhere in the environment
<folder>/<name>/files            the manifest
<folder>/<name>/trusted          the manifest's digest; its ctime: files that changed later are hashed again before use
"""

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress

from parity.core import contents
from parity.core.contents import SITE, Entry
from parity.core.errors import ArtifactCorrupt
from parity.engines.store import scan
from parity.engines.system.digests import digest
from parity.engines.system.hashing import hash_file

_EXECUTABLE = 0o111


class Trees:
    """One cache of trees. Every path is text; every method raises OSError where the disk says no."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def has(self, name: str) -> bool:
        """Say whether the tree of this name is there."""
        return os.path.exists(os.path.join(self.folder, name, "files"))

    def manifest_path(self, name: str) -> str:
        """Return where a tree's manifest is."""
        return os.path.join(self.folder, name, "files")

    def read_manifest(self, name: str) -> str:
        """Return a tree's manifest as text. Raises ArtifactCorrupt where it is not the one that was published."""
        try:
            with open(self.manifest_path(name), "rb") as file:
                data = file.read()
            with open(os.path.join(self.folder, name, "trusted"), "rb") as file:
                recorded = file.read()
        except FileNotFoundError:
            raise ArtifactCorrupt(name, "files") from None
        if recorded != digest(data).encode():
            raise ArtifactCorrupt(name, "files")
        return data.decode("utf-8", "surrogateescape")

    def is_whole(self, name: str) -> bool:
        """Say whether a tree's manifest is the one that was published."""
        try:
            self.read_manifest(name)
        except ArtifactCorrupt:
            return False
        return True

    def source(self, name: str, path: str) -> str:
        """Return where an entry of a tree is in the cache."""
        return f"{self.folder}/{name}/tree/{in_tree(path)}"

    def prepare(self, name: str) -> str:
        """Return a fresh folder in which a tree can be put together (`site/`, `prefix/`)."""
        folder = os.path.join(self.folder, f".new-{os.getpid()}-{name}")
        if os.path.lexists(folder):
            shutil.rmtree(folder)
        for part in ("site", "prefix"):
            os.makedirs(os.path.join(folder, "tree", part))
        return os.path.join(folder, "tree")

    def publish(self, name: str, expected: Mapping[str, str], *, built: bool = False) -> str:
        """Make a prepared tree read-only, hash it, and let it appear; return its name.

        `expected` are the digests that are known beforehand, by path, empty where they are not. What was `built` is
        named by the digest of its own content. Raises ArtifactCorrupt where a file is not what was expected.
        """
        prepared = os.path.join(self.folder, f".new-{os.getpid()}-{name}")
        entries = self._seal(os.path.join(prepared, "tree"))
        for entry in entries:
            if (expected.get(entry.path) or entry.digest) != entry.digest:
                shutil.rmtree(prepared)
                raise ArtifactCorrupt(name, entry.path)
        final = _content_digest(entries) if built else name
        data = contents.dump(entries).encode("utf-8", "surrogateescape")
        with open(os.path.join(prepared, "files"), "wb") as out:
            out.write(data)
        os.chmod(os.path.join(prepared, "files"), 0o444)
        with open(os.path.join(prepared, "trusted"), "w", encoding="ascii") as out:
            out.write(digest(data))
        try:
            os.rename(prepared, os.path.join(self.folder, final))
        except OSError:
            if not self.has(final):
                raise
            shutil.rmtree(prepared)  # another process was first, with the same bytes
        return final

    def recheck(self, name: str, suspects: list[Entry]) -> None:
        """Hash the files that changed since the tree was trusted. Raises ArtifactCorrupt at the first that differs.

        Mode and time of what is still the same are put back: environments record them.
        """
        for entry in suspects:
            real = self.source(name, entry.path)
            found = scan.look(real, entry.path)
            found_digest = hash_file(real) if found.kind == "f" else found.digest
            if (found.kind, found_digest) != (entry.kind, entry.digest):
                raise ArtifactCorrupt(name, entry.path)
            if entry.kind == "f" and (found.mode, found.mtime) != (entry.mode, entry.mtime):
                os.utime(real, ns=(entry.mtime, entry.mtime))
                os.chmod(real, entry.mode)

    def trusted_until(self, name: str) -> int:
        """Return the time (nanoseconds since 1970) after which a changed file must be hashed again."""
        return believed(os.stat(os.path.join(self.folder, name, "trusted")).st_ctime_ns)

    def trust_until_now(self, name: str) -> None:
        """Trust everything in a tree as it is now: hard links, which parity made after checking, touch ctime."""
        os.utime(os.path.join(self.folder, name, "trusted"))  # the clock that stamps all others on this file system

    def drop(self, name: str) -> None:
        """Remove a tree, if it is there. It disappears in one step."""
        grave = os.path.join(self.folder, f".old-{os.getpid()}-{name}")
        shutil.rmtree(grave, ignore_errors=True)
        with suppress(FileNotFoundError):  # another process was first
            os.rename(os.path.join(self.folder, name), grave)
        shutil.rmtree(grave, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what interrupted processes left; the caller holds the lock under which trees are prepared."""
        for name in os.listdir(self.folder):
            if name.startswith((".new-", ".old-")):
                shutil.rmtree(os.path.join(self.folder, name), ignore_errors=True)

    def _seal(self, tree: str) -> list[Entry]:
        entries = [
            *scan.describe(os.path.join(tree, "site"), SITE),
            *scan.describe(os.path.join(tree, "prefix")),
        ]
        sealed = []
        for entry in entries:
            if entry.kind != "f":
                sealed.append(entry)
                continue
            mode = 0o555 if entry.mode & _EXECUTABLE else 0o444
            part = f"site/{entry.path[2:]}" if entry.path.startswith(SITE) else f"prefix/{entry.path}"
            os.chmod(f"{tree}/{part}", mode)
            sealed.append(entry._replace(mode=mode))
        return sealed


def in_tree(path: str) -> str:
    """Return where an entry of a manifest lies below its `tree`."""
    return f"site/{path[len(SITE) :]}" if path.startswith(SITE) else f"prefix/{path}"


def believed(stamp: int) -> int:
    """Return a stamp's time, or 0 where it lies in the future: the clock was put back, and times say nothing."""
    return stamp if stamp <= time.time_ns() else 0


def _content_digest(entries: list[Entry]) -> str:
    return digest(contents.content_lines(entries).encode("utf-8", "surrogateescape"))
