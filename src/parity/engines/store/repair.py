"""Putting single files of an environment right, in place: whatever is wrong is replaced, never written through.

A file may be one with that of other environments and of the cache. So a right one is put beside the marker first and
then renamed over the wrong one; a running program keeps what it has open.
"""

import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

from parity.core.contents import Entry, folders_above
from parity.core.verification import source_of
from parity.engines.store import scan
from parity.engines.store.linking import CANNOT_LINK
from parity.engines.store.reading import CHECKED, FLAGS
from parity.engines.system.digests import digest
from parity.engines.system.hashing import hash_file

_META = ".parity"
_BESIDE = "repair-"
_READ_ONLY = 0o555


class Mender:
    """Puts an environment right while its key's lock is held. Every path is relative to it; raises OSError.

    `private`: its files may be written to, and its bytecode notices edits. Use it as a context: at the end every
    folder is as it should be.
    """

    def __init__(self, environment: str, *, private: bool) -> None:
        self._environment = environment
        self._private = private
        self._modes: dict[str, int] = {}

    def __enter__(self) -> Self:
        meta = os.path.join(self._environment, _META)
        if not self._private:
            os.chmod(meta, 0o700)
        for name in os.listdir(meta):
            if name.startswith(_BESIDE):  # of a process that was killed
                os.unlink(os.path.join(meta, name))
        return self

    def __exit__(self, *_: object) -> None:
        for folder, mode in self._modes.items():
            if self._private and os.path.isdir(folder):
                os.chmod(folder, mode)
        for folder in [] if self._private else scan.folders(self._environment):
            if os.stat(folder).st_mode & 0o222:
                os.chmod(folder, _READ_ONLY)

    def remove(self, paths: Iterable[str], expected: Iterable[str]) -> None:
        """Remove what does not belong there, and the folders that are empty then and that nothing expected needs."""
        needed = {folder for path in expected for folder in folders_above(path)}
        for path in paths:
            self._open(os.path.dirname(path))
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(self._environment, path))
            for folder in folders_above(path):
                if folder in needed:
                    break
                self._open(os.path.dirname(folder))
                with suppress(OSError):  # something else is in it
                    os.rmdir(os.path.join(self._environment, folder))

    def correct(self, path: str, entry: Entry) -> bool:
        """Give a file that has the right content its permissions and its time back; say whether it has it.

        They are those of the cache's file too, should both be one: nothing is lost for whoever shares it.
        """
        real = os.path.join(self._environment, path)
        if not os.path.isfile(real) or os.path.islink(real) or _digest(real) != entry.digest:
            return False
        os.utime(real, ns=(entry.mtime, entry.mtime))
        os.chmod(real, entry.mode)
        return True

    def link(self, path: str, target: str) -> None:
        """Put a symbolic link where it belongs."""
        beside = self._beside()
        os.symlink(target, beside)
        self._swap(beside, path)

    def place(self, path: str, entry: Entry, source: str, *, share: bool) -> bool:
        """Put a file where it belongs, if the source is what it has to be; say whether it was.

        With `share` it may become one with the source, as far as time and permissions are the same.
        """
        beside = self._beside()
        if self._private and source_of(path):
            if not _write_checked(source, beside, entry.digest):
                return False
        elif _digest(source) != entry.digest:
            return False
        elif not (share and not self._private and _is_alike(source, entry) and _linked(source, beside)):
            shutil.copyfile(source, beside, follow_symlinks=False)
        if not _is_alike(beside, entry):
            os.utime(beside, ns=(entry.mtime, entry.mtime))
            os.chmod(beside, entry.mode)
        self._swap(beside, path)
        return True

    def _beside(self) -> str:
        return os.path.join(self._environment, _META, f"{_BESIDE}{os.getpid()}")

    def _swap(self, beside: str, path: str) -> None:
        target = os.path.join(self._environment, path)
        self._open(os.path.dirname(path))
        if os.path.isdir(target) and not os.path.islink(target):
            for folder in scan.folders(target):
                os.chmod(folder, 0o700)
            shutil.rmtree(target)
        os.rename(beside, target)
        with suppress(FileNotFoundError):  # rename(2) does nothing where both are one file already
            os.unlink(beside)

    def _open(self, folder: str) -> None:
        """Make sure that a folder is there and may be written to."""
        real = os.path.join(self._environment, folder).rstrip("/")
        if real in self._modes:
            return
        if not os.path.isdir(real):
            self._open(os.path.dirname(folder))
            os.mkdir(real)
        mode = stat.S_IMODE(os.stat(real).st_mode)
        self._modes[real] = mode
        os.chmod(real, mode | 0o700)


def _digest(path: str) -> str:
    try:
        return hash_file(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""


def _is_alike(path: str, entry: Entry) -> bool:
    found = os.lstat(path)
    return (stat.S_IMODE(found.st_mode), found.st_mtime_ns) == (entry.mode, entry.mtime)


def _linked(source: str, beside: str) -> bool:
    try:
        os.link(source, beside, follow_symlinks=False)
    except OSError as error:
        if error.errno not in CANNOT_LINK:
            raise
        return False
    return True


def _write_checked(source: str, beside: str, expected: str) -> bool:
    """Write bytecode that notices edits, if it is what it has to be then; say whether it is."""
    try:
        with open(source, "rb") as file:
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return False
    data = data[: FLAGS.start] + CHECKED + data[FLAGS.stop :]
    if digest(data) != expected:
        return False
    with open(beside, "wb") as file:
        file.write(data)
    return True
