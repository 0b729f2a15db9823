"""Other questions than the one that was asked: with less required, or less narrowly."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from parity.core.conda.failures import shown
from parity.core.negotiation.joint import Demand, JointQuestion
from parity.core.spec import CondaRequirement, WheelRequirement

Requirement = CondaRequirement | WheelRequirement


def requirements(question: JointQuestion) -> Iterator[Requirement]:
    """Yield everything that the user requires."""
    yield from question.conda
    yield from question.wheels
    yield from question.constraints


def is_said_by(requirement: Requirement, demand: Demand) -> bool:
    """Say whether a demand is this requirement of the user's."""
    text = shown(requirement) if isinstance(requirement, CondaRequirement) else requirement.to_text()
    return (text, requirement.place) == (demand.needs, demand.place)


def with_only(question: JointQuestion, demands: Collection[Demand]) -> JointQuestion:
    """Return a question that requires these things only, and some Python in any case."""

    def stays(requirement: Requirement) -> bool:
        return any(is_said_by(requirement, demand) for demand in demands)

    conda = [each for each in question.conda if stays(each)]
    if not any(each.name == "python" for each in conda):
        conda += [_any_version(each) for each in question.conda if each.name == "python"][:1]
    return replace(
        question,
        conda=tuple(conda),
        wheels=tuple(filter(stays, question.wheels)),
        constraints=tuple(filter(stays, question.constraints)),
    )


def loosened(question: JointQuestion, demand: Demand) -> JointQuestion | None:
    """Return a question that asks for any version where a demand asks for some, and for nothing where it asks for any.

    None where there is nothing to loosen: an environment for distributions has a Python.
    """
    asked = next((each for each in requirements(question) if is_said_by(each, demand)), None)
    if isinstance(asked, CondaRequirement):
        loose = _any_version(asked)
        if loose != asked:
            return replace(question, conda=tuple(loose if each == asked else each for each in question.conda))
        if asked.name == "python":
            return None
        return replace(question, conda=tuple(each for each in question.conda if each != asked))
    if asked is None:
        return None
    if asked in question.constraints:
        return replace(question, constraints=tuple(each for each in question.constraints if each != asked))
    loose_wheels = [replace(each, specifier="") if each == asked else each for each in question.wheels]
    kept = loose_wheels if asked.specifier else [each for each in question.wheels if each != asked]
    return replace(question, wheels=tuple(kept))


def _any_version(requirement: CondaRequirement) -> CondaRequirement:
    return CondaRequirement(name=requirement.name, place=requirement.place, channel=requirement.channel)
