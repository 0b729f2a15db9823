"""A joint question as clauses: what is known of packages so far, and for what is not known yet, the best.

A distribution of which no index was asked, and a wheel of which the metadata was not read, are taken to answer anything
and to require nothing. So what the clauses rule out is ruled out, and what they allow has to be looked at.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from functools import partial

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from parity.core.conda.distributions import required_name
from parity.core.conda.failures import shown
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.core.negotiation.clauses import TRUE, Clauses
from parity.core.negotiation.joint import Demand, JointQuestion, Option, Release, Unread
from parity.core.negotiation.shelves import Shelves
from parity.core.negotiation.worlds import Flavour, flavour_of, where_it_holds
from parity.core.spec import WheelRequirement

_FEW = 5


@dataclass(slots=True)
class Encoding:
    """The clauses of one question. `said` is every clause with the demand that it stands for, if it is one's."""

    question: JointQuestion
    shelves: Shelves
    clauses: Clauses = field(default_factory=Clauses)
    said: list[tuple[Demand | None, tuple[int, ...]]] = field(default_factory=list)
    roots: dict[Demand, int] = field(default_factory=dict[Demand, int])
    _variables: dict[tuple[str, ...], int] = field(default_factory=dict[tuple[str, ...], int])
    _expanded: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    _bounds: defaultdict[str, list[SpecifierSet]] = field(default_factory=lambda: defaultdict(list))
    _flavours: dict[Flavour, list[int]] = field(default_factory=dict[Flavour, list[int]])

    def ask(self) -> None:
        """Add what the user requires, each thing with a variable that stands for it."""
        for package in self.shelves.conda.records("python"):
            self._flavours.setdefault(flavour_of(package), []).append(self.literal(package))
        self.records("python")
        for each in self.question.conda:
            demand = Demand(who="", needs=shown(each), place=each.place)
            root = self._root(demand)
            self._need_packages(demand, [-root], self.shelves.conda.answers(each), each.name)
        for wanted in self.question.wheels:
            self._ask_distribution(wanted)
        for bound in self.question.constraints:
            self._bound(bound)

    def literal(self, option: Option) -> int:
        """Return the variable of an option."""
        match option:
            case Unread():
                return self._variable("any", option.name)
            case Release():
                return self._variable("wheel", option.name, option.version)
            case LockedConda():
                return self._variable("conda", option.sha256)

    def records(self, name: str) -> Sequence[LockedConda]:
        """Return the packages of a conda name, of which at most one may be taken."""
        found = self.shelves.conda.records(name)
        if self._first("records", name):
            self._at_most_one([self.literal(package) for package in found])
            for package in found:
                for brought in self.shelves.claims.of(package):
                    self._say(None, [-self.literal(package), -self._variable("any", brought.name)])
        return found

    def expand_package(self, package: LockedConda) -> bool:
        """Add what a package of conda requires; False where that was known."""
        if not self._first("package", package.sha256):
            return False
        self.records(package.name)
        who = f"{package.name} {package.version}"
        for spec in package.depends:
            demand = Demand(who=who, needs=spec)
            if spec.startswith("__"):
                if not self.shelves.conda.holds(spec):
                    self._say(demand, [-self.literal(package)])
                continue
            literal = self._once(("spec", spec), partial(self._define_spec, spec))
            self._say(demand, [-self.literal(package), literal])
        for spec in package.constrains:
            if not spec.startswith("__"):
                literal = self._once(("limit", spec), partial(self._define_limit, spec))
                self._say(Demand(who=who, needs=spec), [-self.literal(package), literal])
        return True

    def has_name(self, name: str) -> bool:
        """Say whether it is known which versions indexes have of a distribution."""
        return ("name", name) in self._expanded

    def expand_name(self, name: str) -> None:
        """Add the versions that indexes have of a distribution."""
        if not self._first("name", name):
            return
        releases = self.shelves.releases(name)
        whole = self._variable("any", name)
        self._say(None, [-whole, *(self.literal(each) for each in releases)])
        self._at_most_one([self.literal(each) for each in releases])
        for each in releases:
            self._say(None, [-self.literal(each), whole])
            self._suit(each)
        for (kind, *words), variable in [*self._variables.items()]:
            if kind == "fit" and words[0] == name:
                self._define_fit(variable, name, words[1])

    def likely(self, name: str) -> Release | None:
        """Return the version of a distribution that would be taken if nothing else came to be known of it."""
        asked = [words[1] for kind, *words in self._variables if kind == "fit" and words[0] == name]
        releases = self.shelves.releases(name)
        return next((each for each in releases if all(contains(text, each.version) for text in asked)), None)

    def expand_release(self, release: Release, extra: str = "") -> bool:
        """Add what a version of a distribution requires, for itself or for an extra; False where that was known."""
        if not self._first("release", release.name, release.version, extra):
            return False
        conditions = [-self.literal(release)]
        if extra:
            conditions.append(-self._variable("extra", release.name, extra))
        self._require(f"{release.name} {release.version}", conditions, self.shelves.requirements(release), extra)
        return True

    def expand_brought(self, package: LockedConda, name: str, extra: str) -> bool:
        """Add what an extra of a distribution requires that a package of conda brings, as its index says it."""
        if not self._first("brought", package.sha256, name, extra):
            return False
        release = self.shelves.same_release(package, name)
        if release:
            conditions = [-self.literal(package), -self._variable("extra", name, extra)]
            self._require(f"{name} {release.version}", conditions, self.shelves.requirements(release), extra)
        return True

    def forbid(self, options: Iterable[Option]) -> None:
        """Rule out that all of these are taken together."""
        self._say(None, [-self.literal(option) for option in options])

    def _ask_distribution(self, wanted: WheelRequirement) -> None:
        demand = Demand(who="", needs=wanted.to_text(), place=wanted.place)
        conditions = [-self._root(demand)]
        if wanted.marker:
            conditions += self._when(Marker(wanted.marker), "")
        if wanted.url or wanted.path:
            self.expand_name(wanted.name)
            self._say(demand, [*conditions, *map(self.literal, self.shelves.releases(wanted.name))])
        else:
            self._need_distribution(demand, conditions, wanted.name, wanted.specifier)
        for extra in wanted.extras:
            self._say(None, [*conditions, self._variable("extra", wanted.name, extra)])

    def _bound(self, bound: WheelRequirement) -> None:
        """Add a constraint: it asks for nothing, and rules versions out."""
        demand = Demand(who="", needs=bound.to_text(), place=bound.place)
        conditions = [-self._root(demand)]
        if bound.marker:
            conditions += self._when(Marker(bound.marker), "")
        self._know(bound.name)
        some = self._once(("bound", bound.name, bound.specifier), lambda: self._define_bound(bound))
        self._say(demand, [*conditions, some])

    def _define_bound(self, bound: WheelRequirement) -> int:
        literal = self.clauses.variable()
        fit = self._fit(bound.name, bound.specifier)
        self._say(None, [-literal, -self._variable("any", bound.name), fit])
        for package, version in self.shelves.bringing(bound.name):
            if not contains(bound.specifier, version):
                self._say(None, [-literal, -self.literal(package)])
        return literal

    def _require(self, who: str, conditions: Sequence[int], requirements: Iterable[Requirement], extra: str) -> None:
        for requirement in requirements:
            if extra and "extra" not in str(requirement.marker):
                continue
            name = canonicalize_name(requirement.name)
            when = self._when(requirement.marker, extra)
            if TRUE in when:
                continue
            demand = Demand(who=who, needs=str(requirement))
            self._need_distribution(demand, [*conditions, *when], name, str(requirement.specifier))
            for each in sorted(map(canonicalize_name, requirement.extras)):
                self._say(None, [*conditions, *when, self._variable("extra", name, each)])

    def _when(self, marker: Marker | None, extra: str) -> list[int]:
        """Return what a condition on Python adds to a clause: nothing, a literal, or TRUE where it never holds."""
        held = where_it_holds(marker, self.question.target, self._flavours, extra)
        if len(held) == len(self._flavours):
            return []
        return [-self._pythons(held)] if held else [TRUE]

    def _pythons(self, held: frozenset[Flavour]) -> int:
        """Return a literal that is true exactly with one of some Pythons."""
        key = ("pythons", *sorted(f"{each.implementation} {each.version} {each.free_threaded}" for each in held))
        return self._once(key, lambda: self._define_pythons(held))

    def _define_pythons(self, held: frozenset[Flavour]) -> int:
        literal = self.clauses.variable()
        taken = [each for flavour, literals in self._flavours.items() if flavour in held for each in literals]
        self._say(None, [-literal, *taken])
        for each in taken:
            self._say(None, [-each, literal])
        return literal

    def _suit(self, release: Release) -> None:
        """Have a version ask for a Python on which it can be installed."""
        suited = self.shelves.suits(release, self._flavours)
        if len(suited) < len(self._flavours):
            demand = Demand(who=f"{release.name} {release.version}", needs="a Python that one of its files is for")
            self._say(demand, [-self.literal(release), self._pythons(suited)])

    def _need_distribution(self, demand: Demand, conditions: Sequence[int], name: str, specifier: str) -> None:
        self._know(name)
        need = self._once(("need", name, specifier), lambda: self._define_need(name, specifier))
        self._say(demand, [*conditions, need])

    def _define_need(self, name: str, specifier: str) -> int:
        """Return a literal for: a version that fits is there, and none that does not."""
        literal = self.clauses.variable()
        brought = self.shelves.bringing(name)
        fitting = [self.literal(package) for package, version in brought if contains(specifier, version)]
        wheel = self._fit(name, specifier)
        conda_first = self.question.prefer.get(name) == "conda"
        self._say(None, [-literal, *([*fitting, wheel] if conda_first else [wheel, *fitting])])
        for package, version in brought:
            if not contains(specifier, version):
                self._say(None, [-literal, -self.literal(package)])
        return literal

    def _fit(self, name: str, specifier: str) -> int:
        """Return a literal for: a wheel is taken whose version fits."""
        known = ("fit", name, specifier)
        if known in self._variables:
            return self._variables[known]
        literal = self._variable(*known)
        self._say(None, [-literal, self._variable("any", name)])
        if ("name", name) in self._expanded:
            self._define_fit(literal, name, specifier)
        return literal

    def _define_fit(self, literal: int, name: str, specifier: str) -> None:
        fitting = [each for each in self.shelves.releases(name) if each.given or contains(specifier, each.version)]
        self._say(None, [-literal, *(self.literal(each) for each in fitting)])

    def _know(self, name: str) -> None:
        """Have the packages of conda that bring a distribution known before anything is said of it."""
        for package, _ in self.shelves.bringing(name):
            self.records(package.name)

    def _need_packages(
        self, demand: Demand, conditions: Sequence[int], answering: Sequence[LockedConda], name: str
    ) -> None:
        self.records(name)
        self._say(demand, [*conditions, *(self.literal(package) for package in self._own_first(name, answering))])

    def _own_first(self, name: str, packages: Sequence[LockedConda]) -> list[LockedConda]:
        known = (self.question.kept_conda.get(name), self.question.own.get(name))
        return sorted(packages, key=lambda each: known.index(each.sha256) if each.sha256 in known else len(known))

    def _define_spec(self, spec: str) -> int:
        literal = self.clauses.variable()
        self._need_packages_of(literal, spec)
        return literal

    def _need_packages_of(self, literal: int, spec: str) -> None:
        name = required_name(spec)
        self.records(name)
        fitting = self._own_first(name, self.shelves.conda.answers(spec))
        self._say(None, [-literal, *map(self.literal, fitting)])

    def _define_limit(self, spec: str) -> int:
        literal = self.clauses.variable()
        fitting = {package.sha256 for package in self.shelves.conda.answers(spec)}
        for package in self.records(required_name(spec)):
            if package.sha256 not in fitting:
                self._say(None, [-literal, -self.literal(package)])
        return literal

    def _at_most_one(self, literals: Sequence[int]) -> None:
        """Allow one of these at most; for many, each says to the next that one was taken."""
        if len(literals) <= _FEW:
            for number, one in enumerate(literals):
                for other in literals[number + 1 :]:
                    self._say(None, [-one, -other])
            return
        taken = 0
        for literal in literals:
            after = self.clauses.variable()
            self._say(None, [-literal, after])
            if taken:
                self._say(None, [-taken, after])
                self._say(None, [-taken, -literal])
            taken = after

    def _root(self, demand: Demand) -> int:
        return self.roots.setdefault(demand, self.clauses.variable())

    def _variable(self, *key: str) -> int:
        return self._once(key, self.clauses.variable)

    def _once(self, key: tuple[str, ...], make: Callable[[], int]) -> int:
        if key not in self._variables:
            self._variables[key] = make()
        return self._variables[key]

    def _first(self, *key: str) -> bool:
        new = key not in self._expanded
        self._expanded.add(key)
        return new

    def _say(self, demand: Demand | None, clause: Iterable[int]) -> None:
        said = tuple(clause)
        self.said.append((demand, said))
        self.clauses.add(said)


def contains(specifier: str, version: str) -> bool:
    """Say whether a set of versions (PEP 440) has one in it: pre-releases count, and versions not known."""
    if not version:
        return True
    return not specifier or SpecifierSet(specifier).contains(Version(version), prereleases=True)
