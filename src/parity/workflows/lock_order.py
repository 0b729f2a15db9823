"""What is to be locked, once it is settled for which machines and what is there already."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.imports.held import Held

if TYPE_CHECKING:
    from parity.core.accelerators.builds import Builds
    from parity.core.lockfile.model import Lockfile
    from parity.core.lockfile.satisfies import Choice
    from parity.core.spec import Spec
    from parity.core.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be locked.

    `specs` are what the manifests say for each target, at least one; `old` is the lock that is there, `upgrade` the
    names whose packages may move on (`*`: all). `builds` are what targets with an accelerator take, `held` is what
    other tools have chosen, and nothing else is taken.
    """

    specs: tuple[tuple[Target, Spec], ...]
    choice: Choice
    old: Lockfile | None
    upgrade: tuple[str, ...]
    builds: Builds
    held: Held = field(default_factory=Held)

    def only(self, target: str, spec: Spec | None = None) -> Order:
        """Return the same order for one of its targets, perhaps with something else asked for."""
        (kept,) = [(each, spec or wanted) for each, wanted in self.specs if each.name == target]
        return replace(self, specs=(kept,), choice=replace(self.choice, targets=(target,)))

    @property
    def spec(self) -> Spec:
        """What the manifests say for the first target: all but the packages is the same for each."""
        return self.specs[0][1]
