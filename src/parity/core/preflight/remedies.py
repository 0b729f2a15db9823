"""What would work where compiled files ask for what nobody brings, or bring what others bring too: computed hints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parity.core.lockfile.model import LockedConda, Lockfile
from parity.core.preflight.system_packages import SystemPackages

#: What has conda's packages take one make of a runtime library: the package whose builds choose, and the builds.
_CHOOSING = {"BLAS": ("libblas", "libblas=*=*openblas"), "OpenMP": ("_openmp_mutex", "_openmp_mutex=*=*_llvm")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """What is known of one lock's target, of the machine's distribution, and of packages elsewhere.

    `conda_name` returns what a distribution is called in conda's channels, nothing where nobody knows.
    """

    lock: Lockfile
    target: str
    distribution: str
    system: SystemPackages
    conda_name: Callable[[str], str]

    def for_library(self, library: str) -> str:
        """Return what brings a library that no package brings."""
        if "/" in library:
            return "it is loaded from that very place and from no other: take another build"
        channels = self.system.of_channels(library)
        if channels and self.lock.route == "conda":
            return f"`parity add {channels}` brings it"
        also = f"; on the conda route `{channels}` brings it" if channels else ""
        if command := self.system.for_library(library, self.distribution):
            return f"`{command}` there brings it{also}"
        if not self.distribution and (commands := self.system.anywhere(library)):
            return f"{commands} there brings it{also}"
        return f"the system must have it where this part is used, and no package is known that brings it{also}"

    def for_runtime(self, kind: str, owners: Sequence[str]) -> str:
        """Return how the packages that bring several makes of a runtime library (`OpenMP`) come to share one."""
        conda = {package.name: package for package in self.lock.conda_of(self.target)}
        wheels = [name for name in owners if name not in conda]
        renamed = {name: self.conda_name(name) for name in wheels}
        if not wheels:
            return _chosen(kind, owners, conda)
        if not all(renamed.values()):
            lacking = ", ".join(f"`{name}`" for name, there in renamed.items() if not there)
            return f"no build of {lacking} is known that shares one: load these in separate processes"
        named = ", ".join(f"`{name}`" if name == there else f"`{name}` as `{there}`" for name, there in renamed.items())
        where = "from the channels" if self.lock.route == "conda" else "on the conda route"
        return f"take {named} {where}: packages of a channel are built to share one"


def _chosen(kind: str, owners: Sequence[str], conda: dict[str, LockedConda]) -> str:
    """Return the requirement that chooses one make, and who asks for which."""
    askers = [
        f"`{package.name}` asks for `{owner}`"
        for owner in owners
        for package in conda.values()
        if owner in {need.split(maxsplit=1)[0] for need in package.depends}
    ]
    package, requirement = _CHOOSING.get(kind, ("cuda-version", ""))
    if kind == "BLAS" and package not in conda and "mkl" in owners:
        package, requirement = "mkl", "nomkl"  # how Anaconda's own channels choose
    if package not in conda:
        return (
            f"no build is known that shares one: {', '.join(askers)}" if askers else "no build is known that shares one"
        )
    asked = f"`parity add '{requirement or f'{package}={conda[package].version}'}'` has all share one"
    return f"{asked}: {', '.join(askers)}" if askers else asked
