"""What a user installs on a machine so that it has what packages leave to it: libraries, a compiler."""

import tomllib
from collections.abc import Iterable, Mapping

from parity.core.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPackages:
    """Which package of a system brings what; see `data/system_packages.toml`.

    `commands` are what installs a package, by package manager (`apt-get install`); `of_channels` are the packages of
    conda's channels that bring a library.
    """

    commands: Mapping[str, str]
    managers: Mapping[str, Mapping[str, str]]
    distributions: Mapping[str, str]
    libraries: Mapping[str, Mapping[str, str]]

    @classmethod
    def from_text(cls, text: str, commands: Mapping[str, str]) -> "SystemPackages":
        """Read the table."""
        return cls(commands=commands, **tomllib.loads(text))

    def manager_of(self, distribution: str) -> str:
        """Return the package manager of a distribution; empty where none is known."""
        return self.distributions.get(distribution, "")

    def packages(self, manager: str, libraries: Iterable[str]) -> Mapping[str, str]:
        """Return what a package manager is asked for to bring libraries (`libGL.so.1`), those that it is known for.

        One with a path in it is loaded from that place, and nothing else will do.
        """
        capability = self.managers.get(manager, {}).get("library", "")
        known = {name: self.libraries.get(name, {}).get(manager) or capability.format(name) for name in libraries}
        return {name: package for name, package in known.items() if package and "/" not in name}

    def command(self, manager: str, packages: Iterable[str]) -> str:
        """Return the command that installs packages."""
        return f"{self.commands[manager]} {' '.join(dict.fromkeys(packages))}"

    def of_channels(self, library: str) -> str:
        """Return the package of conda's channels that brings a library; empty where none is known."""
        return self.libraries.get(library, {}).get("conda", "")

    def for_compiling(self, distribution: str) -> str:
        """Return the command that brings a C compiler to a distribution; empty where none is known."""
        manager = self.manager_of(distribution)
        package = self.managers.get(manager, {}).get("compiler", "")
        return self.command(manager, [package]) if package else ""
