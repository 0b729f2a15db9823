"""An environment made again from the text of a lock, whatever the project's files say today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.errors import ManifestError, ManifestMissing
from parity.core.lockfile import v1
from parity.workflows.lock import Wish, bare_spec, manifests_of
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
    tools = engines(root, lock.route, lock_tools, sync_tools)
    return build(tools, root, lock, reporter=lock_tools.reporter, private=private)


def engines(
    root: Path,
    route: str,
    tools: lock.Tools,
    sync_tools: Callable[[Sequence[Index], Sequence[Interpreter], CondaSettings], provision.Tools],
) -> provision.Tools:
    """Return the engines that build a project's environments on a route.

    They fetch from where the manifests say, and from the usual places where these cannot be read.
    """
    try:
        spec = manifests_of(root, Wish(), tools).spec
    except (ManifestMissing, ManifestError):
        spec = bare_spec(tools)
    found = () if route == "conda" else tools.found()  # conda brings an interpreter of its own
    return sync_tools(spec.indexes, found, spec.settings.conda)
