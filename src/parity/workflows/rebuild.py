"""An environment made again from the text of a lock, whatever the project's files say today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.errors import ManifestError, ManifestMissing
from parity.core.lockfile import v1
from parity.core.spec import Spec
from parity.workflows.lock import Wish, manifests_of
from parity.workflows.sync import build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.interpreters import Interpreter
    from parity.core.spec import CondaSettings, Index
    from parity.workflows import lock, provision


def rebuild(
    root: Path,
    text: str,
    lock_tools: lock.Tools,
    sync_tools: Callable[[Sequence[Index], Sequence[Interpreter], CondaSettings], provision.Tools],
    *,
    private: bool,
) -> str:
    """Have the environment of a lock's text in the store, and return its key.

    The caller holds the project's lock. Raises what parsing a lock and syncing raise.
    """
    lock = v1.parse(text, "a kept lock")
    spec = manifests(root, lock_tools)
    found = () if lock.route == "conda" else lock_tools.found()  # conda brings an interpreter of its own
    tools = sync_tools(spec.indexes, found, spec.settings.conda)
    return build(tools, root, lock, reporter=lock_tools.reporter, private=private)


def manifests(root: Path, tools: lock.Tools) -> Spec:
    """Return what a project's manifests say of indexes and channels; nothing where they cannot be read."""
    try:
        return manifests_of(root, Wish(), tools)
    except (ManifestMissing, ManifestError):
        return Spec(manifests={})
