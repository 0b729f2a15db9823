"""A lock against a machine: every remark, and the verdict."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from parity.core.amounts import counted
from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedTarget, Lockfile
from parity.core.lockfile.recorded import described
from parity.core.lockfile.select import NO_REMEDY, missed_by, remedy
from parity.core.preflight.accelerators import Rules, compiled, driver_needs
from parity.core.preflight.conda import Answers, unmet_needs
from parity.core.preflight.gpus import gpu_needs
from parity.core.preflight.machine import Machine
from parity.core.preflight.remedies import Remedies
from parity.core.preflight.surroundings import Taken, interpreter_needs, room_needs
from parity.core.preflight.symbols import SharedObject, demanding, duplicated, foreign, unloadable, unshipped
from parity.core.preflight.system_packages import SystemPackages
from parity.core.preflight.wheels import unfit_wheels
from parity.core.target import Target, Targets, unsatisfied
from parity.core.wheel_files import architecture_of

Allowed = Literal["", "here", "setting"]

_TAKEN_BACK: Mapping[Allowed, str] = {
    "here": "`parity sync --no-allow-cpu` takes that back",
    "setting": "`allow-cpu` in `[tool.parity.accelerators]` says so",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the artifacts of a lock's target have in them, as far as they can be looked into.

    `objects` are its compiled files by path, `packages` says of which package each is, `size` is in bytes. `there` says
    that it lies on the machine that is examined. `unseen` are packages whose files are not at hand.
    """

    objects: Mapping[str, SharedObject]
    packages: Mapping[str, str]
    size: int
    files: int
    there: bool = False
    unseen: tuple[str, ...] = ()

    @property
    def still_compiled(self) -> frozenset[str] | None:
        """The packages whose sources are compiled on the machine: none where the environment lies there already.

        None where nobody knows, because not all could be looked into.
        """
        if self.unseen:
            return None
        files = {} if self.there else self.packages
        return frozenset(
            package
            for path, package in files.items()
            if path in self.objects or path.endswith((".so", ".dylib", ".pyd"))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found. `target` is the lock's that the machine takes; where none fits, the one that comes nearest.

    `looked_into` says of how many of the target's `artifacts` the compiled files were looked at.
    """

    target: str
    verdict: Literal["runs", "fails"]
    findings: tuple[Finding, ...]
    looked_into: int = 0
    artifacts: int = 0


def looked_into(examined: Examined) -> str:
    """Return in words of how many artifacts the compiled files were looked at."""
    return f"{examined.looked_into} of {counted(examined.artifacts, 'artifact')} looked into"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What an examination needs to know of the world.

    Targets, rules for accelerators, how MatchSpecs are answered, what brings libraries to a system, and what a
    distribution is called in conda's channels, nothing where nobody knows.
    """

    targets: Targets
    rules: Rules
    answers: Answers
    system: SystemPackages
    conda_name: Callable[[str], str]


def examine(
    lock: Lockfile,
    machine: Machine,
    knowledge: Knowledge,
    inside: Contents | None = None,
    *,
    allowed: Allowed = "",
    settled: bool = False,
) -> Examined:
    """Say whether a lock runs on a machine; it fails where any finding is an error.

    `inside` is what can be looked into of the target that the machine takes (see `target_for`). `allowed` says by what
    a sync takes a target there without the accelerator that others have, `settled` that the settings name the targets.
    Raises TargetUnknown where the lock names a target that nobody has described.
    """
    locked, why = _choose(lock, machine, knowledge.targets)
    otherwise = remedy(lock, machine.host, knowledge.targets, settled=settled)
    findings = [*_unfit(machine, why, otherwise or NO_REMEDY)]
    findings += chain(
        () if findings else _of_choice(lock, locked, machine, knowledge.targets, allowed),
        _of_packages(lock, locked, machine, knowledge, remedy=otherwise, inside=inside),
        _of_surroundings(lock, locked, machine, inside),
    )
    if inside:
        refused = {finding.package for finding in findings if finding.severity == "error"}
        remedies = Remedies(
            lock=lock,
            target=locked.name,
            distribution=machine.distribution,
            system=knowledge.system,
            conda_name=knowledge.conda_name,
        )
        found = _of_contents(_brought(lock, locked, inside), machine, knowledge, remedies, remedy=otherwise)
        findings += (each for each in found if each.package not in refused)
    fails = any(finding.severity == "error" for finding in findings)
    fetched = len(lock.artifacts_of(locked.name))
    return Examined(
        target=locked.name,
        verdict="fails" if fails else "runs",
        findings=tuple(findings),
        looked_into=fetched - len(inside.unseen) if inside else 0,
        artifacts=fetched,
    )


def target_for(lock: Lockfile, machine: Machine, targets: Targets) -> str:
    """Return the name of the lock's target that a machine takes, of the one that comes nearest where none fits.

    Raises TargetUnknown.
    """
    return _choose(lock, machine, targets)[0].name


def _unfit(machine: Machine, why: str, hint: str) -> Iterator[Finding]:
    """Yield one error where no target of the lock fits."""
    if why:
        message = f"{machine.called} {why}"
        yield Finding(code="target-unfit", severity="error", subject="target", message=message, hint=hint)


def _choose(lock: Lockfile, machine: Machine, targets: Targets) -> tuple[LockedTarget, str]:
    """Return the target that a machine takes; where none fits, the one that comes nearest, and why none does."""
    known = described(lock, targets)
    every = [(locked, known[locked.name]) for locked in lock.targets]
    fitting = [(locked, target) for locked, target in every if not unsatisfied(target, machine.host)]
    if fitting:
        return max(fitting, key=lambda each: targets.specificity(each[1], machine.host))[0], ""
    nearest = min(every, key=lambda each: _distance(each[1], machine))[0]
    return nearest, _why_none([target for _, target in every], machine)


def _why_none(every: Sequence[Target], machine: Machine) -> str:
    """Return why no target fits, as the end of a sentence; where some are of the machine's platform, of those alone."""
    near = [target for target in every if target.platform == machine.host.platform]
    if not near and len(every) > 1:
        named = ", ".join(f"`{target.name}`" for target in every)
        return f"is {machine.host.platform}, and the lock has no such target: it is for {named}"
    told = [f"`{target.name}`: {unsatisfied(target, machine.host)}" for target in near or every]
    return f"does not satisfy the lock's target{'s' if len(told) > 1 else ''} {'; '.join(told)}"


def _distance(target: Target, machine: Machine) -> tuple[bool, bool, bool]:
    host = machine.host
    return target.platform != host.platform, target.libc != host.libc, bool(target.cuda) and not host.cuda


def _of_choice(
    lock: Lockfile, locked: LockedTarget, machine: Machine, targets: Targets, allowed: Allowed
) -> Iterator[Finding]:
    """Yield the remark that a machine goes without an accelerator that the lock has for others.

    A sync refuses that where nobody allowed it.
    """
    known = described(lock, targets)
    missed = missed_by(known[locked.name], known, machine.host)
    if missed and allowed:
        yield Finding(
            code="cpu-allowed",
            severity="info",
            subject="target",
            message=f"{machine.called} takes `{locked.name}`, without an accelerator, as was allowed: {missed}",
            hint=_TAKEN_BACK[allowed],
        )
    elif missed:
        yield Finding(
            code="accelerator-unmet",
            severity="warning",
            subject="target",
            message=f"what is left for {machine.called} is `{locked.name}`, without an accelerator: {missed}",
            hint="`parity sync` takes that only with `--allow-cpu`; "
            f"a target `{locked.name}+cpu` in the lock is taken unasked",
        )


def _of_packages(
    lock: Lockfile,
    locked: LockedTarget,
    machine: Machine,
    knowledge: Knowledge,
    *,
    remedy: str,
    inside: Contents | None,
) -> Iterator[Finding]:
    wheels, conda = lock.wheels_of(locked.name), lock.conda_of(locked.name)
    yield from unfit_wheels(
        wheels,
        locked.python,
        machine,
        remedy=remedy,
        compiled=inside.still_compiled if inside else None,
        elsewhere=[wheel for wheel in lock.wheels if locked.name not in wheel.targets],
        compiler=knowledge.system.for_compiling(machine.distribution),
    )
    yield from unmet_needs(conda, machine, knowledge.answers, remedy=remedy)
    yield from driver_needs(compiled(wheels, conda, knowledge.rules), machine, knowledge.rules, knowledge.targets)


def _brought(lock: Lockfile, locked: LockedTarget, inside: Contents) -> Contents:
    """Return what is brought to a machine as it is: what was built here from sources is built there once more."""
    if inside.there:
        return inside
    built = {wheel.name for wheel in lock.wheels_of(locked.name) if wheel.is_built}
    kept = {path: each for path, each in inside.objects.items() if inside.packages.get(path) not in built}
    return replace(inside, objects=kept)


def _of_surroundings(
    lock: Lockfile, locked: LockedTarget, machine: Machine, inside: Contents | None
) -> Iterator[Finding]:
    if lock.route == "venv":
        yield from interpreter_needs(locked.python, machine)
    yield from room_needs(lock, locked.name, machine, _taken(lock, locked, inside) if inside else None)


def _taken(lock: Lockfile, locked: LockedTarget, inside: Contents) -> Taken:
    """Return what an environment takes: of what could not be looked into, no less than what is downloaded."""
    unseen = sum(each.size for each in lock.artifacts_of(locked.name) if each.name in inside.unseen)
    return Taken(bytes=inside.size + unseen, files=inside.files, there=inside.there, at_least=bool(inside.unseen))


def _of_contents(
    inside: Contents, machine: Machine, knowledge: Knowledge, remedies: Remedies, *, remedy: str
) -> Iterator[Finding]:
    if machine.host.platform.startswith("linux-"):
        conda = {package.name for package in remedies.lock.conda}
        yield from foreign(inside.objects, inside.packages, architecture_of(machine.host.platform), remedy=remedy)
        # the C++ library comes with conda packages, never with wheels under its own name
        whole = conda.isdisjoint(inside.unseen)
        yield from unloadable(inside.objects, inside.packages, machine, remedy=remedy, whole=whole)
        yield from () if inside.unseen else unshipped(inside.objects, inside.packages, remedies.for_libraries)
        yield from demanding(inside.objects, inside.packages, machine)
    yield from gpu_needs(inside.objects, inside.packages, machine, knowledge.rules, knowledge.targets)
    yield from duplicated(inside.objects, inside.packages, remedies.for_runtime)
