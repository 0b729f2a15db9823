"""What a machine's interpreters and folders say to a lock: is there a Python, is there room, may programs run."""

from collections.abc import Iterator
from dataclasses import replace

from parity.core.amounts import counted, size_text
from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedPython, Lockfile
from parity.core.preflight.machine import Folder, Machine
from parity.core.target import numbers

#: python-build-standalone's documentation: what its programs for Linux need, and for macOS.
_PREBUILT_GLIBC = (2, 17)
#: conda's placeholder: a prefix that is longer cannot be written into a compiled file.
_LONGEST_PREFIX = 255
#: `/envs/v1/` and a key of 20 characters
_BELOW_HOME = 29


def interpreter_needs(python: LockedPython, machine: Machine) -> Iterator[Finding]:
    """Yield what is against the interpreter of a lock on the venv route; one that can be installed is no failure."""
    if machine.host.libc == "glibc" and numbers(machine.host.libc_version)[:2] < _PREBUILT_GLIBC:
        has = machine.host.libc_version or "none known"
        there = [each for each in machine.pythons or () if _same_minor(each, python.version)]
        if not there:
            yield Finding(
                code="interpreter-unavailable",
                severity="error",
                subject="interpreter",
                message=f"prebuilt Pythons need glibc 2.17, and this machine has {has}",
                hint=f"build Python {python.version} there",
            )
    elif machine.pythons is not None and not any(_same_minor(each, python.version) for each in machine.pythons):
        has = ", ".join(sorted(set(machine.pythons), key=numbers)) or "none"
        yield Finding(
            code="interpreter-missing",
            severity="warning",
            subject="interpreter",
            message=f"the lock is for Python {python.version}, and this machine has {has}",
            hint=f"`parity python install {python.version}` there, which needs the network once",
        )


def _same_minor(one: str, other: str) -> bool:
    return numbers(one)[:2] == numbers(other)[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an environment takes on a disk, as far as its artifacts were looked into; the rest makes it `at_least` that.

    `there` says that the machine has it already, so that it needs no room any more.
    """

    bytes: int
    files: int
    there: bool = False
    at_least: bool = False


def room_needs(lock: Lockfile, target: str, machine: Machine, taken: Taken | None) -> Iterator[Finding]:
    """Yield what is against the folders of a machine: too little room, no program may run there, a path too long.

    Where nothing is known to be `taken`, what is downloaded is the least that is needed.
    """
    download = sum(each.size for each in lock.conda_of(target)) + sum(each.size for each in lock.wheels_of(target))
    cached = Taken(bytes=download, files=0)
    for name, needs in {"cache": cached, "home": taken or replace(cached, at_least=True)}.items():
        if not (taken and taken.there) and (folder := machine.folders.get(name)):
            yield from _room(folder, needs)
    built = [wheel.name for wheel in lock.wheels_of(target) if wheel.is_built]
    if built and (temporary := machine.folders.get("temporary")) and temporary.noexec:
        yield Finding(
            code="folder-noexec",
            severity="warning",
            subject=built[0],
            message=f"`{built[0]}` is built where it is installed, and `{temporary.path}` lets no program run (noexec)",
            hint="set `TMPDIR` to another folder there",
            package=built[0],
        )
    if home := machine.folders.get("home"):
        yield from _rights(home)
        if lock.route == "conda" and home.path_bytes + _BELOW_HOME > _LONGEST_PREFIX:
            yield _remark("path-too-long", f"`{home.path}` is too long for conda packages that carry their prefix",
                         "set `PARITY_HOME` to a shorter path there")  # fmt: skip


def _room(folder: Folder, needs: Taken) -> Iterator[Finding]:
    if folder.free_bytes is not None and folder.free_bytes < needs.bytes:
        least = "at least " if needs.at_least else ""
        yield _remark(
            "room-missing",
            f"`{folder.path}` needs {least}{size_text(needs.bytes)}, and {size_text(folder.free_bytes)} are free",
            "free some, or set `PARITY_HOME` and `PARITY_CACHE_DIR` to another disk there",
        )
    if folder.free_inodes is not None and folder.free_inodes < needs.files:
        yield _remark(
            "room-missing",
            f"`{folder.path}` needs {counted(needs.files, 'file')}, and its disk takes {folder.free_inodes} more",
            "set `PARITY_HOME` to another file system there",
        )


def _rights(home: Folder) -> Iterator[Finding]:
    if home.noexec:
        yield _remark("folder-noexec", f"`{home.path}` lies where no program may be run (noexec)",
                     "set `PARITY_HOME` to another file system there")  # fmt: skip
    if not home.writable:
        yield _remark("folder-read-only", f"`{home.path}` may not be written to", "set `PARITY_HOME` to another folder")


def _remark(code: str, message: str, hint: str) -> Finding:
    return Finding(code=code, severity="error", subject="target", message=message, hint=hint)
