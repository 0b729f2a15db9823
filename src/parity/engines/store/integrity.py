"""Looking at an environment on disk: what is there, and what is in it."""

from collections.abc import Mapping

from parity.core.contents import Entry
from parity.engines.store import scan
from parity.engines.system.hashing import hash_files

_META = ".parity/"


def present(environment: str) -> list[Entry]:
    """Return every file and link of an environment by its stat alone, parity's own records left out. Raises OSError."""
    return [scan.look(found.path, path) for path, found in scan.walk(environment) if not path.startswith(_META)]


def changed_contents(environment: str, digests: Mapping[str, str]) -> list[str]:
    """Return those of the files whose SHA-256 is not the one given for their path. Raises OSError."""
    paths = list(digests)
    found = hash_files([f"{environment}/{path}" for path in paths])
    return [path for path, digest in zip(paths, found, strict=True) if digests[path] != digest]
