"""Back to an environment that a project had, and stay there until the next `sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core import generations
from parity.core.dataclass import dataclass
from parity.core.lockfile.errors import GenerationUnknown, LockTextLost
from parity.workflows.history import History, history
from parity.workflows.project import refuse_foreign
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.core.generations import Generation
    from parity.engines.store.roots import Roots

    Rebuild = Callable[[str, bool], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackResult:
    """Where a rollback went: to the environment of generation `origin`, noted as a generation of its own.

    `changed` is false where the project had this environment already; `rebuilt` is true where it had to be built again.
    """

    environment: str
    key: str
    generation: int
    origin: int
    changed: bool
    rebuilt: bool
    lock: bool


def rollback(
    roots: Roots,
    root: Path,
    number: int | None,
    *,
    rebuild: Rebuild,
    write: Callable[[Path, str], None] | None = None,
) -> RollbackResult:
    """Make a project's link lead to the environment of a generation, and hold it there.

    `number` None is the one before the current one. `rebuild` makes an environment that is gone from the text of its
    lock (true for a private one) and returns its key. With `write` the lock of the project becomes that of the
    generation too. The caller holds the project's lock. Raises GenerationUnknown, LockTextLost, StoreUntrusted,
    VenvForeign, what `rebuild` raises, OSError.
    """
    refuse_foreign(roots, str(root))
    past = history(roots, root)
    chosen = _chosen(past, number)
    there = roots.is_complete(roots.environment(chosen.key))
    text = _lock_text(roots, chosen) if write or not there else ""
    key = chosen.key if there else rebuild(text, chosen.is_private)
    environment, origin = roots.environment(key), chosen.origin or chosen.number
    generation = roots.switch_back(str(root), key, chosen.lock, origin)
    roots.hold_at(str(root), environment, origin)
    if write:
        write(root / LOCK_NAME, text)
    return RollbackResult(
        environment=environment,
        key=key,
        generation=generation,
        origin=origin,
        changed=past.current is None or past.current.key != key,
        rebuilt=not there,
        lock=write is not None,
    )


def _chosen(past: History, number: int | None) -> Generation:
    if number is None:
        found = generations.before(past.generations, past.current)
        if found is None:
            raise GenerationUnknown("there is no generation to go back to", hint="see `parity history`")
        return found
    found = next((each for each in past.generations if each.number == number), None)
    if found is None:
        raise GenerationUnknown(f"this project has no generation {number}", hint="see `parity history`")
    return found


def _lock_text(roots: Roots, chosen: Generation) -> str:
    text = roots.read_lock(chosen.lock)
    if text is None:
        raise LockTextLost(
            f"the lock of generation {chosen.number} is not in the store any more",
            hint="take another generation, or an older `parity.lock` of your own and `parity sync`",
        )
    return text.decode()
