"""What a project's environment was, and is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core import generations
from parity.core.dataclass import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from parity.core.generations import Generation
    from parity.engines.store.roots import Roots


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A project's generations, oldest first, and the one that its link leads to, if it leads to one."""

    generations: tuple[Generation, ...]
    current: Generation | None
    held: bool = False


def history(roots: Roots, root: Path) -> History:
    """Return the history of a project. Raises OSError."""
    past = generations.parse(roots.generations(str(root)))
    return History(
        generations=past,
        current=generations.current(past, linked_key(roots, root)),
        held=bool(roots.held(str(root))),
    )


def linked_key(roots: Roots, root: Path) -> str:
    """Return the key of the environment that a project's link leads to, or nothing."""
    return roots.linked(str(root)).removeprefix(roots.environment(""))
