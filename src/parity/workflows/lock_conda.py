"""manifests → a lock of the conda route: packages of channels, the Python among them, and distributions over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from packaging.utils import canonicalize_name

from parity import __version__
from parity.core.conda.distributions import provided
from parity.core.conda.errors import ChannelUnreachable
from parity.core.conda.pinned_channels import in_channel
from parity.core.conda.pythons import locked_python, unread_pins, with_python
from parity.core.conda.questions import CondaAnswer, CondaQuestion, Priority
from parity.core.dataclass import dataclass
from parity.core.errors import ResolutionImpossible, WheelNone
from parity.core.findings import Finding
from parity.core.interpreters import choose
from parity.core.lockfile.merge import merged, merged_conda, merged_negotiated
from parity.core.lockfile.model import LockedTarget, Lockfile
from parity.core.lockfile.recorded import machine_of
from parity.core.lockfile.satisfies import allowed_sdists, settled_link_scripts, settled_priority
from parity.core.moments import end_of
from parity.core.places import Place
from parity.core.python_request import PythonRequest
from parity.core.translation.light_route import translate
from parity.workflows.lock_agree import Agreed, Sides, agree, findings_of
from parity.workflows.lock_wheels import own_package, resolve, wheel_question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from parity.core.conda.channels import AddressBook, Channel
    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedConda, LockedPython, LockedWheel, Negotiated
    from parity.core.ports import CondaShelf, CondaSolver
    from parity.core.resolution import Question
    from parity.core.spec import Spec
    from parity.core.target import Target
    from parity.workflows.lock import Tools
    from parity.workflows.lock_order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaTools:
    """What this route needs of the world: where channels are, what solves, and what looks names up."""

    book: AddressBook
    solver: CondaSolver
    shelf: Callable[[CondaQuestion], AbstractContextManager[CondaShelf]]


def solve_conda(order: Order, tools: Tools) -> tuple[Lockfile, tuple[Finding, ...]]:
    """Solve every target and return the lock that they make together, with remarks on the way there.

    conda's packages come first, and an index is asked for the rest; where the two do not go together, both are asked
    for other versions. Raises ChannelInvalid, ChannelUnreachable, PackageMissing, SolveImpossible, PackageUnhashed,
    ManifestError, AgreementImpossible, NegotiationStopped, and what the resolver raises.
    """
    spec = order.spec
    conda = tools.conda(spec.settings.conda)
    channels = conda.book.channels(spec.channels)
    parts: list[_Part] = []
    for target, wanted in order.specs:
        parts.append(_Solving(order, tools, conda, channels, target, wanted, parts).part())
    packages = [package for part in parts for package in part.answer.packages]
    answers = [wheel for part in parts for wheel in part.wheels]
    wheels = merged([*answers, *own_package(spec, order.choice, answers)])
    lock = Lockfile(
        route="conda",
        manifests=spec.manifests,
        made_with={"parity": __version__, **conda.solver.versions(), **_wheels_made_with(wheels, tools)},
        targets=tuple(part.target for part in parts),
        conda=merged_conda(packages),
        wheels=wheels,
        channels=tuple(channel.name for channel in channels),
        channel_priority=settled_priority(spec, order.choice),
        link_scripts=settled_link_scripts(spec, order.choice),
        groups=order.choice.groups,
        extras=order.choice.extras,
        project=spec.project.name if spec.project else "",
        variables=spec.variables,
        exclude_newer=spec.settings.exclude_newer,
        sdists=allowed_sdists(spec),
        prereleases=spec.prereleases,
        negotiated=merged_negotiated([each for part in parts for each in part.negotiated]),
    )
    findings = [_unread(order)] if unread_pins(spec) else []
    findings += [finding for part in parts for finding in part.answer.findings]
    findings += [each for target, wanted in order.specs for each in order.builds.renamed(target, wanted.wheels)]
    return lock, tuple(dict.fromkeys([*findings, *findings_of(lock.negotiated)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one target contributes to a lock."""

    target: LockedTarget
    answer: CondaAnswer
    wheels: tuple[LockedWheel, ...] = ()
    negotiated: tuple[Negotiated, ...] = ()


@dataclass(frozen=True, slots=True)
class _Solving:
    """One target on its way into a lock; `earlier` are those before it."""

    order: Order
    tools: Tools
    conda: CondaTools
    channels: Sequence[Channel]
    target: Target
    spec: Spec
    earlier: Sequence[_Part]

    def part(self) -> _Part:
        self.tools.reporter.phase(f"solving for {self.target.name}")
        packages = [package for part in self.earlier for package in part.answer.packages]
        question = conda_question(self.order, self.target, self.spec, self.channels, self.conda.book, earlier=packages)
        try:  # where nothing is asked for, no channel has to be read
            answer = self.conda.solver.solve(question) if question.requirements else CondaAnswer(packages=())
        except ChannelUnreachable as error:
            raise _with_light_route(error, self.spec, self.tools) from error
        if not self.spec.wheels:
            return _Part(target=_locked_target(self.target, self.spec, answer), answer=answer)
        agreed = self._agreed(question, answer)
        return _Part(
            target=_locked_target(self.target, self.spec, agreed.answer),
            answer=agreed.answer,
            wheels=agreed.wheels,
            negotiated=agreed.negotiated,
        )

    def _agreed(self, question: CondaQuestion, answer: CondaAnswer) -> Agreed:
        """Have an index give what comes over conda's packages; where it cannot, have both sides move."""
        self.tools.reporter.phase(f"resolving for {self.target.name}")
        sides = Sides(spec=self.spec, question=question, own=answer, ask=self._asked)
        asked = self._asked(answer.packages)
        try:
            wheels = resolve(self.tools.resolver(), asked)
        except (ResolutionImpossible, WheelNone):
            return agree(self.tools, self.conda, sides)
        if self._is_preferred(asked, wheels, answer):
            return Agreed(answer=answer, wheels=wheels)
        return agree(self.tools, self.conda, sides)

    def _is_preferred(self, asked: Question, wheels: Sequence[LockedWheel], answer: CondaAnswer) -> bool:
        """Say whether no distribution comes from another side than the project prefers it from."""
        prefer = self.spec.settings.prefer
        requested = {package.name for package in answer.packages if package.requested}
        foreign = [each for each in asked.provided if each.package not in requested]
        return not (
            any(prefer.get(wheel.name) == "conda" and wheel.index for wheel in wheels)
            or any(prefer.get(each.name) == "pypi" for each in foreign)
        )

    def _asked(self, packages: Sequence[LockedConda]) -> Question:
        """Return the question to an index about what comes over these packages."""
        python = locked_python(packages, self.spec)
        return wheel_question(
            self.order,
            self.target,
            self.spec,
            requirements=self.spec.wheels,
            python=python,
            interpreter=_builder(python, self.tools),
            earlier=[wheel for part in self.earlier for wheel in part.wheels],
            provided=provided(packages, self.tools.names()),
        )


def _locked_target(target: Target, spec: Spec, answer: CondaAnswer) -> LockedTarget:
    return LockedTarget(
        name=target.name,
        python=locked_python(answer.packages, spec),
        virtual_packages=target.virtual_packages,
        machine=machine_of(target),
        torch_backend=target.torch_backend if spec.wheels else "",
    )


def _builder(python: LockedPython, tools: Tools) -> Interpreter | None:
    """Return an interpreter of this machine that may run builds for what they say of themselves, if there is one."""
    request = PythonRequest(
        text=python.version,
        kind="prefix",
        place=Place(file="request"),
        implementation=python.implementation,
        version=".".join(python.version.split(".")[:2]),
        free_threaded=python.free_threaded,
    )
    return choose([request], tools.found())


def _wheels_made_with(wheels: Sequence[LockedWheel], tools: Tools) -> dict[str, str]:
    return {**tools.resolver().versions(), "conda-names": tools.names().digest} if wheels else {}


def conda_question(
    order: Order,
    target: Target,
    spec: Spec,
    channels: Sequence[Channel],
    book: AddressBook,
    *,
    earlier: Sequence[LockedConda] = (),
) -> CondaQuestion:
    """Return the question for one target; `earlier` are the packages of targets before it."""
    named = [in_channel(requirement, channels, book) for requirement in with_python(spec)]
    known = {channel.name for channel in channels}
    extra = {channel.name: channel for _, channel in named if channel and channel.name not in known}
    exclude_newer = spec.settings.exclude_newer
    return CondaQuestion(
        target=target,
        requirements=tuple(requirement for requirement, _ in named),
        channels=tuple(channels),
        extra=tuple(extra.values()),
        priority=cast("Priority", settled_priority(spec, order.choice) or "strict"),
        exclude_newer=end_of(exclude_newer) if exclude_newer else "",
        kept=_kept(order, target, earlier),
        constraints=order.held.conda_on(target.platform),
    )


def _kept(order: Order, target: Target, earlier: Sequence[LockedConda]) -> tuple[LockedConda, ...]:
    """Return what stays where it fits: the old lock's for this target, else what targets have that came before.

    Of other targets that is only what is the same on every machine: a build that runs here too may not be the one that
    this target is for.
    """
    kept = {package.name: package for package in earlier if package.subdir == "noarch"}
    if order.old is not None and "*" not in order.upgrade:
        staying = [each for each in order.old.conda if canonicalize_name(each.name) not in order.upgrade]
        shared = [package for package in staying if package.subdir == "noarch"]
        kept |= {package.name: package for package in shared if package.name not in kept}
        kept |= {package.name: package for package in staying if target.name in package.targets}
    return tuple(kept.values())


def _unread(order: Order) -> Finding:
    request = unread_pins(order.spec)[0]
    return Finding(
        code="python-left-out",
        severity="warning",
        subject=str(request.place),
        message=f"`{request.text}` names an interpreter of this machine, and the conda route takes one of a channel",
        hint="pin a version such as `3.12`, or use `--route venv`",
    )


def _with_light_route(error: ChannelUnreachable, spec: Spec, tools: Tools) -> ChannelUnreachable:
    """Return the same error, with the command for the other route where that has everything, or may have it.

    What is to be an environment with a name is not there yet: the command that makes it takes the route.
    """
    translation = translate(spec.conda, tools.names())
    if not spec.conda or translation.faults:
        return error
    again = "the same command with `--route venv`" if tools.alone else "`parity lock --route venv`"
    # a name that the table does not have is only tried on PyPI under conda's
    if any(finding.code == "name-unmapped" for finding in translation.findings):
        light = f"nothing asked for is known to be conda's alone: {again} tries it on PyPI"
    else:
        light = f"everything that is asked for has an equal on PyPI: {again} takes it from there"
    return ChannelUnreachable(error.message, hint="; ".join(filter(None, [error.hint, light])), place=error.place)
