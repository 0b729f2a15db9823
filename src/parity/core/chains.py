"""Who asked for a package: every way from what the user wrote to a package of a lock."""

import itertools
from collections.abc import Iterator, Sequence

from parity.core.dataclass import dataclass
from parity.core.graph import Graph, Key, Kind
from parity.core.lockfile.model import LockedConda, LockedWheel, Lockfile
from parity.core.translation.names import NameTable

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
        graph = Graph.of(lock, target.name, names)
        for key in graph.named(name):
            known = found.setdefault(graph.packages[key], {})
            known.update(dict.fromkeys(_chains(graph, key)))
    return {package: tuple(sorted(known, key=len))[:MOST_CHAINS] for package, known in found.items()}


def _chains(graph: Graph, key: Key) -> Iterator[Chain]:
    """Yield the chains to a package, shorter ones first, until there are as many as are shown."""
    waiting: list[tuple[Key, ...]] = [(key,)]
    count = 0
    while waiting and count < MOST_CHAINS:
        longer: list[tuple[Key, ...]] = []
        for path in waiting:
            if graph.packages[path[0]].requested:
                count += 1
                yield _chain(graph, path)
            longer += [(asker, *path) for asker in sorted(graph.askers[path[0]]) if asker not in path]
        waiting = longer[: MOST_CHAINS * MOST_CHAINS]


def _chain(graph: Graph, path: Sequence[Key]) -> Chain:
    needs = [graph.askers[after][before] for before, after in itertools.pairwise(path)]
    return tuple(
        Link(name=key[1], version=graph.packages[key].version, kind=key[0], needs=text)
        for key, text in zip(path, [*needs, ""], strict=True)
    )
