"""Which wheels of a lock a machine does not take, and what will have to be built there."""

from collections.abc import Container, Iterable, Iterator, Sequence

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from parity.core.findings import Finding
from parity.core.lockfile.model import LockedPython, LockedWheel
from parity.core.lockfile.select import NO_REMEDY
from parity.core.preflight.machine import Machine
from parity.core.target import Host
from parity.core.wheel_files import platform_needs, target_tags


def unfit_wheels(
    wheels: Iterable[LockedWheel],
    python: LockedPython,
    machine: Machine,
    *,
    remedy: str,
    compiled: Container[str] | None = None,
    elsewhere: Sequence[LockedWheel] = (),
    compiler: str = "",
) -> Iterator[Finding]:
    """Yield a finding for each wheel that the machine's installer would refuse, and for each source distribution.

    `remedy` is the hint of core/lockfile/select. `compiled` are the packages that have compiled files,
    None where there is no environment that tells. `elsewhere` are the wheels of the lock's other targets, `compiler` is
    the command that brings a compiler to the machine, where one is known.
    """
    taken = frozenset(
        target_tags(machine.floors, python.implementation, python.version, free_threaded=python.free_threaded)
    )
    for wheel in wheels:
        if wheel.file.endswith(".whl"):
            yield from _unfit(wheel, taken, machine, remedy)
        elif wheel.file and machine.compilers is not None and (compiled is None or wheel.name in compiled):
            ready = [each for each in elsewhere if each.name == wheel.name and _tags(each) & taken]
            yield from _built_there(wheel, machine, ready, compiler, known=compiled is not None)


def _unfit(wheel: LockedWheel, taken: frozenset[Tag], machine: Machine, remedy: str) -> Iterator[Finding]:
    tags = _tags(wheel)
    if not tags or tags & taken:
        return
    yield Finding(
        code="wheel-unfit",
        severity="error",
        subject=wheel.name,
        message=f"`{wheel.file}` {_why(tags, machine.host)}",
        hint=remedy or NO_REMEDY,
        package=wheel.name,
    )


def _tags(wheel: LockedWheel) -> frozenset[Tag]:
    """Return the tags in a wheel's name, none for what is no wheel's."""
    try:
        return parse_wheel_filename(wheel.file)[3]
    except InvalidWheelFilename:
        return frozenset()


def _why(tags: Iterable[Tag], host: Host) -> str:
    """Return what the easiest of a wheel's tags needs that a machine has not, as the end of a sentence."""
    has = f" with {host.libc} {host.libc_version}" if host.libc else f" with macOS {host.macos}" if host.macos else ""
    needs = sorted({platform_needs(tag.platform) for tag in tags})
    return f"is for {needs[0]}, and this is {host.platform}{has}"


def _built_there(
    wheel: LockedWheel, machine: Machine, ready: Sequence[LockedWheel], compiler: str, *, known: bool
) -> Iterator[Finding]:
    """Yield that there is no compiler: an error where it is `known` that one is needed."""
    has = {"cc", "gcc", "clang"} & set(machine.compilers or ())
    if not has:
        lacks = "there is no C compiler, which it needs" if known else "there is no C compiler if it needs one"
        install = f"`{compiler}` there brings one" if compiler else "install a C compiler there"
        other = f"; `{ready[0].name}=={ready[0].version}` has a wheel for it (`{ready[0].file}`)" if ready else ""
        yield Finding(
            code="compiler-missing",
            severity="error" if known else "warning",
            subject=wheel.name,
            message=f"`{wheel.file}` is built where it is installed, and {lacks}",
            hint=f"{install}{other}",
            package=wheel.name,
        )
