"""Taking away an environment that belongs to no project: its name or link, its copies, its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from parity.core.ports import Reporter
    from parity.engines.store.roots import Roots


def remove_environment(roots: Roots, root: Path, reporter: Reporter, address: str = "") -> str:
    """Remove the named environment of a folder and return what it was called.

    `address` is the one by which it was named, where its link may have been moved to. Its files stay in the store,
    where others may share them and programs may run, until they are collected. Raises OSError.
    """

    def waiting() -> None:
        reporter.phase("waiting for another parity in this environment")

    with roots.named.lock(str(root), waiting), roots.lock(str(root), waiting):
        roots.named.adopt(str(root), address)
        title = roots.named.title(str(root))
        roots.named.withdraw(str(root))
        roots.forget(str(root))
    return title
