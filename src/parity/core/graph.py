"""Who requires whom among the packages of one target, conda's and PyPI's in one picture."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from parity.core.conda.distributions import provided, required_name
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda, LockedWheel, Lockfile
from parity.core.translation.names import NameTable

Kind = Literal["conda", "pypi"]
Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The packages of one target. `askers` are by package: who requires it, and in which words; `asked` turns it over.

    `aliases` are the distributions that conda's packages bring, by their name on PyPI.
    """

    packages: Mapping[Key, LockedConda | LockedWheel]
    aliases: Mapping[str, Key]
    askers: defaultdict[Key, dict[Key, str]] = field(default_factory=lambda: defaultdict(dict))
    asked: defaultdict[Key, dict[Key, str]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, lock: Lockfile, target: str, names: NameTable) -> "Graph":
        """Return the graph of a lock's target."""
        conda, wheels = lock.conda_of(target), lock.wheels_of(target)
        packages: dict[Key, LockedConda | LockedWheel] = {("conda", each.name): each for each in conda}
        packages |= {("pypi", each.name): each for each in wheels}
        aliases: dict[str, Key] = (
            {each.name: ("conda", each.package) for each in provided(conda, names)} if conda else {}
        )
        graph = cls(packages=packages, aliases=aliases)
        for package in conda:
            graph._link(("conda", package.name), [(("conda", required_name(text)), text) for text in package.depends])
        for wheel in wheels:
            graph._link(
                ("pypi", wheel.name), [(graph._of_distribution(distribution(text)), text) for text in wheel.requires]
            )
        return graph

    def named(self, name: str) -> list[Key]:
        """Return the packages that go by a name, conda's or PyPI's; none where nothing does."""
        known: list[Key] = [("conda", name.lower()), ("pypi", canonicalize_name(name))]
        keys = [key for key in known if key in self.packages]
        return keys or [key for key in [self._of_distribution(canonicalize_name(name))] if key in self.packages]

    def _link(self, asker: Key, asked: Sequence[tuple[Key, str]]) -> None:
        for key, text in asked:
            if key in self.packages and key != asker:
                self.askers[key].setdefault(asker, text)
                self.asked[asker].setdefault(key, text)

    def _of_distribution(self, name: str) -> Key:
        return ("pypi", name) if ("pypi", name) in self.packages else self.aliases.get(name, ("pypi", name))


def distribution(text: str) -> str:
    """Return the name of the distribution that a requirement of a wheel is about, which may be no more than a name."""
    try:
        return canonicalize_name(Requirement(text).name)
    except InvalidRequirement:
        return canonicalize_name(text)
