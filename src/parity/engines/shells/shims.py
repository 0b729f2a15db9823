"""The shims of one store on disk: one script under the name of every program, and what each version name leads to.

    shims/NAME               the script (`shim.sh`), a hard link each: `$0` says which program is meant
    shims/.shim              the same, under the name that new links are made from
    versions/v1/WORD         the prefix of the version that a word (`3.12`, `3.12.4`, `pypy3.10`) means, one line
    versions/v1/.made        as old as the folders of versions that were looked at

There is no lock: whoever comes second writes the same again, and a shim goes only if nobody has its program any more.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial

from parity.engines.system.facts import is_same

TYPE_CHECKING = False  # importing typing would cost more than what a shell's start takes of this module
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

_SCRIPT = os.path.join(os.path.dirname(__file__), "shim.sh")
_SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
_OF_PYTHON = ("idle", "pip", "pydoc", "pypy", "python")


class Shims:
    """The shims of a store. `python` starts parity where a shim does not know on, `place` is how roots name a link."""

    def __init__(self, home: str, *, python: str, place: str) -> None:
        self.folder = os.path.join(home, "shims")
        self._versions = os.path.join(home, "versions", "v1")
        self._made = _marker(home)
        self._values = {"store": home, "python": python, "place": place, "return": "\r"}
        self._pythons = os.path.join(home, "pythons", "v1")

    def outdated(self, pyenv: str) -> bool:
        """Say whether versions came or went, in pyenv's folder or parity's, since they were last looked at."""
        return not os.path.exists(self._made) or _changed(self._watched(pyenv)) > os.stat(self._made).st_mtime_ns

    def names(self) -> list[str]:
        """Return the names of the shims, sorted."""
        with suppress(FileNotFoundError):
            return sorted(name for name in os.listdir(self.folder) if not name.startswith("."))
        return []

    def prefix(self, word: str) -> str:
        """Return the prefix of the version that a word means, or nothing."""
        try:
            with open(os.path.join(self._versions, word), encoding="utf-8", errors="surrogateescape") as file:
                return file.read().removesuffix("\n")
        except OSError:
            return ""

    def add(self, names: Collection[str]) -> None:
        """Make a shim for each name that has none. Raises OSError."""
        self._write_script()
        for name in sorted(set(names) - set(self.names())):
            _place(self._link, os.path.join(self.folder, name))

    def rebuild(
        self, names: Collection[str], table: Mapping[str, str], *, pyenv: str, needed: Callable[[str], bool]
    ) -> None:
        """Make the shims and the table what they should be. Raises OSError.

        `needed` is asked about each shim that is too many, because a program may have come since `names` was made.
        """
        changed = _changed(self._watched(pyenv))
        if self._write_script():
            for name in self.names():
                _place(self._link, os.path.join(self.folder, name))
        self.add(names)
        for name in set(self.names()) - set(names):
            if not needed(name):
                _remove(os.path.join(self.folder, name))
        os.makedirs(self._versions, mode=0o700, exist_ok=True)
        for word, prefix in table.items():
            if self.prefix(word) != prefix:
                _place(partial(_write, text=f"{prefix}\n"), os.path.join(self._versions, word))
        for word in set(os.listdir(self._versions)) - set(table):
            if not word.startswith("."):
                _remove(os.path.join(self._versions, word))
        _place(lambda beside: _write(beside, ""), self._made)
        os.utime(self._made, ns=(changed, changed))

    def _watched(self, pyenv: str) -> Sequence[str]:
        return os.path.join(pyenv, "versions"), self._pythons

    def _write_script(self) -> bool:
        """Write the script where it is not what it should be, and say whether that was so."""
        with open(_SCRIPT, encoding="utf-8") as file:
            text = file.read()
        for name, value in self._values.items():
            text = text.replace(f"@{name}@", value.replace("'", "'\\''"))
        path = os.path.join(self.folder, ".shim")
        data = text.encode("utf-8", "surrogateescape")
        with suppress(FileNotFoundError), open(path, "rb") as file:
            if file.read() == data:
                return False
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        _place(lambda beside: _write(beside, text, mode=0o755), path)
        return True

    def _link(self, beside: str) -> None:
        try:
            os.link(os.path.join(self.folder, ".shim"), beside)
        except OSError:  # a file system without hard links
            with open(os.path.join(self.folder, ".shim"), encoding="utf-8", errors="surrogateescape") as file:
                _write(beside, file.read(), mode=0o755)


def were_made(home: str) -> bool:
    """Say whether the shims of a store were ever made from all that is installed."""
    return os.path.exists(_marker(home))


def version_words(home: str) -> list[str]:
    """Return the words (`3.12`, `3.12.4`, `pypy3.10`) that mean a version of a store, sorted."""
    with suppress(OSError):
        return sorted(word for word in os.listdir(os.path.dirname(_marker(home))) if not word.startswith("."))
    return []


def versions_on(search_path: str) -> list[str]:
    """Return the versions that interpreters on PATH are called by (`python3.11`), in its order."""
    names = (name for folder in search_path.split(os.pathsep) if folder for name in programs(folder))
    found = (name.removeprefix("python") for name in names if name.startswith(("python", "pypy")))
    return [
        word
        for word in found
        if word.removeprefix("pypy").removesuffix("t").replace(".", "", 1).isdecimal() and "." in word
    ]


def programs(folder: str) -> list[str]:
    """Return the names of the programs in a folder, sorted; nothing where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if not entry.name.startswith(".") and entry.is_file() and os.access(entry.path, os.X_OK)
            )
    except OSError:
        return []


def own_programs(folder: str) -> list[str]:
    """Return the programs of an environment that are worth a shim.

    A conda environment may bring a whole system's: what every machine has, and what is not Python's, stays the
    machine's own outside of the project. Inside, the shell's integration puts the environment first.
    """
    return [
        name
        for name in programs(folder)
        if name.startswith(_OF_PYTHON) or not any(os.path.exists(os.path.join(system, name)) for system in _SYSTEM)
    ]


def is_program(path: str) -> bool:
    """Say whether a path is a file that can be executed."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def search(path: str, command: str, without: Collection[str]) -> str:
    """Return the first program of a name on a PATH, without some folders; empty where there is none."""
    for folder in path.split(os.pathsep):
        file = os.path.join(folder or ".", command)
        if is_program(file) and not any(is_same(folder, each) for each in without):
            return file
    return ""


def _marker(home: str) -> str:
    return os.path.join(home, "versions", "v1", ".made")


def _changed(folders: Sequence[str]) -> int:
    """Return when one of the folders was last changed (nanoseconds since 1970); 0 where there are none."""
    times = [0]
    for folder in folders:
        with suppress(OSError):
            times.append(os.stat(folder).st_mtime_ns)
    return max(times)


def _place(make: Callable[[str], None], path: str) -> None:
    """Put a file where it belongs in one step. `make` is given where to make it."""
    beside = f"{os.path.dirname(path)}/.{os.path.basename(path)}.{os.getpid()}.tmp"
    _remove(beside)
    make(beside)
    os.rename(beside, path)
    _remove(beside)  # rename does nothing where both are one file already


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _write(path: str, text: str, *, mode: int = 0o644) -> None:
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)
    os.chmod(path, mode)
