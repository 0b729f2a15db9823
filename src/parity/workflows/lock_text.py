"""The text of a project's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.lockfile import v1
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def lock_text(read: Callable[[Path], str | None], root: Path) -> str | None:
    """Return the text of a project's lock, None where it has none. Raises LockfileDamaged for no UTF-8, OSError."""
    try:
        return read(root / LOCK_NAME)
    except UnicodeDecodeError as error:
        raise v1.undecodable(error, LOCK_NAME) from None
