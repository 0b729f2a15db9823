"""Which conda packages of a lock ask more of a machine than it has: its virtual packages (CEP 30) against theirs."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda
from parity.core.preflight.machine import Machine

#: Says whether a virtual package of a name, version and build answers a MatchSpec.
Answers = Callable[[str, str, str, str], bool]

_LEVEL_PACKAGE = "_x86_64-microarch-level"
_LEVEL = re.compile(r"x86_64[-_]v(\d)")
_WORDS = {
    "__glibc": "glibc",
    "__cuda": "a driver for CUDA",
    "__osx": "macOS",
    "__linux": "Linux",
    "__archspec": "a CPU",
}


def unmet_needs(
    packages: Sequence[LockedConda], machine: Machine, answers: Answers, *, remedy: str
) -> Iterator[Finding]:
    """Yield a finding for each package that needs what the machine has not.

    `answers` is asked with a MatchSpec and a virtual package's name, version and build. `remedy` is the hint that
    `remedy` (core/lockfile/select) gives for the machine.
    """
    for package in packages:
        for need in package.depends:
            if need.startswith("__") and not _is_met(need, machine, answers):
                yield _unmet(package, need, machine, remedy)
        if package.name == _LEVEL_PACKAGE:
            built = [each.name for each in packages if _LEVEL_PACKAGE in map(_name_of, each.depends)]
            yield from _level(package, built or [package.name], machine)


def _is_met(need: str, machine: Machine, answers: Answers) -> bool:
    name = _name_of(need)
    has = machine.virtual_packages.get(name)
    if name == "__archspec" and _LEVEL.search(need):
        return _level_of(machine.level) >= _level_of(need)
    if name == "__archspec":
        return True  # names of processors are finer than the levels that a machine is known by
    if has is None:
        return False
    version, _, build = has.partition("=")
    return answers(need, name, version, build or "0")


def _unmet(package: LockedConda, need: str, machine: Machine, remedy: str) -> Finding:
    name = _name_of(need)
    has = machine.virtual_packages.get(name, "")
    found = f"has {_WORDS.get(name, name)} {has.partition('=')[0]}" if has else f"has no {_WORDS.get(name, name)}"
    return Finding(
        code="virtual-package-unmet",
        severity="error",
        subject=package.name,
        message=f"`{package.file}` needs `{need}`, and this machine {found}",
        hint=remedy,
        package=package.name,
    )


def _level(package: LockedConda, built: Iterable[str], machine: Machine) -> Iterator[Finding]:
    """Judge the package by which channels name a level of the x86-64 psABI: its version is the level of those built."""
    needs = int(package.version.split(".")[0]) if package.version[:1].isdigit() else 1
    if not machine.level or _level_of(machine.level) >= needs:
        return
    for name in built:
        yield Finding(
            code="cpu-too-old",
            severity="error",
            subject=name,
            message=f"it was locked for x86_64-v{needs}, and this machine has {machine.level}",
            hint=f"ask for `{_LEVEL_PACKAGE}={_level_of(machine.level)}`",
            package=name,
        )


def _name_of(need: str) -> str:
    """Return the name that a MatchSpec begins with."""
    return re.split(r"[\s=<>!~\[]", need, maxsplit=1)[0]


def _level_of(text: str) -> int:
    found = _LEVEL.search(text)
    return int(found[1]) if found else 1
