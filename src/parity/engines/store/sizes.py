"""What artifacts take once they are unpacked, where they are in the caches."""

import os
from collections.abc import Callable, Iterable

from parity.core import contents
from parity.core.contents import Entry
from parity.core.errors import ArtifactCorrupt
from parity.engines.store.packages import Packages
from parity.engines.store.trees import Trees


def unpacked_sizes(cache: str) -> Callable[[str], int | None]:
    """Return what says the bytes of an artifact by its SHA-256, unpacked; None for one that is not there, or damaged.

    What was built is kept by its own content and is not found. Only looks: nothing is made, trusted or removed.
    """
    wheels = os.path.join(cache, "wheels", "v1")
    tags = sorted(os.listdir(wheels)) if os.path.isdir(wheels) else []
    packages = Packages(cache) if os.path.isdir(os.path.join(cache, "conda", "v1")) else None

    def size(sha256: str) -> int | None:
        for tag in tags:
            trees = Trees(os.path.join(wheels, tag))
            if trees.has(sha256):
                try:
                    return _sum(contents.parse(trees.read_manifest(sha256)))
                except ArtifactCorrupt:
                    return None
        try:
            return _sum(packages.manifest(sha256)) if packages else None
        except (ValueError, FileNotFoundError):
            return None

    return size


def _sum(entries: Iterable[Entry]) -> int:
    return sum(entry.size for entry in entries)
