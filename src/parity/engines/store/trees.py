"""Caches of unpacked trees: each is one artifact, complete from the moment it appears, read-only, with its manifest.

<folder>/<name>/tree/site/…      what belongs into site-packages
<folder>/<name>/tree/prefix/…    what belongs elsewhere in the environment
<folder>/<name>/files            the manifest
<folder>/<name>/trusted          its own ctime: files that changed later are hashed again before they are used
"""

import os
import shutil
from collections.abc import Mapping

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
        """Return a tree's manifest as text."""
        with open(self.manifest_path(name), encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()

    def source(self, name: str, path: str) -> str:
        """Return where an entry of a tree is in the cache."""
        part = f"site/{path[2:]}" if path.startswith(SITE) else f"prefix/{path}"
        return f"{self.folder}/{name}/tree/{part}"

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
                raise ArtifactCorrupt(name, entry.path)
        final = _content_digest(entries) if built else name
        with open(os.path.join(prepared, "files"), "w", encoding="utf-8", errors="surrogateescape", newline="") as out:
            out.write(contents.dump(entries))
        os.chmod(os.path.join(prepared, "files"), 0o444)
        _stamp(os.path.join(prepared, "trusted"))
        try:
            os.rename(prepared, os.path.join(self.folder, final))
        except OSError:
            if not self.has(final):
                raise
            shutil.rmtree(prepared)  # another process was first, with the same bytes
        return final

    def recheck(self, name: str, suspects: list[Entry]) -> None:
        """Hash the files that changed since the tree was trusted. Raises ArtifactCorrupt at the first that differs."""
        for entry in suspects:
            real = self.source(name, entry.path)
            found = scan.look(real, entry.path)
            found_digest = found.digest if found.kind == "l" else hash_file(real)
            if (found.kind, found_digest) != (entry.kind, entry.digest):
                raise ArtifactCorrupt(name, entry.path)

    def trusted_until(self, name: str) -> int:
        """Return the time (nanoseconds since 1970) after which a changed file must be hashed again."""
        return os.stat(os.path.join(self.folder, name, "trusted")).st_ctime_ns

    def trust_until_now(self, name: str) -> None:
        """Trust everything in a tree as it is now: hard links, which parity made after checking, touch ctime."""
        _stamp(os.path.join(self.folder, name, "trusted"))

    def drop(self, name: str) -> None:
        """Remove a tree. It disappears in one step."""
        grave = os.path.join(self.folder, f".old-{os.getpid()}-{name}")
        os.rename(os.path.join(self.folder, name), grave)
        shutil.rmtree(grave)

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


def _content_digest(entries: list[Entry]) -> str:
    return digest(contents.content_lines(entries).encode("utf-8", "surrogateescape"))


def _stamp(path: str) -> None:
    """Touch the stamp file: its ctime comes from the clock that stamps all others on this file system."""
    with open(path, "w", encoding="ascii") as file:
        file.write("")
    os.utime(path)
