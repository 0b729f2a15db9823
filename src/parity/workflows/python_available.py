"""`parity python list --available`: what could be installed on this machine, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parity.core.dataclass import dataclass
from parity.core.interpreters import preferred_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.core.interpreters import Interpreter


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """A Python that could be installed: prebuilt, from source, or both. `installed`: one such is here already."""

    interpreter: Interpreter
    prebuilt: bool
    source: bool
    installed: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as `parity python list --available --json` has it."""
        return {
            "implementation": self.interpreter.implementation,
            "version": self.interpreter.version,
            "free_threaded": self.interpreter.free_threaded,
            "prebuilt": self.prebuilt,
            "source": self.source,
            "installed": self.installed,
        }


def list_available(
    prebuilt: Sequence[Interpreter], sources: Sequence[Interpreter], here: Sequence[Interpreter], *, everything: bool
) -> list[Available]:
    """Return what can be had, the newest first.

    Of each minor version the newest prebuilt one and the newest one with sources, unless `everything` is wanted.
    """
    ready = {_kind(each) for each in prebuilt if not each.debug}
    known = {_kind(each) for each in sources}
    own = {_kind(each) for each in here}
    offered = {_kind(each): each for each in [*sources, *prebuilt] if not each.debug}
    found = []
    seen: set[tuple[str, ...]] = set()
    for each in preferred_order([*offered.values()]):
        kind = _kind(each)
        ways = [*(["prebuilt"] if kind in ready else []), *(["source"] if kind in known else [])]
        families = {(each.implementation, each.minor, str(each.free_threaded), way) for way in ways}
        if everything or families - seen:
            seen |= families
            found.append(
                Available(interpreter=each, prebuilt=kind in ready, source=kind in known, installed=kind in own)
            )
    return found


def _kind(each: Interpreter) -> tuple[str, str, bool]:
    return each.implementation, each.version, each.free_threaded
