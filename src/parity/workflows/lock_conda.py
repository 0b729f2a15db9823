"""manifests → a lock of the conda route: packages of channels, the Python among them, and distributions over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from packaging.utils import canonicalize_name

from parity import __version__
from parity.core.conda.distributions import provided
from parity.core.conda.pinned_channels import in_channel
from parity.core.conda.pythons import locked_python, unread_pins, with_python
from parity.core.conda.questions import CondaQuestion, Priority
from parity.core.errors import ChannelUnreachable, ResolutionImpossible
from parity.core.findings import Finding
from parity.core.interpreters import choose
from parity.core.lockfile.merge import merged, merged_conda
from parity.core.lockfile.model import LockedTarget, Lockfile
from parity.core.lockfile.satisfies import allowed_sdists, settled_link_scripts, settled_priority
from parity.core.moments import end_of
from parity.core.places import Place
from parity.core.python_request import PythonRequest
from parity.core.translation.light_route import translate
from parity.workflows.lock_wheels import own_package, wheel_question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from parity.core.conda.channels import AddressBook, Channel
    from parity.core.conda.questions import CondaAnswer
    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedConda, LockedWheel
    from parity.core.ports import CondaSolver
    from parity.core.resolution import Question
    from parity.core.spec import Spec
    from parity.core.target import Target
    from parity.core.translation.names import NameTable
    from parity.workflows.lock import Tools
    from parity.workflows.lock_order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaTools:
    """What this route needs of the world: where channels are, and what solves."""

    book: AddressBook
    solver: CondaSolver


def solve_conda(order: Order, tools: Tools) -> tuple[Lockfile, tuple[Finding, ...]]:
    """Solve every target and return the lock that they make together, with remarks on the way there.

    conda's packages come first and stay as they are; an index is asked for the rest. Raises ChannelInvalid,
    ChannelUnreachable, PackageMissing, SolveImpossible, PackageUnhashed, ManifestError, and what the resolver raises.
    """
    spec = order.spec
    conda = tools.conda(spec.settings.conda)
    channels = conda.book.channels(spec.channels)
    answers = _answers(order, tools, conda, channels)
    packages = [package for answer in answers for package in answer.packages]
    targets = [
        _locked_target(target, wanted, answer) for (target, wanted), answer in zip(order.specs, answers, strict=True)
    ]
    wheels = _wheels(order, tools, targets, packages)
    lock = Lockfile(
        route="conda",
        manifests=spec.manifests,
        made_with={"parity": __version__, **conda.solver.versions(), **_wheels_made_with(wheels, tools)},
        targets=tuple(targets),
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
    )
    findings = [_unread(order)] if unread_pins(spec) else []
    findings += [finding for answer in answers for finding in answer.findings]
    return lock, tuple(dict.fromkeys(findings))


def _answers(order: Order, tools: Tools, conda: CondaTools, channels: Sequence[Channel]) -> list[CondaAnswer]:
    """Return what the channels have for each target, in the order of the targets."""
    answers: list[CondaAnswer] = []
    for target, spec in order.specs:
        tools.reporter.phase(f"solving for {target.name}")
        earlier = [package for answer in answers for package in answer.packages]
        try:
            answers.append(conda.solver.solve(_question(order, target, spec, channels, conda.book, earlier=earlier)))
        except ChannelUnreachable as error:
            raise _with_light_route(error, spec, tools.names) from error
    return answers


def _locked_target(target: Target, spec: Spec, answer: CondaAnswer) -> LockedTarget:
    return LockedTarget(
        name=target.name,
        python=locked_python(answer.packages, spec),
        virtual_packages=target.virtual_packages,
        torch_backend=target.torch_backend if spec.wheels else "",
    )


def _wheels(
    order: Order, tools: Tools, targets: Sequence[LockedTarget], packages: Sequence[LockedConda]
) -> tuple[LockedWheel, ...]:
    """Return the distributions of an index that come over the packages of each target."""
    answers: list[LockedWheel] = []
    for (target, spec), locked in zip(order.specs, targets, strict=True):
        if not spec.wheels:
            continue
        tools.reporter.phase(f"resolving for {target.name}")
        brought = provided([each for each in packages if target.name in each.targets], tools.names())
        question = wheel_question(
            order,
            target,
            spec,
            requirements=spec.wheels,
            python=locked.python,
            interpreter=_builder(locked, tools),
            earlier=answers,
            provided=brought,
        )
        try:
            answers += tools.resolver.resolve(question)
        except ResolutionImpossible as error:
            raise _disagreement(error, question) from error
    return merged([*answers, *own_package(order.spec, order.choice, answers)])


def _builder(locked: LockedTarget, tools: Tools) -> Interpreter | None:
    """Return an interpreter of this machine that may run builds for what they say of themselves, if there is one."""
    request = PythonRequest(
        text=locked.python.version,
        kind="prefix",
        place=Place(file="request"),
        implementation=locked.python.implementation,
        version=".".join(locked.python.version.split(".")[:2]),
        free_threaded=locked.python.free_threaded,
    )
    return choose([request], tools.found())


def _disagreement(error: ResolutionImpossible, question: Question) -> ResolutionImpossible:
    """Return the same error; where it names what a conda package brings, with a way to make both sides agree."""
    both = [each for each in question.provided if f"of conda's package {each.package}" in error.message]
    if not both:
        return error
    listed = " or ".join(f"`{each.package}`" for each in both)
    hint = f"ask conda for another version of {listed}, or an index for another of what stands against it"
    return ResolutionImpossible(error.message, hint=hint, place=error.place)


def _wheels_made_with(wheels: Sequence[LockedWheel], tools: Tools) -> dict[str, str]:
    return {**tools.resolver.versions(), "conda-names": tools.names().digest} if wheels else {}


def _question(
    order: Order,
    target: Target,
    spec: Spec,
    channels: Sequence[Channel],
    book: AddressBook,
    *,
    earlier: Sequence[LockedConda],
) -> CondaQuestion:
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


def _with_light_route(error: ChannelUnreachable, spec: Spec, names: Callable[[], NameTable]) -> ChannelUnreachable:
    """Return the same error, with the command for the other route where that has everything."""
    if not spec.conda or translate(spec.conda, names()).faults:
        return error
    light = "everything that is asked for has an equal on PyPI: `parity lock --route venv` takes it from there"
    return ChannelUnreachable(error.message, hint="; ".join(filter(None, [error.hint, light])), place=error.place)


def names_of(packages: Iterable[LockedConda]) -> set[str]:
    """Return the names of packages as PyPI spells them, which is how `--upgrade` takes them."""
    return {canonicalize_name(package.name) for package in packages}
