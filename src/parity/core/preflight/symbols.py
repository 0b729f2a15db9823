"""What compiled files ask of a machine's own libraries, against what it has.

A file loads where each version of a symbol that it needs, weak references apart, is in the library that it names.
Libraries that the environment ships itself are not the machine's to bring.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from parity.core.amounts import counted
from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.preflight.machine import Machine
from parity.core.target import numbers

#: Versions of symbols that name a version of a library, and the library.
_FAMILIES = {"GLIBC": "glibc", "GLIBCXX": "libstdc++", "CXXABI": "libstdc++"}
_VERSION = re.compile(r"(GLIBC|GLIBCXX|CXXABI)_(\d+(?:\.\d+)+)")
#: What any system with this C library has (libz by PEP 600's profiles), and what only a driver brings.
_SYSTEM = re.compile(
    r"(ld-linux.*|ld-musl.*|libc\.musl.*"
    r"|lib(c|m|dl|pthread|rt|util|resolv|anl|nsl|mvec|gcc_s|stdc\+\+|z|cuda|nvidia-ml|nvcuvid|nvidia-encode)\.so\..*)"
)
#: Libraries of which a process should have one: two makes of it, or two versions of CUDA's, clash where both load.
_RUNTIMES = {
    "OpenMP": re.compile(r"lib(gomp|iomp5|omp)[-.].*"),
    "BLAS": re.compile(r"lib(?:scipy_)?(openblas|mkl|blis)[-_.\d].*"),
    "CUDA runtime": re.compile(r"(libcudart[-.].*?\.so\.\d+).*"),
}
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedObject:
    """What a compiled file says: its processor, its own name, the libraries it needs, versions of their symbols.

    `level` is the level of the x86-64 psABI that a loader demands of it (1 to 4; 0: none), `gpus` are the architectures
    that it has programs for (`sm_90`, `compute_90`).
    """

    machine: str
    soname: str
    needed: tuple[str, ...]
    versions: Mapping[str, tuple[str, ...]]
    level: int = 0
    gpus: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "SharedObject":
        """Read what `to_dict` wrote."""
        versions = {library: tuple(names) for library, names in data["versions"].items()}
        return cls(
            machine=data["machine"],
            soname=data["soname"],
            needed=tuple(data["needed"]),
            versions=versions,
            level=data["level"],
            gpus=tuple(data["gpus"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        versions = {library: list(names) for library, names in self.versions.items()}
        return {
            "machine": self.machine,
            "soname": self.soname,
            "needed": list(self.needed),
            "versions": versions,
            "level": self.level,
            "gpus": list(self.gpus),
        }


def unloadable(
    objects: Mapping[str, SharedObject],
    packages: Mapping[str, str],
    machine: Machine,
    *,
    remedy: str,
    whole: bool = True,
) -> Iterator[Finding]:
    """Yield an error for each package of which the machine's C or C++ library cannot load a file.

    `objects` are the environment's compiled files by path, `packages` says of which package each is. The file is named
    that asks most. `remedy` is the hint that `remedy` (core/lockfile/select) gives for the machine. `whole` says that
    these are all files that may bring a C++ library; else only the machine's C library is judged.
    """
    shipped = frozenset(_names(objects))
    has = {"GLIBC": machine.host.libc_version if machine.host.libc == "glibc" else "",
           "GLIBCXX": machine.glibcxx if whole else "", "CXXABI": machine.cxxabi if whole else ""}  # fmt: skip
    wanting: dict[str, list[tuple[bool, tuple[int, ...], str, str]]] = defaultdict(list)
    for path, each in sorted(objects.items()):
        lacks = [_rank(kind, version) for kind, version in _asked(each, shipped) if _newer(version, has[kind])]
        if lacks:
            wanting[packages.get(path) or path].append((*max(lacks), path))
    for package, lacking in sorted(wanting.items()):
        _, _, symbol, path = max(lacking)
        kind = symbol.partition("_")[0]
        more = f" (and {counted(len(lacking) - 1, 'more file')})" if len(lacking) > 1 else ""
        yield Finding(
            code="symbol-missing",
            severity="error",
            subject=package,
            message=f"`{path}`{more} needs `{symbol}`, and {_FAMILIES[kind]} of this machine ends at {has[kind]}",
            hint=remedy,
            package=package if package != path else "",
        )


def _rank(kind: str, version: str) -> tuple[bool, tuple[int, ...], str]:
    """Return what puts the C library's versions before the C++ library's, newer ones before older, and the symbol."""
    return kind == "GLIBC", numbers(version), f"{kind}_{version}"


def _asked(each: SharedObject, shipped: frozenset[str]) -> Iterator[tuple[str, str]]:
    for library, names in each.versions.items():
        if library not in shipped:
            yield from ((found[1], found[2]) for name in names if (found := _VERSION.fullmatch(name)))


def _newer(version: str, has: str) -> bool:
    """Tell whether a version is newer than what the machine has, where that is known."""
    return bool(has) and numbers(version) > numbers(has)


def _names(objects: Mapping[str, SharedObject]) -> Iterator[str]:
    """Yield the names under which an environment's own libraries are found."""
    for path, each in objects.items():
        yield path.rsplit("/", 1)[-1]
        if each.soname:
            yield each.soname


def unshipped(
    objects: Mapping[str, SharedObject], packages: Mapping[str, str], remedy: Callable[[Sequence[str]], str]
) -> Iterator[Finding]:
    """Yield a warning for each package whose files need libraries that no package ships and not every system has.

    `remedy` says of libraries what brings them.
    """
    shipped = frozenset(_names(objects))
    wanting: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path, each in sorted(objects.items()):
        for library in each.needed:
            if library not in shipped and not _SYSTEM.fullmatch(library):
                wanting[packages.get(path) or path][path].append(library)
    for package, files in sorted(wanting.items()):
        libraries = sorted({library for needed in files.values() for library in needed})
        first, others = min(files), len(files) - 1
        need = f"`{first}` and {counted(others, 'more file')} need" if others else f"`{first}` needs"
        yield Finding(
            code="library-unshipped",
            severity="warning",
            subject=package,
            message=f"{need} {', '.join(f'`{name}`' for name in libraries)}, which no package brings",
            hint=remedy(libraries),
            package="" if package in files else package,
        )


def duplicated(
    objects: Mapping[str, SharedObject], packages: Mapping[str, str], remedy: Callable[[str, Sequence[str]], str]
) -> Iterator[Finding]:
    """Yield a warning for each kind of runtime library of which an environment has more than one make.

    `remedy` says of a kind and of the packages that bring one how they come to share it.
    """
    for kind, pattern in _RUNTIMES.items():
        makes = {path: found[1] for path in sorted(objects) if (found := pattern.fullmatch(path.rsplit("/", 1)[-1]))}
        if len(set(makes.values())) > 1:
            owners = sorted({packages[path] for path in makes if packages.get(path)})
            yield Finding(
                code="runtime-duplicated",
                severity="warning",
                subject=owners[0] if owners else next(iter(makes)),
                message=f"there are several {kind} libraries that clash in one process: {_listed(list(makes))}",
                hint=remedy(kind, owners) if owners else "",
                package=owners[0] if owners else "",
            )


def _listed(paths: Sequence[str]) -> str:
    shown = ", ".join(f"`{path}`" for path in paths[:_SHOWN])
    return shown + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")


def demanding(objects: Mapping[str, SharedObject], packages: Mapping[str, str], machine: Machine) -> Iterator[Finding]:
    """Yield an error for each package of which a file demands a higher level of the processor than the machine has.

    The loader of glibc refuses such a file, from 2.33 on. Nothing is said of machines whose level is not known.
    """
    has = int(machine.level[-1]) if machine.level[-1:].isdigit() and "-v" in machine.level else 1
    lacking: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for path, each in sorted(objects.items()):
        if machine.level and each.level > has:
            lacking[packages.get(path) or path].append((each.level, path))
    for package, files in sorted(lacking.items()):
        level, path = max(files)
        more = f" (and {counted(len(files) - 1, 'more file')})" if len(files) > 1 else ""
        yield Finding(
            code="cpu-too-old",
            severity="error",
            subject=package,
            message=f"`{path}`{more} was compiled for x86_64-v{level}, and this machine has {machine.level}",
            hint=f"take a build for x86_64-v{has} or for any x86_64, or build it there",
            package=package if package != path else "",
        )


def foreign(
    objects: Mapping[str, SharedObject], packages: Mapping[str, str], processor: str, *, remedy: str
) -> Iterable[Finding]:
    """Yield an error for each file that was compiled for another processor than `processor` (`x86_64`)."""
    for path, each in sorted(objects.items()):
        if each.machine and each.machine != processor:
            yield Finding(
                code="processor-foreign",
                severity="error",
                subject=packages.get(path) or path,
                message=f"`{path}` was compiled for {each.machine}, and this machine is {processor}",
                hint=remedy,
                package=packages.get(path, ""),
            )
