"""Other questions than the one that was asked: with less required, or less narrowly."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TypeVar

from parity.core.conda.failures import shown
from parity.core.negotiation.joint import Demand, JointQuestion
from parity.core.spec import CondaRequirement, Spec, WheelRequirement

Requirement = CondaRequirement | WheelRequirement
#: Whatever says what the user requires.
_Asking = TypeVar("_Asking", JointQuestion, Spec)


def requirements(asking: JointQuestion | Spec) -> Iterator[Requirement]:
    """Yield everything that the user requires."""
    yield from asking.conda
    yield from asking.wheels
    yield from asking.constraints


def words(requirement: Requirement) -> str:
    """Return a requirement as its own world writes it."""
    return shown(requirement) if isinstance(requirement, CondaRequirement) else requirement.to_text()


def is_said_by(requirement: Requirement, demand: Demand) -> bool:
    """Say whether a demand is this requirement of the user's."""
    return (words(requirement), requirement.place) == (demand.needs, demand.place)


def with_only(question: JointQuestion, demands: Collection[Demand]) -> JointQuestion:
    """Return a question that requires these things only, and some Python in any case."""
    return filtered(question, lambda requirement: any(is_said_by(requirement, demand) for demand in demands))


def filtered(asking: _Asking, stays: Callable[[Requirement], bool]) -> _Asking:
    """Return the same with those requirements only that stay, and some Python in any case."""
    conda = [each for each in asking.conda if stays(each)]
    if not any(each.name == "python" for each in conda):
        conda += [_any_version(each) for each in asking.conda if each.name == "python"][:1]
    return replace(
        asking,
        conda=tuple(conda),
        wheels=tuple(filter(stays, asking.wheels)),
        constraints=tuple(filter(stays, asking.constraints)),
    )


def loosened(question: JointQuestion, demand: Demand) -> JointQuestion | None:
    """Return a question that asks for any version where a demand asks for some, and for nothing where it asks for any.

    None where there is nothing to loosen: an environment for distributions has a Python.
    """
    asked = next((each for each in requirements(question) if is_said_by(each, demand)), None)
    return None if asked is None else loosened_by(question, asked)


def loosened_by(asking: _Asking, asked: Requirement) -> _Asking | None:
    """Return the same with one requirement less narrow, as `loosened` does; None where there is nothing to loosen."""
    if isinstance(asked, CondaRequirement):
        loose = _any_version(asked)
        if loose != asked:
            return replace(asking, conda=tuple(loose if each == asked else each for each in asking.conda))
        if asked.name == "python":
            return None
        return replace(asking, conda=tuple(each for each in asking.conda if each != asked))
    if asked in asking.constraints:
        return replace(asking, constraints=tuple(each for each in asking.constraints if each != asked))
    loose_wheels = [replace(each, specifier="") if each == asked else each for each in asking.wheels]
    kept = loose_wheels if asked.specifier else [each for each in asking.wheels if each != asked]
    return replace(asking, wheels=tuple(kept))


def _any_version(requirement: CondaRequirement) -> CondaRequirement:
    return CondaRequirement(name=requirement.name, place=requirement.place, channel=requirement.channel)
