"""Completing an interpreter of parity's own: read-only, every file noted, the marker written last."""

import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from parity.core import contents
from parity.core.contents import Entry
from parity.engines.interpreters.marker import META
from parity.engines.system.digests import digest
from parity.engines.system.files import flush_file_system, write_atomic
from parity.engines.system.hashing import hash_files

_READ_ONLY = 0o555


def seal(folder: str, marker: Mapping[str, Any]) -> None:
    """Make everything in a folder read-only, note each file with its hash, flush, and let the interpreter appear.

    Raises OSError.
    """
    found = [*_walk(folder)]
    for path in found:
        if os.path.isfile(path) and not os.path.islink(path):
            os.chmod(path, os.stat(path).st_mode & _READ_ONLY)
    manifest = contents.dump(_describe(folder, found))
    meta = Path(folder, META)
    meta.mkdir()
    (meta / "files").write_text(manifest, encoding="utf-8", errors="surrogateescape", newline="")
    for inner, _, _ in os.walk(folder):
        if inner not in {folder, str(meta)}:
            os.chmod(inner, _READ_ONLY)
    flush_file_system(folder)
    manifest_digest = digest(manifest.encode("utf-8", "surrogateescape"))
    write_atomic(meta / "complete", json.dumps({**marker, "files": manifest_digest}, sort_keys=True))
    flush_file_system(folder)


def discard(folder: str) -> None:
    """Remove an interpreter, or what is left of one: it disappears in one step, then its files go. Raises OSError."""
    if not os.path.lexists(folder):
        return
    above, name = os.path.split(folder)
    grave = os.path.join(above, f".old-{os.getpid()}-{name}")
    os.rename(folder, grave)
    sweep(grave)


def sweep(grave: str) -> None:
    """Remove a folder with everything in it, read-only or not. Raises OSError."""
    for current, _, _ in os.walk(grave):
        os.chmod(current, 0o700)
    shutil.rmtree(grave)


def _walk(folder: str) -> Iterator[str]:
    """Yield every file and link below a folder. Raises OSError where one cannot be read."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        else:
            yield entry.path


def _describe(folder: str, paths: list[str]) -> Iterator[Entry]:
    states = [os.lstat(path) for path in paths]
    files = [path for path, state in zip(paths, states, strict=True) if stat.S_ISREG(state.st_mode)]
    digests = iter(hash_files(files))
    for path, state in zip(paths, states, strict=True):
        relative = os.path.relpath(path, folder)
        if stat.S_ISLNK(state.st_mode):
            yield Entry("l", 0o777, 0, 0, os.readlink(path), relative)
        elif stat.S_ISREG(state.st_mode):
            yield Entry("f", stat.S_IMODE(state.st_mode), state.st_size, state.st_mtime_ns, next(digests), relative)
