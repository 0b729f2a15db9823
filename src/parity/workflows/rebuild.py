"""An environment made again from the text of a lock, whatever the project's files say today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.errors import ManifestError, ManifestMissing
from parity.core.lockfile import v1
from parity.workflows.lock import Wish, manifests_of
from parity.workflows.sync import build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.interpreters import Interpreter
    from parity.core.spec import Index
    from parity.workflows import lock, sync


def rebuild(
    root: Path,
    text: str,
    lock_tools: lock.Tools,
    sync_tools: Callable[[Sequence[Index], Sequence[Interpreter]], sync.Tools],
    *,
    private: bool,
) -> str:
    """Have the environment of a lock's text in the store, and return its key.

    The caller holds the project's lock. Raises what parsing a lock and syncing raise.
    """
    found = lock_tools.found()
    tools = sync_tools(indexes_of(root, lock_tools), found)
    return build(tools, root, v1.parse(text, "a kept lock"), reporter=lock_tools.reporter, private=private)


def indexes_of(root: Path, tools: lock.Tools) -> Sequence[Index]:
    """Return the indexes that a project's manifests name; none where they cannot be read."""
    try:
        return manifests_of(root, Wish(), tools).indexes
    except (ManifestMissing, ManifestError):
        return ()
