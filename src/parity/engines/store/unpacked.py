"""What of a lock's artifacts lies unpacked in the caches, found by the SHA-256 of each.

What was built is kept by its own content and is not found. Only looks: nothing is made, trusted or removed.
"""

import os
from typing import NamedTuple

from parity.core import contents
from parity.core.contents import Entry
from parity.core.errors import ArtifactCorrupt
from parity.engines.store.packages import Packages
from parity.engines.store.trees import Trees, in_tree


class Laid(NamedTuple):
    """One artifact that lies unpacked. The paths of its entries are relative to `folder`."""

    folder: str
    entries: list[Entry]


class UnpackedArtifacts:
    """The unpacked artifacts of one cache, wheels and conda packages alike. Every method raises OSError."""

    def __init__(self, cache: str) -> None:
        wheels = os.path.join(cache, "wheels", "v1")
        tags = sorted(os.listdir(wheels)) if os.path.isdir(wheels) else []
        self._wheels = [Trees(os.path.join(wheels, tag)) for tag in tags]
        self._packages = Packages(cache) if os.path.isdir(os.path.join(cache, "conda", "v1")) else None

    def find(self, sha256: str) -> Laid | None:
        """Return an artifact by its SHA-256, None for one that is not there or damaged."""
        for trees in self._wheels:
            if trees.has(sha256):
                try:
                    entries = contents.parse(trees.read_manifest(sha256))
                except ArtifactCorrupt:
                    return None
                tree = os.path.join(trees.folder, sha256, "tree")
                return Laid(tree, [entry._replace(path=in_tree(entry.path)) for entry in entries])
        try:
            noted = self._packages.noted_as(sha256) if self._packages else None
            return Laid(noted.path, self._packages.manifest(sha256)) if self._packages and noted else None
        except (ValueError, FileNotFoundError):
            return None

    def size(self, sha256: str) -> int | None:
        """Return the bytes of an artifact, unpacked; None for one that is not there or damaged."""
        found = self.find(sha256)
        return sum(entry.size for entry in found.entries) if found else None
