"""A project's environment made one that may be written to, where it stands and as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.lockfile.errors import LockTextLost
from parity.workflows.history import history
from parity.workflows.project import current_environment, refuse_foreign

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.engines.store.roots import Roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """An environment that may be written to; `changed` is false where it could be before."""

    environment: str
    key: str
    generation: int
    changed: bool


def unlock(roots: Roots, root: Path, *, rebuild: Callable[[str, bool], str]) -> Unlocked:
    """Give a root a private copy of the environment that it has now, held generations included.

    `rebuild` makes an environment from the text of a lock (true for a private one) and returns its key. The caller
    holds the root's lock. Raises EnvironmentMissing, LockTextLost, StoreUntrusted, VenvForeign, what `rebuild` raises.
    """
    refuse_foreign(roots, str(root))
    environment = current_environment(roots, root)
    now = history(roots, root).current
    key = environment.removeprefix(roots.environment(""))
    if roots.is_private(str(root)):
        return Unlocked(environment=environment, key=key, generation=now.number if now else 0, changed=False)
    text = roots.read_lock(now.lock) if now else None
    if text is None:
        raise LockTextLost("the lock that the environment was built from is gone", hint="run `parity sync --copy`")
    new = rebuild(text.decode(), True)
    generation = roots.switch(str(root), new, text, "unlock")
    rows = roots.read_run(str(root))
    if rows:  # what held of the environment holds of its copy
        roots.write_run(str(root), [["environment", roots.environment(new)], *rows[1:]])
    return Unlocked(environment=roots.environment(new), key=new, generation=generation, changed=True)
