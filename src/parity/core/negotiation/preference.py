"""Which of two answers is the better one.

Names are decided one after the other, each as soon as something that was decided, or the user, requires it; a name that
nothing requires is not in an answer. Which name comes next is fixed: Python; then what the old lock had; then what the
user asked conda for; then what else conda's packages need; then what the user asked PyPI for; then the rest; by name
among equals. A distribution that a package of conda brings is decided with that package.

For each name there is an order of its options:

- a package of conda: the old lock's; the one that conda takes by itself; then the channel's order, the newest first;
- a distribution: the old lock's version; then the newest; then packages of conda that bring it and that nothing else
  requires. `prefer` can put those before all wheels.

Of two answers the better one has the better option at the first name in which they differ: the lexicographic order of
the ranks that `Walk` asks for.
"""

from collections.abc import Callable, Sequence
from dataclasses import field
from heapq import heappop, heappush
from typing import Protocol

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.core.negotiation.joint import Decision, Extra, JointQuestion, Need, Option, Release, Slot

PYTHON: Slot = ("conda", "python")


class World(Protocol):
    """What is known of packages while answers are compared."""

    def options(self, slot: Slot) -> Sequence[Option]:
        """Return everything that there is for a name, the best first."""

    def roots(self, python: LockedConda | None) -> Sequence[Need]:
        """Return what the user requires on a Python; before there is one, what he requires on any."""

    def needs(self, option: Option, extra: Extra | None, python: LockedConda | None) -> Sequence[Need]:
        """Return what an option requires, or what it requires for an extra of a distribution that it is."""

    def brings(self, package: LockedConda) -> Sequence[str]:
        """Return the distributions that a package of conda brings."""


Choose = Callable[[Slot, Sequence[Option]], int | None]


def in_order(
    slot: Slot, question: JointQuestion, packages: Sequence[LockedConda], releases: Sequence[Option]
) -> list[Option]:
    """Return the options of a name in the order of the preference; what is given is in the order of its source."""
    chosen = [question.kept_conda, question.own]

    def rank(package: LockedConda) -> int:
        return next((at for at, known in enumerate(chosen) if known.get(package.name) == package.sha256), len(chosen))

    conda = sorted(packages, key=rank)
    if slot[0] == "conda":
        return [*conda]
    kept = question.kept_wheels.get(slot[1])
    wheels = sorted(releases, key=lambda each: not (isinstance(each, Release) and each.version == kept))
    return [*conda, *wheels] if question.prefer.get(slot[1]) == "conda" else [*wheels, *conda]


def turn(slot: Slot, question: JointQuestion) -> tuple[bool, bool, int, str]:
    """Return what says when a name is decided."""
    side, name = slot
    kept = question.kept_conda if side == "conda" else question.kept_wheels
    asked = question.conda if side == "conda" else question.wheels
    return slot != PYTHON, name not in kept, 2 * (side == "pypi") + (name not in {each.name for each in asked}), name


@dataclass(slots=True)
class Walk:
    """Decides names one after the other, as `choose` says."""

    question: JointQuestion
    world: World
    choose: Choose
    decisions: list[Decision] = field(default_factory=list[Decision])
    _decided: dict[Slot, Option] = field(default_factory=dict[Slot, Option])
    _extras: dict[Slot, set[str]] = field(default_factory=dict[Slot, set[str]])
    _waiting: list[tuple[tuple[bool, bool, int, str], Slot]] = field(default_factory=list)
    _python: LockedConda | None = None

    def run(self) -> bool:
        """Decide everything; False where `choose` found no option for a name."""
        self._want(self.world.roots(None))
        while self._waiting:
            _, slot = heappop(self._waiting)
            if slot not in self._decided and not self._decide(slot):
                return False
        return True

    @property
    def taken(self) -> list[tuple[Option, Extra | None]]:
        """What was decided, once for itself and once for each extra that is asked of it."""
        found: list[tuple[Option, Extra | None]] = [(each.option, None) for each in self.decisions]
        for slot, option in self._decided.items():
            found += [(option, (slot[1], extra)) for extra in sorted(self._extras.get(slot, ()))]
        return found

    def _decide(self, slot: Slot) -> bool:
        options = self.world.options(slot)
        rank = self.choose(slot, options)
        if rank is None:
            return False
        option = options[rank]
        self.decisions.append(Decision(slot=slot, option=option))
        self._take(slot, option)
        if slot == PYTHON:
            self._want(self.world.roots(self._python))
        return True

    def _take(self, slot: Slot, option: Option) -> None:
        self._decided[slot] = option
        if isinstance(option, LockedConda):
            self._decided["conda", option.name] = option
            if slot == PYTHON:
                self._python = option
            for name in self.world.brings(option):
                self._decided.setdefault(("pypi", name), option)
        self._want(self.world.needs(option, None, self._python))
        taken: list[Slot] = [slot] if slot[0] == "pypi" else []
        if isinstance(option, LockedConda):
            taken = [("pypi", name) for name in self.world.brings(option)]
        for each in taken:
            for extra in sorted(self._extras.get(each, ())):
                self._want(self.world.needs(option, (each[1], extra), self._python))

    def _want(self, needs: Sequence[Need]) -> None:
        for need in needs:
            known = self._extras.setdefault(need.slot, set())
            new = [extra for extra in need.extras if extra not in known]
            known.update(new)
            option = self._decided.get(need.slot)
            if option is None:
                heappush(self._waiting, (turn(need.slot, self.question), need.slot))
                continue
            for extra in new:
                self._want(self.world.needs(option, (need.slot[1], extra), self._python))
