"""What would work where compiled files ask for what nobody brings, or bring what others bring too: computed hints."""

from collections.abc import Callable, Iterator, Sequence

from parity.core.dataclass import dataclass
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

    def for_libraries(self, libraries: Sequence[str]) -> str:
        """Return what brings libraries that no package brings; of which nobody knows that, is said too."""
        channels = {library: self.system.of_channels(library) for library in libraries}
        if self.lock.route == "conda":
            added = " ".join(dict.fromkeys(filter(None, channels.values())))
            rest = [library for library in libraries if not channels[library]]
            told = [*([f"run `parity add {added}`"] if added else []), *self._of_system(rest)]
            return "; ".join(told)
        named = [f"`{name}`" for name in dict.fromkeys(filter(None, channels.values()))]
        also = f"on the conda route take {', '.join(named)}"
        return "; ".join([*self._of_system(libraries), *([also] if named else [])])

    def _of_system(self, libraries: Sequence[str]) -> Iterator[str]:
        """Yield the commands that bring libraries to the machine, and which of them no command is known for."""
        managers = [self.system.manager_of(self.distribution)] if self.distribution else ["apt", "dnf"]
        found = {each: self.system.packages(each, libraries) for each in managers}
        commands = [self.system.command(each, packages.values()) for each, packages in found.items() if packages]
        known = {library for packages in found.values() for library in packages}
        if commands:
            yield f"run {' or '.join(f'`{command}`' for command in commands)} there"
        if unknown := [library for library in libraries if library not in known]:
            yield f"of {', '.join(f'`{library}`' for library in unknown)} no package is known"

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
