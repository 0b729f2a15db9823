"""Which wheels of a lock a machine does not take, and what will have to be built there."""

from collections.abc import Container, Iterable, Iterator

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
) -> Iterator[Finding]:
    """Yield a finding for each wheel that the machine's installer would refuse, and for each source distribution.

    `remedy` is the hint of core/lockfile/select. `compiled` are the packages that have compiled files,
    None where there is no environment that tells.
    """
    taken = frozenset(
        target_tags(machine.floors, python.implementation, python.version, free_threaded=python.free_threaded)
    )
    for wheel in wheels:
        if wheel.file.endswith(".whl"):
            yield from _unfit(wheel, taken, machine, remedy)
        elif wheel.file and machine.compilers is not None and (compiled is None or wheel.name in compiled):
            yield from _built_there(wheel, machine, known=compiled is not None)


def _unfit(wheel: LockedWheel, taken: frozenset[Tag], machine: Machine, remedy: str) -> Iterator[Finding]:
    try:
        tags = parse_wheel_filename(wheel.file)[3]
    except InvalidWheelFilename:
        return
    if tags & taken:
        return
    yield Finding(
        code="wheel-unfit",
        severity="error",
        subject=wheel.name,
        message=f"`{wheel.file}` {_why(tags, machine.host)}",
        hint=remedy or NO_REMEDY,
        package=wheel.name,
    )


def _why(tags: Iterable[Tag], host: Host) -> str:
    """Return what the easiest of a wheel's tags needs that a machine has not, as the end of a sentence."""
    has = f" with {host.libc} {host.libc_version}" if host.libc else f" with macOS {host.macos}" if host.macos else ""
    needs = sorted({platform_needs(tag.platform) for tag in tags})
    return f"is for {needs[0]}, and this is {host.platform}{has}"


def _built_there(wheel: LockedWheel, machine: Machine, *, known: bool) -> Iterator[Finding]:
    """Yield that there is no compiler: an error where it is `known` that one is needed."""
    has = {"cc", "gcc", "clang"} & set(machine.compilers or ())
    if not has:
        lacks = "there is no C compiler, which it needs" if known else "there is no C compiler if it needs one"
        yield Finding(
            code="compiler-missing",
            severity="error" if known else "warning",
            subject=wheel.name,
            message=f"`{wheel.file}` is built where it is installed, and {lacks}",
            hint=f"take a version of `{wheel.name}` that has wheels, or install a compiler there",
            package=wheel.name,
        )
