"""The lock of a project or of a named environment, as it lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.errors import PackageUnknown
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileMissing
from parity.core.spelling import did_you_mean
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.core.lockfile.model import Lockfile
    from parity.engines.store.roots import Roots


def lock_text(read: Callable[[Path], str | None], root: Path) -> str | None:
    """Return the text of a project's lock, None where it has none. Raises LockfileDamaged for no UTF-8, OSError."""
    try:
        return read(root / LOCK_NAME)
    except UnicodeDecodeError as error:
        raise v1.undecodable(error, LOCK_NAME) from None


def read_lock(read: Callable[[Path], str | None], root: Path) -> Lockfile:
    """Return a project's lock. Raises LockfileMissing, LockfileError, OSError."""
    text = lock_text(read, root)
    if text is None:
        raise _missing(root)
    return v1.parse(text, LOCK_NAME)


def lock_there(roots: Roots, root: Path) -> Lockfile | None:
    """Return the lock of a root, None where it has none. Raises LockfileError, OSError."""
    content = roots.read_file(str(root), LOCK_NAME)
    return None if content is None else v1.parse(v1.decode(content, LOCK_NAME), LOCK_NAME)


def lock_of(roots: Roots, root: Path) -> Lockfile:
    """Return the lock of a root. Raises LockfileMissing, LockfileError, OSError."""
    lock = lock_there(roots, root)
    if lock is None:
        raise _missing(root)
    return lock


def _missing(root: Path) -> LockfileMissing:
    return LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}`", hint="run `parity lock`")


def not_locked(name: str, lock: Lockfile) -> PackageUnknown:
    """Return the error for a package that a lock has not, with the name of the one that may be meant."""
    known = {*(each.name for each in lock.conda), *(each.name for each in lock.wheels)}
    hint = did_you_mean(name, sorted(known), "`parity list` shows what is in the environment")
    return PackageUnknown(f"`{name}` is not in `{LOCK_NAME}`", hint=hint)
