"""What a lock says of the targets that have no name of parity's own: what decides about other machines, and no more."""

from collections.abc import Mapping

from parity.core.lockfile.model import LockedMachine, LockedTarget, Lockfile
from parity.core.target import Target, Targets


def machine_of(target: Target) -> LockedMachine | None:
    """Return what a lock has to say of a target's machine; nothing where its name says it."""
    if not target.own:
        return None
    return LockedMachine(
        platform=target.platform,
        libc=target.libc,
        libc_version=target.libc_version,
        glibcxx=target.glibcxx,
        cxxabi=target.cxxabi,
        macos=target.macos,
        accelerator=target.accelerator,
    )


def recorded(lock: Lockfile, targets: Targets) -> tuple[Target, ...]:
    """Return the targets that a lock describes itself."""
    return tuple(
        _target(locked, locked.machine, targets)
        for locked in lock.targets
        if locked.machine and locked.name not in targets.plain
    )


def described(lock: Lockfile, targets: Targets) -> Mapping[str, Target]:
    """Return what each target of a lock is, by its name. Raises TargetUnknown, TargetImpossible."""
    known = targets.knowing(recorded(lock, targets))
    return {locked.name: known.named(locked.name) for locked in lock.targets}


def redescribed(lock: Lockfile, wanted: Mapping[str, Target]) -> list[str]:
    """Return, as sentences, which of a lock's targets are other machines now than it says."""
    return [
        f"`{locked.name}` is another machine now"
        for locked in lock.targets
        if (target := wanted.get(locked.name))
        and (target.own or locked.machine)
        and (machine_of(target), target.virtual_packages) != (locked.machine, locked.virtual_packages)
    ]


def _target(locked: LockedTarget, machine: LockedMachine, targets: Targets) -> Target:
    target = Target(
        name=locked.name,
        platform=machine.platform,
        uv="",
        libc=machine.libc,
        libc_version=machine.libc_version,
        glibcxx=machine.glibcxx,
        cxxabi=machine.cxxabi,
        macos=machine.macos,
        accelerator=machine.accelerator,
        torch_backend=targets.accelerators.get(machine.accelerator, ""),
        virtual_packages=locked.virtual_packages,
        own=True,
    )
    return targets.with_uv(target)
