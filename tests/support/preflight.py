"""Locks, machines and compiled files, in a few words, for the tests of what looks ahead."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from parity.core.builds.modules import Modules
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.preflight.accelerators import load_rules
from parity.core.preflight.examine import Contents, Examined, Knowledge
from parity.core.preflight.machine import Folder, Machine
from parity.core.preflight.symbols import SharedObject
from parity.core.preflight.system_packages import SystemPackages
from parity.core.target import Host, Targets, load_targets
from parity.engines.conda.virtual_packages import answers

GB = 1_000_000_000


def data(name: str) -> str:
    """Return a data file of parity's."""
    return (files("parity") / "data" / name).read_text(encoding="utf-8")


TARGETS: Targets = load_targets(data("targets.toml"))
SYSTEM = SystemPackages.from_text(data("system_packages.toml"), Modules.from_text(data("python_modules.toml")).managers)
KNOWLEDGE = Knowledge(
    targets=TARGETS,
    rules=load_rules(data("accelerators.toml")),
    answers=answers,
    system=SYSTEM,
    conda_name=lambda name: {"torch": "pytorch", "a": "a"}.get(name, ""),
)


def wheel(name: str, tag: str = "py3-none-any", version: str = "1.0", size: int = 1000) -> LockedWheel:
    """Return a locked wheel of a tag."""
    file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
    return LockedWheel(name=name, version=version, targets=("linux-64",), file=file, sha256="0", size=size)


def sdist(name: str) -> LockedWheel:
    """Return a locked source distribution."""
    return LockedWheel(name=name, version="1.0", targets=("linux-64",), file=f"{name}-1.0.tar.gz", sha256="0")


def package(name: str, *depends: str, version: str = "1.0", build: str = "0") -> LockedConda:
    """Return a locked conda package."""
    file = f"{name}-{version}-{build}.conda"
    return LockedConda(name=name, version=version, build=build, channel="c", subdir="linux-64", file=file, sha256="0",
                       targets=("linux-64",), depends=depends)  # fmt: skip


def lock(*packages: LockedWheel | LockedConda, target: str = "linux-64") -> Lockfile:
    """Return a lock for one target."""
    conda = tuple(each for each in packages if isinstance(each, LockedConda))
    wheels = tuple(each for each in packages if isinstance(each, LockedWheel))
    python = LockedPython(implementation="cpython", version="3.12", request="3.12")
    return Lockfile(route="conda" if conda else "venv", manifests={}, made_with={}, wheels=wheels, conda=conda,
                    targets=(LockedTarget(name=target, python=python),))  # fmt: skip


def server(**known: Any) -> Machine:
    """Return a real machine: glibc 2.31, an old driver, room."""
    facts: dict[str, Any] = {
        "name": "server",
        "host": Host(platform="linux-64", libc="glibc", libc_version="2.31", cuda="12.2"),
        "virtual_packages": {"__glibc": "2.31", "__linux": "5.4", "__unix": "0", "__cuda": "12.2"},
        "level": "x86_64-v3",
        "glibcxx": "3.4.28",
        "cxxabi": "1.3.12",
        "pythons": ("3.12.4",),
        "compilers": ("cc",),
        "folders": {"home": folder(), "cache": folder()},
    }
    return Machine(**{**facts, **known})


def folder(**known: Any) -> Folder:
    """Return a folder with room and rights."""
    facts: dict[str, Any] = {"path": "~/store", "free_bytes": 100 * GB, "free_inodes": 1_000_000, "noexec": False,
                                "writable": True, "path_bytes": 30}  # fmt: skip
    return Folder(**{**facts, **known})


def codes(examined: Examined) -> list[tuple[str, str, str]]:
    """Return each finding's severity, code and subject."""
    return [(each.severity, each.code, each.subject) for each in examined.findings]


def contents(objects: Mapping[str, SharedObject], size: int = 1000, count: int = 10) -> Contents:
    """Return an environment whose files belong to the package that their first folder names."""
    packages = {path: path.split("/", 1)[0] for path in objects}
    return Contents(objects=objects, packages=packages, size=size, files=count)


def library(soname: str = "", needs: tuple[str, ...] = (), **versions: str) -> SharedObject:
    """Return a compiled file; `libc` stands for `libc.so.6`, `stdcxx` for `libstdc++.so.6`."""
    names = {"libc": "libc.so.6", "stdcxx": "libstdc++.so.6"}
    given = {names[name]: (version,) for name, version in versions.items()}
    return SharedObject(machine="x86_64", soname=soname, needed=(*needs, *given), versions=given)
