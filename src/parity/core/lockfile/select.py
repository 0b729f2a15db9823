"""Which of a lock's targets a machine takes."""

from collections.abc import Callable

from parity.core.errors import TargetNone, TargetUnknown
from parity.core.lockfile.model import LockedTarget, Lockfile
from parity.core.spelling import did_you_mean
from parity.core.target import Host, Targets, specificity, unsatisfied


def select(lock: Lockfile, host: Host, targets: Targets) -> LockedTarget:
    """Return the most specific target of a lock that a machine satisfies.

    Raises TargetNone, with the reason for each target, where it satisfies none; TargetUnknown where the lock names
    one that is not described.
    """
    described = {locked.name: targets.named(locked.name) for locked in lock.targets}
    reasons = {name: unsatisfied(target, host) for name, target in described.items()}
    fitting = [target for name, target in described.items() if not reasons[name]]
    if not fitting:
        because = "; ".join(f"`{name}`: {reason}" for name, reason in reasons.items())
        raise TargetNone(
            f"this machine satisfies no target of the lock: {because or 'it has none'}",
            hint="lock for this kind of machine too: `parity lock` with `--target` for each",
        )
    best = max(fitting, key=specificity).name
    return next(locked for locked in lock.targets if locked.name == best)


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
        return select(lock, host(), targets())
    except TargetNone:
        return lock.targets[0]
