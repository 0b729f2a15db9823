"""What a lock's packages require, as a tree; or turned over, who requires them."""

from collections.abc import Iterator, Sequence

from parity.core.dataclass import dataclass
from parity.core.graph import Graph, Key, Kind

_NARROWING = frozenset(" <>=!~[;")  # in a requirement that is more than a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a tree, below the nearest line before it whose `level` is one less.

    `needs` is the requirement that joins the two, in the words of whoever requires (empty at the root). `repeated`:
    what is below it is shown at another line. `last`: nothing comes after it in its place.
    """

    name: str
    version: str
    kind: Kind
    level: int
    needs: str = ""
    requested: bool = False
    repeated: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    key: Key
    level: int = 0
    needs: str = ""
    last: bool = True


def rows(
    graph: Graph, roots: Sequence[Key] = (), *, inverted: bool = False, depth: int | None = None
) -> tuple[Row, ...]:
    """Return the tree below some packages, in the order in which it is read.

    Without roots: below all that was asked for and what is not reached from there; inverted, below what requires
    nothing. `depth` is the greatest level that is shown. What stands below a package is shown once.
    """
    growing = _Growing(graph, inverted=inverted, depth=depth)
    if roots:
        return tuple(row for root in roots for row in growing.below(root))
    starts = sorted(growing.roots())
    found = [row for root in starts for row in growing.below(root)]
    reached = growing.reached(starts)
    for key in sorted(graph.packages):
        if key not in reached:
            found += growing.below(key)
            reached |= growing.reached([key])
    return tuple(found)


class _Growing:
    """A tree as far as it is known; `expanded` says at which level what is below a package was shown."""

    def __init__(self, graph: Graph, *, inverted: bool, depth: int | None) -> None:
        self._graph = graph
        self._next = graph.askers if inverted else graph.asked
        self._inverted = inverted
        self._depth = depth
        self._expanded: dict[Key, int] = {}

    def roots(self) -> Iterator[Key]:
        for key, package in self._graph.packages.items():
            if not self._next_of(key, turned=True) if self._inverted else package.requested:
                yield key

    def reached(self, starts: Sequence[Key]) -> set[Key]:
        """Return what is below some packages at any depth, and they themselves."""
        found: set[Key] = set()
        waiting = [*starts]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting += self._next_of(key)
        return found

    def below(self, root: Key) -> Iterator[Row]:
        stack = [_Waiting(root)]
        while stack:
            at = stack.pop()
            following = self._next_of(at.key)
            repeated = bool(following) and self._is_shown(at)
            package = self._graph.packages[at.key]
            yield Row(
                name=package.name,
                version=package.version,
                kind=at.key[0],
                level=at.level,
                needs=at.needs,
                requested=package.requested,
                repeated=repeated,
                last=at.last,
            )
            if not repeated and (self._depth is None or at.level < self._depth):
                self._expanded[at.key] = at.level
                many = len(following)
                stack += [
                    _Waiting(key, at.level + 1, following[key], index == many)
                    for index, key in reversed([*enumerate(sorted(following), 1)])
                ]

    def _next_of(self, key: Key, *, turned: bool = False) -> dict[Key, str]:
        links = self._graph.asked if turned else self._next
        return links.get(key, {})

    def _is_shown(self, at: _Waiting) -> bool:
        """Say whether what is below stands elsewhere; where a depth cuts it off, at least as much of it."""
        level = self._expanded.get(at.key)
        return level is not None and (self._depth is None or level <= at.level)


def drawn(tree: Sequence[Row]) -> tuple[str, ...]:
    """Return the lines of a tree as people read them; a root begins a line, and in a mixed one wheels are marked."""
    mixed = any(row.kind == "conda" for row in tree)
    lines: list[str] = []
    bars: list[str] = []
    for row in tree:
        bars = bars[: max(row.level - 1, 0)]
        joint = "" if not row.level else "└── " if row.last else "├── "
        lines.append(f"{''.join(bars)}{joint}{_told(row, mixed=mixed)}")
        if row.level:
            bars.append("    " if row.last else "│   ")
    return tuple(lines)


def _told(row: Row, *, mixed: bool) -> str:
    kind = " [pypi]" if mixed and row.kind == "pypi" else ""
    narrow = not _NARROWING.isdisjoint(row.needs)
    return f"{row.name} {row.version}{kind}{f' (`{row.needs}`)' if narrow else ''}{' (*)' if row.repeated else ''}"
