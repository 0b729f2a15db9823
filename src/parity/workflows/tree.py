"""The packages of a lock as a tree, from the lock alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.graph import Graph
from parity.core.lockfile.select import preferred
from parity.core.trees import Row, rows
from parity.workflows.lock_text import not_locked, read_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.core.target import Host, Targets
    from parity.core.translation.names import NameTable


def tree(
    root: Path,
    read: Callable[[Path], str | None],
    names: Callable[[], NameTable],
    host: Callable[[], Host],
    targets: Callable[[], Targets],
    *,
    package: str = "",
    target: str = "",
    inverted: bool = False,
    depth: int | None = None,
) -> tuple[str, tuple[Row, ...]]:
    """Return the target of a project's lock that counts, and its tree below a package, or below all asked for.

    Raises LockfileMissing, LockfileError, PackageUnknown, TargetUnknown, OSError.
    """
    lock = read_lock(read, root)
    chosen = preferred(lock, host, targets, target).name
    graph = Graph.of(lock, chosen, names())
    roots = graph.named(package) if package else []
    if package and not roots:
        raise not_locked(package, lock)
    return chosen, rows(graph, roots, inverted=inverted, depth=depth)
