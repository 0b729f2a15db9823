"""manifests → the part of a lock that the conda route decides: channels, packages, and the Python among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from packaging.utils import canonicalize_name

from parity import __version__
from parity.core.conda.pythons import locked_python, unread_pins, with_python
from parity.core.conda.questions import CondaQuestion, Priority
from parity.core.errors import ChannelUnreachable
from parity.core.findings import Finding
from parity.core.lockfile.merge import merged_conda
from parity.core.lockfile.model import LockedTarget, Lockfile
from parity.core.lockfile.satisfies import settled_link_scripts, settled_priority
from parity.core.moments import end_of
from parity.core.translation.light_route import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from parity.core.conda.channels import AddressBook, Channel
    from parity.core.lockfile.model import LockedConda
    from parity.core.ports import CondaSolver, Reporter
    from parity.core.spec import CondaRequirement, Spec
    from parity.core.target import Target
    from parity.core.translation.names import NameTable
    from parity.workflows.lock_order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaTools:
    """What this route needs of the world: where channels are, and what solves."""

    book: AddressBook
    solver: CondaSolver


def solve_conda(
    order: Order, tools: CondaTools, names: Callable[[], NameTable], reporter: Reporter
) -> tuple[Lockfile, tuple[Finding, ...]]:
    """Solve every target and return the lock that they make together, with remarks on the way there.

    Raises ChannelInvalid, ChannelUnreachable, PackageMissing, SolveImpossible, PackageUnhashed, ManifestError.
    """
    spec = order.spec
    channels = tools.book.channels(spec.channels)
    locked: list[LockedConda] = []
    targets: list[LockedTarget] = []
    findings = [_unread(order)] if unread_pins(spec) else []
    for target, wanted in order.specs:
        reporter.phase(f"solving for {target.name}")
        question = _question(order, target, wanted, channels, tools.book, earlier=locked)
        try:
            answer = tools.solver.solve(question)
        except ChannelUnreachable as error:
            raise _with_light_route(error, wanted, names) from error
        locked += answer.packages
        findings += answer.findings
        python = locked_python(answer.packages, wanted)
        targets.append(LockedTarget(name=target.name, python=python, virtual_packages=target.virtual_packages))
    lock = Lockfile(
        route="conda",
        manifests=spec.manifests,
        made_with={"parity": __version__, **tools.solver.versions()},
        targets=tuple(targets),
        conda=merged_conda(locked),
        channels=tuple(channel.name for channel in channels),
        channel_priority=settled_priority(spec, order.choice),
        link_scripts=settled_link_scripts(spec, order.choice),
        groups=order.choice.groups,
        extras=order.choice.extras,
        variables=spec.variables,
        exclude_newer=spec.settings.exclude_newer,
    )
    return lock, tuple(dict.fromkeys(findings))


def _question(
    order: Order,
    target: Target,
    spec: Spec,
    channels: Sequence[Channel],
    book: AddressBook,
    *,
    earlier: Sequence[LockedConda],
) -> CondaQuestion:
    requirements = tuple(_named(requirement, book) for requirement in with_python(spec))
    asked = {requirement.channel: None for requirement in with_python(spec) if requirement.channel}
    extra = {channel.name: channel for channel in map(book.channel, asked)}
    for channel in channels:
        extra.pop(channel.name, None)
    exclude_newer = spec.settings.exclude_newer
    return CondaQuestion(
        target=target,
        requirements=requirements,
        channels=tuple(channels),
        extra=tuple(extra.values()),
        priority=cast("Priority", settled_priority(spec, order.choice) or "strict"),
        exclude_newer=end_of(exclude_newer) if exclude_newer else "",
        kept=_kept(order, target, earlier),
    )


def _named(requirement: CondaRequirement, book: AddressBook) -> CondaRequirement:
    """Return a requirement with its channel as a lock calls it: without the credentials of an address."""
    return replace(requirement, channel=book.channel(requirement.channel).name) if requirement.channel else requirement


def _kept(order: Order, target: Target, earlier: Sequence[LockedConda]) -> tuple[LockedConda, ...]:
    """Return what stays where it fits: the old lock's for this target, else what targets have that came before.

    A target that is new takes the packages of the others where it can.
    """
    kept = {package.name: package for package in earlier}
    if order.old is not None and "*" not in order.upgrade:
        staying = [each for each in order.old.conda if canonicalize_name(each.name) not in order.upgrade]
        kept |= {package.name: package for package in staying if package.name not in kept}
        kept |= {package.name: package for package in staying if target.name in package.targets}
    return tuple(package for package in kept.values() if package.subdir in {target.platform, "noarch"})


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
