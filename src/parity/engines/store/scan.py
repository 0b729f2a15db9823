"""What is in a folder, as the file system says it."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from parity.core.contents import Entry
from parity.engines.system.hashing import hash_files


def walk(folder: str, prefix: str = "", entered: list[str] | None = None) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield every file and link below a folder with its path relative to it; folders are not yielded.

    They are told to `entered`, parents first, as the walk gets there. Raises OSError where a folder cannot be read.
    """
    pending = [(folder, prefix)]
    while pending:
        current, relative = pending.pop()
        if entered is not None:
            entered.append(current)
        with os.scandir(current) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    pending.append((entry.path, f"{relative}{entry.name}/"))
                else:
                    yield f"{relative}{entry.name}", entry


def folders(folder: str) -> list[str]:
    """Return a folder and every folder below it, parents first."""
    found = [folder]
    for current in found:
        with os.scandir(current) as entries:
            found.extend(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
    return found


def describe(folder: str, prefix: str = "") -> list[Entry]:
    """Return the entries of everything below a folder, each file hashed. Raises OSError."""
    return describe_all(walk(folder, prefix))


def describe_all(walked: Iterable[tuple[str, os.DirEntry[str]]]) -> list[Entry]:
    """Return the entries of what was found by `walk`, each file hashed. Raises OSError."""
    entries, files = [], []
    for path, found in walked:
        entry = look(found.path, path)
        entries.append(entry)
        if entry.kind == "f":
            files.append(found.path)
    digests = iter(hash_files(files))
    return [entry._replace(digest=next(digests)) if entry.kind == "f" else entry for entry in entries]


@contextmanager
def opened(folder: str) -> Iterator[int]:
    """Lend a folder's descriptor: what is looked at through it need not be found from the root each time."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def look(real: str, path: str) -> Entry:
    """Return the entry of one file or link by its stat alone; a file's digest is left empty. Raises OSError."""
    found = os.lstat(real)
    if stat.S_ISLNK(found.st_mode):
        return Entry("l", 0o777, 0, 0, os.readlink(real), path)
    kind = "f" if stat.S_ISREG(found.st_mode) else "o"
    return Entry(kind, stat.S_IMODE(found.st_mode), found.st_size, found.st_mtime_ns, "", path)
