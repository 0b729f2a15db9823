"""One answer of conda and PyPI together, or the certainty that there is none.

Counter-examples guide what is read (Clarke et al., 2003): the best answer to what is known so far is looked for; of
all that it takes, what is not known yet is asked for; until the best answer has nothing unknown in it. What is unknown
is taken to be as good as can be, so that no answer is missed, and where the clauses have none, there is none.
"""

from collections.abc import Sequence
from dataclasses import field

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from parity.core.conda.distributions import required_name
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.core.negotiation.encoding import Encoding
from parity.core.negotiation.joint import Agreement, Extra, JointQuestion, Need, Option, Release, Slot, Unread
from parity.core.negotiation.preference import Walk, in_order
from parity.core.negotiation.shelves import Shelves
from parity.core.negotiation.worlds import flavour_of, holds


@dataclass(slots=True)
class _Branch:
    """What was decided up to a point: which options failed there, for good, and where the others lead."""

    failed: set[int] = field(default_factory=set[int])
    onward: "dict[int, _Branch]" = field(default_factory=dict)


@dataclass(slots=True)
class Negotiation:
    """A joint question under way. `passes` counts how often something had to be looked up."""

    question: JointQuestion
    shelves: Shelves
    encoding: Encoding = field(init=False)
    passes: int = 0
    _tried: _Branch = field(default_factory=_Branch)

    def __post_init__(self) -> None:
        self.encoding = Encoding(self.question, self.shelves)
        self.encoding.ask()

    def agree(self) -> Agreement | None:
        """Return the best answer; None where there is none. Raises NetworkFailed."""
        self._expand_own()
        search = _Search(self.encoding, self._tried)
        while search.begins():
            self.passes += 1
            walk = Walk(self.question, Known(self.question, self.shelves, self.encoding), search.choose)
            complete = walk.run()
            if not self._look_up(walk) and complete:
                return Agreement(decisions=tuple(walk.decisions))
            search = _Search(self.encoding, self._tried, hint=search.fixed)
        return None

    def _expand_own(self) -> None:
        """Begin with what conda takes by itself: nearly all of it stays."""
        conda, own = self.shelves.conda, self.question.own
        conda.read(sorted(own))
        taken = [package for name in sorted(own) for package in conda.records(name) if package.sha256 == own[name]]
        conda.read(sorted({required_name(spec) for package in taken for spec in package.depends}))
        for package in taken:
            self.encoding.expand_package(package)

    def _look_up(self, walk: Walk) -> bool:
        """Find out what is not known yet of an answer; False where all of it is known."""
        unread = [option.name for option, _ in walk.taken if isinstance(option, Unread)]
        brought = [(option, extra) for option, extra in walk.taken if isinstance(option, LockedConda) and extra]
        self.shelves.read_names([*unread, *(name for _, (name, _) in brought)])
        for name in [*unread, *(name for _, (name, _) in brought)]:
            self.encoding.expand_name(name)
        likely = [each for name in unread if (each := self.encoding.likely(name))]
        taken = [(option, extra) for option, extra in walk.taken if isinstance(option, Release)]
        taken += [(each, None) for each in likely]
        same = [each for package, (name, _) in brought if (each := self.shelves.same_release(package, name))]
        self.shelves.read_metadata([*(release for release, _ in taken), *same])
        new = [self.encoding.expand_release(release, extra[1] if extra else "") for release, extra in taken]
        new += [self.encoding.expand_brought(package, *extra) for package, extra in brought]
        return bool(unread) or any(new)


@dataclass(slots=True)
class _Search:
    """Chooses the best option of each name with which there still is an answer. `fixed` is what was decided.

    What is looked up only ever rules more out. So what failed once need not be tried again, and the last best answer
    (`hint`) is still the best if it is an answer at all.
    """

    encoding: Encoding
    branch: _Branch
    hint: Sequence[int] = ()
    fixed: list[int] = field(init=False)
    _valid: bool = True

    def __post_init__(self) -> None:
        self.fixed = [*self.encoding.roots.values()]

    def begins(self) -> bool:
        """Say whether there is an answer at all."""
        clauses = self.encoding.clauses
        return (bool(self.hint) and clauses.solve(self.hint)) or clauses.solve(self.fixed)

    def choose(self, _slot: Slot, options: Sequence[Option]) -> int | None:
        for rank, option in enumerate(options):
            literal = self.encoding.literal(option)
            if literal not in self.branch.failed:
                if self._possible(option, literal):
                    self.fixed.append(literal)
                    self.branch = self.branch.onward.setdefault(literal, _Branch())
                    return rank
                self.branch.failed.add(literal)
        return None

    def _possible(self, option: Option, literal: int) -> bool:
        clauses = self.encoding.clauses
        if not (self._valid and clauses.is_true(literal)):
            self._valid = clauses.solve([*self.fixed, literal])
        if self._valid and isinstance(option, LockedConda) and self.encoding.expand_package(option):
            self._valid = clauses.solve([*self.fixed, literal])
        return self._valid


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up so far, as the preference sees it."""

    question: JointQuestion
    shelves: Shelves
    encoding: Encoding

    def options(self, slot: Slot) -> Sequence[Option]:
        """Return everything that there is for a name, the best first."""
        side, name = slot
        if side == "conda":
            return in_order(slot, self.question, self.shelves.conda.records(name), ())
        packages = [package for package, _ in self.shelves.bringing(name)]
        releases = self.shelves.releases(name) if self.encoding.has_name(name) else [Unread(name)]
        return in_order(slot, self.question, packages, releases)

    def roots(self, python: LockedConda | None) -> Sequence[Need]:
        """Return what the user requires; distributions only where it is known of which Python."""
        if python is None:
            return [Need(slot=("conda", each.name)) for each in self.question.conda]
        return [
            Need(slot=("pypi", each.name), extras=each.extras)
            for each in self.question.wheels
            if holds(Marker(each.marker) if each.marker else None, self.question.target, flavour_of(python))
        ]

    def needs(self, option: Option, extra: Extra | None, python: LockedConda | None) -> Sequence[Need]:
        """Return what an option requires, as far as it was looked up."""
        if isinstance(option, Release):
            return self._required(option, extra[1] if extra else "", python)
        if isinstance(option, Unread):
            return ()
        if extra:
            release = self.shelves.same_release(option, extra[0]) if self.encoding.has_name(extra[0]) else None
            return self._required(release, extra[1], python) if release else ()
        return [Need(slot=("conda", required_name(spec))) for spec in option.depends if not spec.startswith("__")]

    def brings(self, package: LockedConda) -> Sequence[str]:
        """Return the distributions that a package of conda brings."""
        return [each.name for each in self.shelves.claims.of(package)]

    def _required(self, release: Release, extra: str, python: LockedConda | None) -> Sequence[Need]:
        if python is None or not self.shelves.is_known(release):
            return ()
        return [
            Need(
                slot=("pypi", canonicalize_name(requirement.name)),
                extras=tuple(sorted(map(canonicalize_name, requirement.extras))),
            )
            for requirement in self.shelves.requirements(release)
            if not (extra and "extra" not in str(requirement.marker))
            and holds(requirement.marker, self.question.target, flavour_of(python), extra)
        ]
