"""One answer of both sides, where conda's packages and an index's distributions do not go together as they are.

The joint answer is found in core; the lock is then written by the same hands as ever, which are told what to take. If
one of them does not agree with it after all, that answer is ruled out and the next best one is looked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parity.core.conda.distributions import Claims
from parity.core.conda.errors import SolveImpossible
from parity.core.dataclass import dataclass
from parity.core.errors import ResolutionImpossible, WheelNone
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda, Negotiated
from parity.core.negotiation.errors import AgreementImpossible, NegotiationStopped
from parity.core.negotiation.explain import Exclusion, contradiction, exclusions
from parity.core.negotiation.joint import Agreement, JointQuestion, Release
from parity.core.negotiation.negotiate import Negotiation
from parity.core.negotiation.remedies import remedies
from parity.core.negotiation.shelves import Shelves
from parity.core.places import Place
from parity.core.spec import WheelRequirement
from parity.workflows.lock_wheels import refuse_missing, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parity.core.conda.questions import CondaAnswer, CondaQuestion
    from parity.core.lockfile.model import LockedWheel
    from parity.core.ports import WheelShelf
    from parity.core.resolution import Question
    from parity.core.spec import Spec
    from parity.workflows.lock import Tools
    from parity.workflows.lock_conda import CondaTools

_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What both sides take for one target, and why that is not what one of them takes by itself."""

    answer: CondaAnswer
    wheels: tuple[LockedWheel, ...]
    negotiated: tuple[Negotiated, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The questions to both sides for one target. `ask` makes that to an index for packages that conda brings."""

    spec: Spec
    question: CondaQuestion
    own: CondaAnswer
    ask: Callable[[Sequence[LockedConda]], Question]


def agree(tools: Tools, conda: CondaTools, sides: Sides) -> Agreed:
    """Return the best answer that both sides can give.

    Raises DistributionUnknown, AgreementImpossible where there is none, NegotiationStopped where the tools did not take
    any of the best ones, NetworkFailed, ChannelUnreachable, and what resolving and solving raise for other reasons.
    """
    name = sides.question.target.name
    tools.reporter.phase(f"negotiating for {name}")
    asked = sides.ask(sides.own.packages)
    with conda.shelf(sides.question) as shelf:
        claims = Claims(names=tools.names(), available=shelf.names())
        index = tools.index(asked)
        refuse_missing(tools, asked, brought=claims.providers)
        joint = _joint(sides, asked, index)
        shelves = Shelves(conda=shelf, wheels=index, claims=claims, question=joint)
        negotiation = Negotiation(joint, shelves)
        for _ in range(_ROUNDS):
            agreement = negotiation.agree()
            if agreement is None:
                raise _impossible(name, negotiation)
            try:
                answer, wheels = _taken(tools, conda, sides, agreement)
            except (ResolutionImpossible, WheelNone, SolveImpossible):
                negotiation.encoding.forbid(_ruled_out(agreement, claims))
                continue
            return Agreed(answer=answer, wheels=wheels, negotiated=_negotiated(exclusions(agreement, shelves), name))
    raise NegotiationStopped(
        f"conda and PyPI were brought together for `{name}` in {_ROUNDS} ways, and `uv` or rattler took none of them",
        hint="there may be an answer all the same: ask for one version of what you know of",
    )


def findings_of(negotiated: Sequence[Negotiated]) -> list[Finding]:
    """Return one remark for each version that was not taken because of the other side."""
    return [
        Finding(
            code="version-negotiated",
            severity="info",
            subject=each.name,
            message=f"`{each.name}` {each.version} and not {each.instead}: {_first(each)}",
            hint=f"`parity why {each.name}` tells all of it",
            package=each.name,
        )
        for each in negotiated
    ]


def _first(negotiated: Negotiated) -> str:
    return negotiated.because[0] if negotiated.because else "it follows from what else is asked for"


def _joint(sides: Sides, asked: Question, index: WheelShelf) -> JointQuestion:
    named = [each if each.name else replace(each, name=index.given(each).name) for each in asked.requirements]
    return JointQuestion(
        target=asked.target,
        conda=sides.question.requirements,
        wheels=tuple(each for each in named if each.name),  # what only a build can name, uv finds out
        constraints=asked.constraints,
        prereleases=asked.prereleases,
        sdists=asked.sdists,
        no_binary=asked.no_binary,
        kept_conda={package.name: package.sha256 for package in sides.question.kept},
        kept_wheels=asked.pins,
        own={package.name: package.sha256 for package in sides.own.packages},
        prefer=sides.spec.settings.prefer,
    )


def _taken(
    tools: Tools, conda: CondaTools, sides: Sides, agreement: Agreement
) -> tuple[CondaAnswer, tuple[LockedWheel, ...]]:
    """Have both sides give just this answer."""
    answer = conda.solver.solve(replace(sides.question, held=agreement.conda))
    asked = sides.ask(answer.packages)
    exact = (
        WheelRequirement(name=each.name, place=Place(file="agreement"), specifier=f"=={each.version}")
        for each in agreement.wheels
        if not each.given
    )
    return answer, resolve(tools.resolver(), replace(asked, constraints=(*asked.constraints, *exact)))


def _ruled_out(agreement: Agreement, claims: Claims) -> list[Release | LockedConda]:
    """Return what an answer consists of as far as an index has to do with it."""
    bringing = [package for package in agreement.conda if package.name == "python" or claims.of(package)]
    return [*agreement.wheels, *bringing]


def _negotiated(found: Sequence[Exclusion], target: str) -> tuple[Negotiated, ...]:
    return tuple(
        Negotiated(name=each.name, version=each.version, instead=each.instead, because=each.because, targets=(target,))
        for each in found
    )


def _impossible(target: str, negotiation: Negotiation) -> AgreementImpossible:
    found = contradiction(negotiation)
    lines = "\n".join(f"  {line}" for line in found.lines())
    tried = remedies(found.requirements, negotiation.shelves)
    changes = "; or ".join(" and ".join(remedy.changes) for remedy in tried)
    hint = f"this gives an answer: {changes}" if changes else "ask for less of what stands there"
    return AgreementImpossible(
        f"nothing can be locked for `{target}`, since these exclude each other:\n{lines}", hint=hint
    )
