"""What a user installs on a machine so that it has what packages leave to it: libraries, a compiler."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass


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

    def for_library(self, library: str, distribution: str) -> str:
        """Return the command that brings a library (`libGL.so.1`) to a distribution; empty where none is known."""
        manager = self.distributions.get(distribution, "")
        capability = self.managers.get(manager, {}).get("library", "").format(library)
        package = self.libraries.get(library, {}).get(manager, "") or capability
        return f"{self.commands[manager]} {package}" if package else ""

    def anywhere(self, library: str) -> str:
        """Return the commands that bring a library to any system, in words; empty where none is known."""
        package = self.libraries.get(library, {}).get("apt", "")
        capability = self.managers["dnf"]["library"].format(library)
        return f"`{self.commands['apt']} {package}` or `{self.commands['dnf']} {capability}`" if package else ""

    def of_channels(self, library: str) -> str:
        """Return the package of conda's channels that brings a library; empty where none is known."""
        return self.libraries.get(library, {}).get("conda", "")

    def for_compiling(self, distribution: str) -> str:
        """Return the command that brings a C compiler to a distribution; empty where none is known."""
        manager = self.distributions.get(distribution, "")
        package = self.managers.get(manager, {}).get("compiler", "")
        return f"{self.commands[manager]} {package}" if package else ""
