"""What the user has changed in an environment of his own: nobody but him discards it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.amounts import counted
from parity.core.findings import Finding
from parity.core.verification import compare, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parity.core.contents import Entry
    from parity.engines.store.environments import Environments

    Present = Callable[[str], list[Entry]]


def edits_in(environments: Environments, present: Present, environment: str) -> tuple[str, ...]:
    """Return the paths that are not as they were built, by a quick look; what programs cache is none of them.

    Raises OSError.
    """
    differences = compare(environments.entries(environment), present(environment))
    paths = [each.path for each in differences if each.code != "cache-file"]
    changed = set(paths)
    return tuple(path for path in paths if source_of(path) not in changed)  # whose bytecode Python has written anew


def left_behind(edits: Sequence[str], environment: str, generation: str) -> Finding:
    """Return what to say of edits in the private environment that a project leaves.

    `generation` is the number by which the project's history has it; a project that was moved has none.
    """
    there = f"`parity rollback {generation}` goes back to it" if generation else f"it stays in `{environment}`"
    return Finding(
        code="edits-left-behind",
        severity="warning",
        subject=edits[0],
        message=f"{listed(edits)} in the private environment is not in the new one, which is as locked",
        hint=f"{there}; what you want to keep belongs into a manifest",
    )


def found_again(edits: Sequence[str]) -> Finding:
    """Return what to say of edits in a private environment that a project comes back to."""
    return Finding(
        code="edits-kept",
        severity="info",
        subject=edits[0],
        message=f"{listed(edits)} is still in the private environment from the last time",
        hint="`parity repair --discard` makes it what is locked",
    )


def listed(edits: Sequence[str]) -> str:
    """Return in words what was changed, by the first path and how many there are more."""
    more = f" and {counted(len(edits) - 1, 'more file')}" if len(edits) > 1 else ""
    return f"your change to `{edits[0]}`{more}"
