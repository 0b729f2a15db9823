"""Folders that are lent for a while, and go although the process that had one was killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from parity.engines.system.calm import Calm


@contextmanager
def scratch_folder(parent: str) -> Iterator[str]:
    """Lend a folder in `parent` (made where missing) that nobody else can read; it goes afterwards.

    What processes that are no more have left in `parent` goes first. Raises OSError.
    """
    os.makedirs(parent, mode=0o700, exist_ok=True)
    lent = held = None
    try:
        with Calm(), _locked(parent):
            sweep(parent)
            lent = tempfile.mkdtemp(dir=parent)
            held = _hold(lent)
        yield lent
    finally:
        with Calm():
            if lent is not None:
                shutil.rmtree(lent)
            if held is not None:
                os.close(held)


def sweep(parent: str) -> None:
    """Remove the folders in `parent` whose processes are no more. Raises OSError."""
    for name in os.listdir(parent) if os.path.isdir(parent) else ():
        path = os.path.join(parent, name)
        with suppress(BlockingIOError, FileNotFoundError):  # it is in use, or its process has just taken it away
            held = _hold(path)
            shutil.rmtree(path)
            os.close(held)


@contextmanager
def _locked(parent: str) -> Iterator[None]:
    descriptor = os.open(parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _hold(path: str) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
