"""Who asked for a package: every way from what the user wrote to a package of a lock."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from parity.core.conda.distributions import provided, required_name
from parity.core.lockfile.model import LockedConda, LockedWheel, Lockfile
from parity.core.translation.names import NameTable

Kind = Literal["conda", "pypi"]
Key = tuple[Kind, str]

#: More chains than anybody reads; a package at the root of everything has thousands.
MOST_CHAINS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One package on the way, and what it requires of the next one (`numpy >=1.26,<2`; empty for the last)."""

    name: str
    version: str
    kind: Kind
    needs: str = ""


Chain = tuple[Link, ...]


def chains_to(lock: Lockfile, name: str, names: NameTable) -> dict[LockedConda | LockedWheel, tuple[Chain, ...]]:
    """Return the packages that go by a name, conda's or PyPI's, with the chains that lead to each, shortest first.

    Of each package there are `MOST_CHAINS` at most. Empty where nothing goes by the name.
    """
    found: dict[LockedConda | LockedWheel, dict[Chain, None]] = {}
    for target in lock.targets:
        graph = _Graph.of(lock, target.name, names)
        for key in graph.named(name):
            known = found.setdefault(graph.packages[key], {})
            known.update(dict.fromkeys(graph.chains(key)))
    return {package: tuple(sorted(known, key=len))[:MOST_CHAINS] for package, known in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    """The packages of one target. `askers` are by package: who requires it, and in which words."""

    packages: Mapping[Key, LockedConda | LockedWheel]
    aliases: Mapping[str, Key]
    askers: defaultdict[Key, dict[Key, str]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, lock: Lockfile, target: str, names: NameTable) -> "_Graph":
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
            graph._link(("pypi", wheel.name), [(graph._of_distribution(_name(text)), text) for text in wheel.requires])
        return graph

    def _link(self, asker: Key, asked: Sequence[tuple[Key, str]]) -> None:
        for key, text in asked:
            if key in self.packages and key != asker:
                self.askers[key].setdefault(asker, text)

    def _of_distribution(self, name: str) -> Key:
        return ("pypi", name) if ("pypi", name) in self.packages else self.aliases.get(name, ("pypi", name))

    def named(self, name: str) -> list[Key]:
        known: list[Key] = [("conda", name.lower()), ("pypi", canonicalize_name(name))]
        keys = [key for key in known if key in self.packages]
        return keys or [key for key in [self._of_distribution(canonicalize_name(name))] if key in self.packages]

    def chains(self, key: Key) -> Iterator[Chain]:
        """Yield the chains to a package, shorter ones first, until there are as many as are shown."""
        waiting: list[tuple[Key, ...]] = [(key,)]
        count = 0
        while waiting and count < MOST_CHAINS:
            longer: list[tuple[Key, ...]] = []
            for path in waiting:
                if self.packages[path[0]].requested:
                    count += 1
                    yield self._chain(path)
                longer += [(asker, *path) for asker in sorted(self.askers[path[0]]) if asker not in path]
            waiting = longer[: MOST_CHAINS * MOST_CHAINS]

    def _chain(self, path: Sequence[Key]) -> Chain:
        needs = [self.askers[after][before] for before, after in itertools.pairwise(path)]
        return tuple(
            Link(name=key[1], version=self.packages[key].version, kind=key[0], needs=text)
            for key, text in zip(path, [*needs, ""], strict=True)
        )


def _name(text: str) -> str:
    try:
        return canonicalize_name(Requirement(text).name)
    except InvalidRequirement:
        return canonicalize_name(text)
