"""What indexes have nothing of that which is asked for, said so that the user can find it."""

from collections.abc import Collection, Iterable

from packaging.markers import Marker

from parity.core.errors import Fault
from parity.core.negotiation.worlds import Flavour, holds
from parity.core.resolution import Question
from parity.core.spec import WheelRequirement
from parity.core.spelling import did_you_mean

_LIKE = 0.8  # the table knows so many names that something is always a little alike


def looked_for(question: Question) -> tuple[WheelRequirement, ...]:
    """Return the requirements that only an index can answer on the target: no folder, no address, not there already."""
    python = question.python
    flavour = Flavour(python.implementation, python.version, python.free_threaded)
    there = {each.name for each in question.provided}
    return tuple(
        each
        for each in question.requirements
        if each.name
        and not (each.url or each.path)
        and each.name not in there
        and holds(Marker(each.marker) if each.marker else None, question.target, flavour)
    )


def missing(
    requirements: Iterable[WheelRequirement],
    available: Collection[str],
    known: Iterable[str],
    foreign: Collection[str] = (),
) -> list[Fault]:
    """Return a fault for each requirement whose name is not `available`, in the order of the lines where there are any.

    `known` are names as there are on PyPI, `foreign` those that are conda's and perhaps nobody else's.
    """
    names = frozenset(known)
    return [
        Fault(
            place=each.place,
            message=f"the index `{each.index}` has no `{each.name}`" if each.index else f"no index has `{each.name}`",
            hint=conda_perhaps([each.name]) if each.name in foreign else _near(each.name, names),
        )
        for each in sorted(requirements, key=lambda each: (each.place.file, each.place.line or 0))
        if each.name not in available
    ]


def conda_perhaps(names: Iterable[str]) -> str:
    """Return the hint for names of conda packages that nobody knows to be on PyPI."""
    return f"{' and '.join(f'`{name}`' for name in names)} may be conda's alone: use `--route conda`"


def _near(name: str, known: frozenset[str]) -> str:
    otherwise = "look how it is called, or name the index that has it: `[[tool.parity.indexes]]`"
    return did_you_mean(name, known - {name}, otherwise, like=_LIKE)
