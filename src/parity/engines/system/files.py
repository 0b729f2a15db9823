"""Files and folders: reading, writing atomically, removing, flushing."""

import ctypes
import os
from contextlib import suppress
from pathlib import Path

from parity.engines.system.calm import Calm


def read_text(path: Path) -> str | None:
    """Return a file's text (UTF-8, a byte order mark dropped), or None where there is no such file.

    Raises OSError for anything else that stands in the way, UnicodeDecodeError for other encodings.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_standard_output(path: Path) -> bool:
    """Say whether standard output goes into a file, links followed."""
    try:
        here, there = os.fstat(1), path.stat()
    except OSError:  # closed, or no such file: then it is not this one
        return False
    return os.path.samestat(here, there)


def write_atomic(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees a part of it: beside it, flushed, then renamed over it.

    An existing file keeps its permissions; a new one gets those that the umask leaves. A symbolic link stays, the file
    that it leads to is written. Raises OSError.
    """
    write_bytes_atomic(path, text.encode())


def write_bytes_atomic(path: Path, content: bytes) -> None:
    """Write a file of any content, as `write_atomic` does. Raises OSError."""
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with Calm():
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                temporary.chmod(path.stat().st_mode & 0o7777)
            temporary.replace(path)
        except BaseException as error:
            temporary.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.filename == str(temporary):
                error.filename = str(path)  # the one that was asked for: nobody knows the other
            raise


def flush_file_system(path: str) -> None:
    """Have everything written so far to the file system of a path on its disk before anything else is written.

    syncfs(2) where there is one: hard links and folders have no descriptor of their own to flush. Raises OSError.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        os.sync()
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    finally:
        os.close(descriptor)
