"""Facts about files that can be looked at again: is everything still as it was.

Part of every `parity run`: `os` alone. A fact is a row of words, ready for a record:

- `file PATH SIZE MTIME CTIME INODE`: a file, by what the file system says of it
- `absent PATH`: nothing is there
- `there PATH`: something is there, of which only that counts (a device)
- `said PATH SHA256`: a file that the system makes up while it is read (`/proc`), by what is in it
- `variable NAME [VALUE]`: an environment variable, unset where there is no value
- `content PATH [SHA256]`: a file by what is in it, relative to a project; absent where there is no digest
"""

from __future__ import annotations

import os

from parity.engines.system.digests import digest

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def observe(path: str) -> list[str]:
    """Return the fact about a path as it is now. Raises OSError, except where nothing is there."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ["absent", path]
    numbers = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    return ["file", path, *map(str, numbers)]


def observe_device(path: str) -> list[str]:
    """Return the fact that something is there, or that it is not."""
    return ["there" if os.path.exists(path) else "absent", path]


def observe_said(path: str) -> list[str]:
    """Return the fact about what a file of the system says, whose times mean nothing. Raises OSError."""
    data = read_bytes(path)
    return ["absent", path] if data is None else ["said", path, digest(data)]


def observe_variable(name: str, environ: Mapping[str, str]) -> list[str]:
    """Return the fact that a variable is what it is, or that it is not set."""
    return ["variable", name, *([environ[name]] if name in environ else [])]


def identity(path: str) -> dict[str, str]:
    """Return what tells a file from any other that was ever at its address. Raises OSError."""
    found = os.stat(path)
    return {"path": path, "inode": str(found.st_ino), "mtime": str(found.st_mtime_ns), "size": str(found.st_size)}


def observe_content(root: str, relative: str) -> list[str]:
    """Return the fact about what is in a file of a project. Raises OSError, except where nothing is there."""
    data = read_bytes(os.path.join(root, relative))
    return ["content", relative] if data is None else ["content", relative, digest(data)]


def hold(facts: Iterable[Sequence[str]], environ: Mapping[str, str], root: str = "") -> bool:
    """Say whether all facts still hold. Rows of other kinds are not facts and are passed over."""
    try:
        return all(_holds(fact, environ, root) for fact in facts)
    except OSError:
        return False  # whoever looks closer will meet the same obstacle and name it


def nearest(directory: str, names: Sequence[str]) -> str:
    """Return the nearest folder, from here up to the root, that has a file of one of the names; empty if none has."""
    folder = os.path.abspath(directory)
    while True:
        if any(os.path.exists(os.path.join(folder, name)) for name in names):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent


def read_bytes(path: str) -> bytes | None:
    """Return what is in a file, or None where there is none. Raises OSError."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_same(one: str, other: str) -> bool:
    """Say whether two paths are one file or folder; not where one of them is not there."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _holds(fact: Sequence[str], environ: Mapping[str, str], root: str) -> bool:
    match fact[0]:
        case "file" | "absent":
            return observe(fact[1]) == list(fact)
        case "there":
            return os.path.exists(fact[1])
        case "said":
            return observe_said(fact[1]) == list(fact)
        case "variable":
            return environ.get(fact[1]) == (fact[2] if len(fact) > 2 else None)  # noqa: PLR2004 - a row's length
        case "content":
            return observe_content(root, fact[1]) == list(fact)
        case _:
            return True
