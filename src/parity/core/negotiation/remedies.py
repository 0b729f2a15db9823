"""The smallest changes to what the user requires with which there would be an answer, each of them tried."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from parity.core.conda.failures import shown
from parity.core.negotiation.joint import Agreement, Demand, JointQuestion
from parity.core.negotiation.negotiate import Negotiation
from parity.core.negotiation.shelves import Shelves
from parity.core.spec import CondaRequirement, WheelRequirement

_MOST_TOGETHER = 2
_MOST_TRIED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A change that leads to an answer: requirements that ask for any version, or are left out where they did."""

    changes: tuple[str, ...]


def remedies(demands: tuple[Demand, ...], shelves: Shelves) -> tuple[Remedy, ...]:
    """Return the smallest changes that give an answer: single ones if any does, else pairs. Raises NetworkFailed."""
    changeable = [each for each in demands if _changed(shelves.question, each) is not None]
    for count in range(1, _MOST_TOGETHER + 1):
        tried = [*combinations(changeable, count)][:_MOST_TRIED]
        if found := tuple(remedy for some in tried if (remedy := _tried(some, shelves))):
            return found
    return ()


def _tried(demands: tuple[Demand, ...], shelves: Shelves) -> Remedy | None:
    question = changed = shelves.question
    for demand in demands:
        changed = _changed(changed, demand) or changed
    shelves = shelves.asked(changed)
    agreement = Negotiation(changed, shelves).agree()
    if agreement is None:
        return None
    return Remedy(changes=tuple(_told(demand, question, agreement, shelves) for demand in demands))


def _told(demand: Demand, question: JointQuestion, agreement: Agreement, shelves: Shelves) -> str:
    asked = next(each for each in _requirements(question) if _is(each, demand))
    name = asked.name
    if not any((each.name, each.place) == (name, asked.place) for each in _requirements(shelves.question)):
        return f"leave out `{demand.needs}` ({demand.place})"
    versions = {release.name: release.version for release in agreement.wheels}
    versions |= {each.name: each.version for package in agreement.conda for each in shelves.claims.of(package)}
    versions |= {package.name: package.version for package in agreement.conda}
    return f"write `{name}` in place of `{demand.needs}` ({demand.place}), which gives {name} {versions.get(name, '')}"


def _changed(question: JointQuestion, demand: Demand) -> JointQuestion | None:
    """Return a question that asks for any version where a demand asks for some; without it where it asks for any."""
    conda = [each for each in question.conda if _is(each, demand)]
    if conda:
        loose = CondaRequirement(name=conda[0].name, place=conda[0].place, channel=conda[0].channel)
        kept = tuple(loose if each in conda else each for each in question.conda)
        if loose in conda:
            return None if loose.name == "python" else replace(question, conda=_without(question.conda, loose))
        return replace(question, conda=kept)
    bounds = [each for each in question.constraints if not _is(each, demand)]
    if len(bounds) < len(question.constraints):
        return replace(question, constraints=tuple(bounds))
    wheels = [each for each in question.wheels if _is(each, demand)]
    if wheels and wheels[0].specifier:
        loose_wheels = (replace(each, specifier="") if each in wheels else each for each in question.wheels)
        return replace(question, wheels=tuple(loose_wheels))
    return replace(question, wheels=tuple(each for each in question.wheels if each not in wheels)) if wheels else None


def _is(requirement: CondaRequirement | WheelRequirement, demand: Demand) -> bool:
    text = shown(requirement) if isinstance(requirement, CondaRequirement) else requirement.to_text()
    return (text, requirement.place) == (demand.needs, demand.place)


def _without(requirements: tuple[CondaRequirement, ...], one: CondaRequirement) -> tuple[CondaRequirement, ...]:
    return tuple(each for each in requirements if each != one)


def _requirements(question: JointQuestion) -> Iterator[CondaRequirement | WheelRequirement]:
    yield from question.conda
    yield from question.wheels
    yield from question.constraints
