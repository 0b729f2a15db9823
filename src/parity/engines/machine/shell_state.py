"""What a shell starts with on this machine: its startup files, what PATH leads to, the room on the disk."""

import os
from contextlib import suppress
from pathlib import Path

from parity.core.health import Program
from parity.engines.system.facts import is_same

_STARTUP = (
    *(".bashrc", ".bash_profile", ".bash_login", ".profile", ".zshenv", ".zprofile", ".zshrc", ".zlogin"),
    ".config/fish/config.fish",
)


def startup_texts(home: str) -> dict[str, str]:
    """Return the texts of the shells' startup files that are there, by the path that people write (`~/.bashrc`)."""
    found = {}
    for name in _STARTUP:
        with suppress(OSError):
            found[f"~/{name}"] = Path(home, name).read_text(encoding="utf-8", errors="replace")
    return found


def found_on(path: str, program: str) -> tuple[Program, ...]:
    """Return the programs of a name on a PATH, in its order, each file once."""
    found: dict[Path, Program] = {}
    for position, folder in enumerate(path.split(os.pathsep)):
        file = Path(folder or ".", program)
        if file.is_file() and os.access(file, os.X_OK):
            found.setdefault(file.resolve(), Program(path=str(file), position=position))
    return tuple(found.values())


def position_of(path: str, folder: str) -> int | None:
    """Return where a folder stands on a PATH, None where it does not."""
    for position, each in enumerate(path.split(os.pathsep)):
        if each and is_same(each, folder):
            return position
    return None


def free_bytes(folder: str) -> int:
    """Return how much room the disk has for this user on which a folder is, or would be. Raises OSError."""
    found = os.statvfs(_nearest(folder))
    return found.f_bavail * found.f_frsize


def same_disk(one: str, other: str) -> bool:
    """Say whether two folders are, or would be, on one file system. Raises OSError."""
    return _nearest(one).stat().st_dev == _nearest(other).stat().st_dev


def _nearest(folder: str) -> Path:
    """Return the nearest folder above that is there."""
    path = Path(folder)
    return next(each for each in (path, *path.parents) if each.is_dir())
