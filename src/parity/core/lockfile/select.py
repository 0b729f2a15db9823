"""Which of a lock's targets a machine takes."""

from collections.abc import Callable, Collection, Mapping

from parity.core.errors import CpuRefused, TargetNone, TargetUnknown
from parity.core.lockfile.model import LockedTarget, Lockfile
from parity.core.lockfile.recorded import described
from parity.core.spelling import did_you_mean
from parity.core.target import Host, Target, Targets, kind_of, unsatisfied

NO_REMEDY = "no named target fits this machine"


def select(
    lock: Lockfile,
    host: Host,
    targets: Targets,
    *,
    named: Collection[str] = (),
    allow_cpu: bool = False,
    settled: bool = False,
) -> LockedTarget:
    """Return the most specific target of a lock that a machine satisfies; of those that are `named`, where any are.

    Where a lock has targets with an accelerator for this kind of machine and it satisfies none of them, it takes one
    for its processor only if that says `+cpu`, or is named, or `allow_cpu` says so. `settled`: the project's settings
    name the targets. Raises TargetNone, with the reason
    for each target, where it satisfies none; CpuRefused; TargetUnknown where a target is named that the lock does not
    have, or the lock has one that is not described.
    """
    known = described(lock, targets)
    if unknown := [name for name in named if name not in known]:
        shown = ", ".join(f"`{name}`" for name in known)
        raise TargetUnknown(f"the lock is not for `{unknown[0]}`", hint=f"it is for {shown}")
    asked = {name: target for name, target in known.items() if not named or name in named}
    reasons = {name: unsatisfied(target, host) for name, target in asked.items()}
    fitting = [target for name, target in asked.items() if not reasons[name]]
    if not fitting:
        because = "; ".join(f"`{name}`: {reason}" for name, reason in reasons.items())
        of_them = "this target" if len(asked) == 1 and named else "none of these targets" if named else ""
        said = "does not satisfy" if of_them == "this target" else "satisfies"
        raise TargetNone(
            f"this machine {said} {of_them or 'no target of the lock'}: {because or 'it has none'}",
            hint=_otherwise(lock, asked) or remedy(lock, host, targets, settled=settled) or NO_REMEDY,
        )
    best = max(fitting, key=lambda target: targets.specificity(target, host))
    if not (named or allow_cpu) and (missed := missed_by(best, known, host)):
        raise CpuRefused(
            f"what is left for this machine is `{best.name}`, without an accelerator: {missed}",
            hint=f"mend what is missing, or take it with `parity sync --target {best.name}` or `--allow-cpu`; "
            f"a target `{best.name}+cpu` in the lock is taken unasked",
        )
    return next(locked for locked in lock.targets if locked.name == best.name)


def remedy(lock: Lockfile, host: Host, targets: Targets, *, settled: bool = False) -> str:
    """Return what has a lock for a machine too, as a hint; empty where no named target fits it.

    A command names what the lock is for already: what is given by flag takes the place of that. Where the settings name
    the targets (`settled`), a flag would count only once. Where the machine's is among them, only what is locked for
    that can be another.
    """
    newest = targets.fitting(host)
    if newest is None:
        return ""
    names = [target.name for target in lock.targets]
    if newest.name in names:
        return f"the lock is for `{newest.name}` already: another version or build of it may fit"
    if settled:
        return f"lock for it too: add `{newest.name}` to `targets` in `[tool.parity]`, and run `parity lock`"
    return f"lock for it too: `{' '.join(['parity lock', *(f'--target {name}' for name in (*names, newest.name))])}`"


def _otherwise(lock: Lockfile, asked: Collection[str]) -> str:
    """Return the other targets of a lock, where only some are asked for."""
    others = [f"`{target.name}`" for target in lock.targets if target.name not in asked]
    return f"leave `--target` out, or name another one of the lock's: {', '.join(others)}" if others else ""


def accelerated(lock: Lockfile, host: Host, targets: Targets) -> bool:
    """Say whether what a machine takes of a lock depends on its accelerators."""
    return any(
        kind_of(target.accelerator) in {"cuda", "rocm"} and target.platform == host.platform
        for target in described(lock, targets).values()
    )


def missed_by(best: Target, known: Mapping[str, Target], host: Host) -> str:
    """Return why a machine goes without the accelerators that other targets of its platform have.

    That is part of a sentence; it is empty where the target that it takes has one, or says that it is for none.
    """
    accelerators = {"cuda", "rocm"}
    missed = [
        each for each in known.values() if kind_of(each.accelerator) in accelerators and each.platform == host.platform
    ]
    return "" if best.accelerator else "; ".join(f"`{each.name}`: {unsatisfied(each, host)}" for each in missed)


def preferred(lock: Lockfile, host: Callable[[], Host], targets: Callable[[], Targets], name: str = "") -> LockedTarget:
    """Return the target that is looked at: the one of a name, else the machine's, else the first.

    Raises TargetUnknown where the lock has none of this name.
    """
    if name:
        known = {locked.name: locked for locked in lock.targets}
        if name not in known:
            listed = ", ".join(f"`{each}`" for each in sorted(known))
            hint = did_you_mean(name, sorted(known), f"it has {listed}")
            raise TargetUnknown(f"the lock has no target `{name}`", hint=hint)
        return known[name]
    try:
        return select(lock, host(), targets(), allow_cpu=True)
    except TargetNone:
        return lock.targets[0]
