"""The smallest changes to what the user requires with which there would be an answer, each of them tried."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

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
    question = shelves.question
    for demand in demands:
        question = _changed(question, demand) or question
    shelves = shelves.asked(question)
    agreement = Negotiation(question, shelves).agree()
    if agreement is None:
        return None
    return Remedy(changes=tuple(_told(demand, shelves.question, agreement, shelves) for demand in demands))


def _told(demand: Demand, question: JointQuestion, agreement: Agreement, shelves: Shelves) -> str:
    name = next((each.name for each in _requirements(question) if each.place == demand.place), "")
    if not name:
        return f"leave out `{demand.needs}` ({demand.place})"
    versions = {release.name: release.version for release in agreement.wheels}
    versions |= {each.name: each.version for package in agreement.conda for each in shelves.claims.of(package)}
    versions |= {package.name: package.version for package in agreement.conda}
    return f"write `{name}` in place of `{demand.needs}` ({demand.place}), which gives {name} {versions.get(name, '')}"


def _changed(question: JointQuestion, demand: Demand) -> JointQuestion | None:
    """Return a question that asks for any version where a demand asks for some; without it where it asks for any."""
    conda = [each for each in question.conda if (each.to_text(), each.place) == (demand.needs, demand.place)]
    if conda:
        loose = CondaRequirement(name=conda[0].name, place=conda[0].place, channel=conda[0].channel)
        kept = tuple(loose if each in conda else each for each in question.conda)
        if loose in conda:
            return None if loose.name == "python" else replace(question, conda=_without(question.conda, loose))
        return replace(question, conda=kept)
    for key in ("wheels", "constraints"):
        there: tuple[WheelRequirement, ...] = getattr(question, key)
        same = [each for each in there if (each.to_text(), each.place) == (demand.needs, demand.place)]
        if same and key == "wheels" and same[0].specifier:
            return replace(question, wheels=tuple(replace(e, specifier="") if e in same else e for e in there))
        if same:
            return replace(question, **{key: tuple(each for each in there if each not in same)})
    return None


def _without(requirements: tuple[CondaRequirement, ...], one: CondaRequirement) -> tuple[CondaRequirement, ...]:
    return tuple(each for each in requirements if each != one)


def _requirements(question: JointQuestion) -> Iterator[CondaRequirement | WheelRequirement]:
    yield from question.conda
    yield from question.wheels
