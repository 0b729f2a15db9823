"""Why an answer is not another one, and why there is none: in the words of those who require things."""

from collections.abc import Iterable, Iterator, Sequence

from packaging.utils import canonicalize_name

from parity.core.conda.distributions import required_name
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.core.negotiation.changes import with_only
from parity.core.negotiation.clauses import Clauses
from parity.core.negotiation.encoding import Encoding, contains
from parity.core.negotiation.joint import Agreement, Demand, Release
from parity.core.negotiation.negotiate import Negotiation
from parity.core.negotiation.shelves import Shelves
from parity.core.negotiation.worlds import flavour_of, holds

_MOST_VERSIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Why one version was taken and not another: `because` are sentences without an end, the nearest reason first."""

    name: str
    version: str
    instead: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """What the user requires that cannot be had together, and what makes it so; nothing of either can be dropped."""

    requirements: tuple[Demand, ...]
    facts: tuple[Demand, ...]

    def lines(self) -> list[str]:
        """Return it in words: what the user wrote with its places, then what packages require."""
        asked = [f"`{each.needs}` ({each.place})" for each in self.requirements]
        return [*asked, *_told(self.facts)]


def exclusions(agreement: Agreement, shelves: Shelves) -> tuple[Exclusion, ...]:
    """Return why packages are others than those which conda takes by itself, and distributions not the newest."""
    found = []
    for package in agreement.conda:
        own = _by_digest(shelves, package.name, shelves.question.own.get(package.name, ""))
        if own and own.version != package.version:
            because = tuple(dict.fromkeys([*_against(own, agreement, shelves), *_its_own(own, agreement, shelves)]))
            found.append(Exclusion(name=own.name, version=package.version, instead=own.version, because=because))
    for release in agreement.wheels:
        newest = next(iter(shelves.releases(release.name)))
        if newest.version != release.version and shelves.question.kept_wheels.get(release.name) != release.version:
            because = tuple(_of_a_release(newest, agreement, shelves))
            if because:
                found.append(
                    Exclusion(name=release.name, version=release.version, instead=newest.version, because=because)
                )
    return tuple(found)


def contradiction(negotiation: Negotiation) -> Contradiction:
    """Return why a question has no answer; it has been found to have none. Raises NetworkFailed.

    What was not looked at because it could not matter matters once something else is left out: so each question that
    requires less is asked in full.
    """
    encoding = negotiation.encoding
    asked = _fewest(encoding.clauses, [*encoding.roots.values()], [])
    demands = [demand for demand, literal in encoding.roots.items() if literal in asked]
    for demand in [*demands]:
        fewer = _without(negotiation, [each for each in demands if each != demand])
        if fewer.agree() is None:
            demands.remove(demand)
    least = _without(negotiation, demands)
    least.agree()
    clauses, guards = _guarded(least.encoding)
    facts = _fewest(clauses, [*guards.values()], [*least.encoding.roots.values()])
    return Contradiction(
        requirements=tuple(demands), facts=tuple(demand for demand, literal in guards.items() if literal in facts)
    )


def _without(negotiation: Negotiation, demands: Sequence[Demand]) -> Negotiation:
    question = with_only(negotiation.question, demands)
    return Negotiation(question, negotiation.shelves.asked(question))


def _fewest(clauses: Clauses, literals: Sequence[int], always: Sequence[int]) -> list[int]:
    """Return literals of which none can be left out if the question is to stay without an answer."""
    clauses.solve([*always, *literals])
    left = [literal for literal in literals if literal in clauses.core]
    for literal in [*left]:
        if literal not in left:
            continue
        others = [each for each in left if each != literal]
        if not clauses.solve([*always, *others]):
            left = [each for each in others if each in clauses.core]
    return left


def _guarded(encoding: Encoding) -> tuple[Clauses, dict[Demand, int]]:
    """Return the same clauses, those of each package's demand with a literal that turns them on."""
    clauses = Clauses()
    most = max((abs(literal) for _, clause in encoding.said for literal in clause), default=1)
    for _ in range(most):
        clauses.variable()
    guards: dict[Demand, int] = {}
    for demand, clause in encoding.said:
        guard = [-guards.setdefault(demand, clauses.variable())] if demand and demand.who else []
        clauses.add([*guard, *clause])
    return clauses, guards


def _told(facts: Iterable[Demand]) -> list[str]:
    """Return who requires what, several versions of one package that require the same in one line."""
    together: dict[tuple[str, str], list[str]] = {}
    for fact in facts:
        name, _, version = fact.who.partition(" ")
        together.setdefault((name, fact.needs), []).append(version)
    return [f"{name} {_listed(versions)} needs {needs}" for (name, needs), versions in together.items()]


def _listed(versions: Sequence[str]) -> str:
    if len(versions) <= _MOST_VERSIONS:
        return ", ".join(versions)
    return f"{', '.join(versions[: _MOST_VERSIONS - 1])} … {versions[-1]}"


def _by_digest(shelves: Shelves, name: str, digest: str) -> LockedConda | None:
    return next((each for each in shelves.conda.records(name) if each.sha256 == digest), None)


def _against(own: LockedConda, agreement: Agreement, shelves: Shelves) -> Iterator[str]:
    """Yield who requires something of a name that this package is not."""
    brought = {each.name: each.version for each in shelves.claims.of(own)}
    question = shelves.question
    for wanted in (*question.wheels, *question.constraints):
        if wanted.name in brought and not contains(wanted.specifier, brought[wanted.name]):
            yield f"`{wanted.to_text()}` ({wanted.place})"
    flavour = next((flavour_of(each) for each in agreement.conda if each.name == "python"), None)
    for release in agreement.wheels:
        for requirement in shelves.requirements(release):
            name = canonicalize_name(requirement.name)
            there = flavour is not None and holds(requirement.marker, question.target, flavour)
            if there and name in brought and not contains(str(requirement.specifier), brought[name]):
                yield f"{release.name} {release.version} needs {requirement.name}{requirement.specifier}"
        if own.name == "python" and flavour_of(own) not in shelves.suits(release, [flavour_of(own)]):
            yield f"{release.name} {release.version} has no file for Python {own.version}"
    for package in agreement.conda:
        for spec in package.depends:
            if required_name(spec) == own.name and own not in shelves.conda.answers(spec):
                yield f"{package.name} {package.version} needs {spec}"


def _its_own(own: LockedConda, agreement: Agreement, shelves: Shelves) -> Iterator[str]:
    """Yield what this package requires that the answer has not."""
    taken = {package.name: package for package in agreement.conda}
    for spec in own.depends:
        name = required_name(spec)
        if name in taken and taken[name] not in shelves.conda.answers(spec):
            yield f"{own.name} {own.version} needs {spec}, and {name} is {taken[name].version}"


def _of_a_release(newest: Release, agreement: Agreement, shelves: Shelves) -> Iterator[str]:
    """Yield what keeps the newest version of a distribution out of an answer."""
    question = shelves.question
    for wanted in (*question.wheels, *question.constraints):
        if wanted.name == newest.name and not contains(wanted.specifier, newest.version):
            yield f"`{wanted.to_text()}` ({wanted.place})"
    flavour = next((flavour_of(each) for each in agreement.conda if each.name == "python"), None)
    if flavour and flavour not in shelves.suits(newest, [flavour]):
        yield f"{newest.name} {newest.version} has no file for Python {flavour.version}"
    for release in agreement.wheels:
        for requirement in shelves.requirements(release) if shelves.is_known(release) else ():
            there = flavour is not None and holds(requirement.marker, question.target, flavour)
            same = canonicalize_name(requirement.name) == newest.name
            if there and same and not contains(str(requirement.specifier), newest.version):
                yield f"{release.name} {release.version} needs {requirement.name}{requirement.specifier}"
    if flavour and shelves.is_known(newest):
        versions = {each.name: each.version for package in agreement.conda for each in shelves.claims.of(package)}
        versions |= {release.name: release.version for release in agreement.wheels}
        for requirement in shelves.requirements(newest):
            name = canonicalize_name(requirement.name)
            there = holds(requirement.marker, question.target, flavour) and name in versions
            if there and not contains(str(requirement.specifier), versions[name]):
                needs = f"{requirement.name}{requirement.specifier}"
                yield f"{newest.name} {newest.version} needs {needs}, and {name} is {versions[name]}"
