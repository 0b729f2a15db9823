"""Taking away an environment that belongs to no project: its name or link, its copies, its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.workflows.project import held, held_as_named

if TYPE_CHECKING:
    from pathlib import Path

    from parity.core.ports import Reporter
    from parity.engines.store.roots import Roots


def remove_environment(roots: Roots, root: Path, reporter: Reporter, address: str = "") -> str:
    """Remove the named environment of a folder and return what it was called.

    `address` is the one by which it was named, where its link may have been moved to. Its files stay in the store,
    where others may share them and programs may run, until they are collected. Raises OSError.
    """
    with held_as_named(roots, root, reporter), held(roots, root, reporter):
        roots.named.adopt(str(root), address)
        return forget(roots, root)


def forget(roots: Roots, root: Path) -> str:
    """Have no environment be in a folder any more, and return what it was called. The caller holds both locks of it."""
    title = roots.named.title(str(root))
    roots.named.withdraw(str(root))
    roots.forget(str(root))
    return title
