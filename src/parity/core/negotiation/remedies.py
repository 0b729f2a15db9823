"""The smallest changes to what the user requires with which there would be an answer, each of them tried."""

from itertools import combinations

from parity.core.dataclass import dataclass
from parity.core.negotiation.changes import is_said_by, loosened, requirements
from parity.core.negotiation.joint import Agreement, Demand, JointQuestion
from parity.core.negotiation.negotiate import Negotiation
from parity.core.negotiation.shelves import Shelves

_MOST_TOGETHER = 2
_MOST_TRIED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A change that leads to an answer: requirements that ask for any version, or are left out where they did."""

    changes: tuple[str, ...]


def remedies(demands: tuple[Demand, ...], shelves: Shelves) -> tuple[Remedy, ...]:
    """Return the smallest changes that give an answer: single ones if any does, else pairs. Raises NetworkFailed."""
    changeable = [each for each in demands if loosened(shelves.question, each) is not None]
    for count in range(1, _MOST_TOGETHER + 1):
        tried = [*combinations(changeable, count)][:_MOST_TRIED]
        if found := tuple(remedy for some in tried if (remedy := _tried(some, shelves))):
            return found
    return ()


def _tried(demands: tuple[Demand, ...], shelves: Shelves) -> Remedy | None:
    question = changed = shelves.question
    for demand in demands:
        changed = loosened(changed, demand) or changed
    shelves = shelves.asked(changed)
    agreement = Negotiation(changed, shelves).agree()
    if agreement is None:
        return None
    return Remedy(changes=tuple(_told(demand, question, agreement, shelves) for demand in demands))


def _told(demand: Demand, question: JointQuestion, agreement: Agreement, shelves: Shelves) -> str:
    asked = next(each for each in requirements(question) if is_said_by(each, demand))
    name = asked.name
    if not any((each.name, each.place) == (name, asked.place) for each in requirements(shelves.question)):
        return f"leave out `{demand.needs}` ({demand.place})"
    versions = {release.name: release.version for release in agreement.wheels}
    versions |= {each.name: each.version for package in agreement.conda for each in shelves.claims.of(package)}
    versions |= {package.name: package.version for package in agreement.conda}
    return f"write `{name}` in place of `{demand.needs}` ({demand.place}), which gives {name} {versions.get(name, '')}"
