"""Looking after the caches: what they hold, whether it is what it was, and what of it can go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from parity.core.ports import Reporter
    from parity.engines.store.caches import Room, Tree
    from parity.engines.store.collection import Collection

_UNPACKED = "uv"  # what uv keeps can be fetched again, and shares its files with what it was unpacked from
_LOCKS = "locks"  # removing a lock's file would let two processes hold it


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that looking after the caches is handed."""

    folder: str
    collection: Collection
    rooms: Callable[[], Sequence[Room]]
    trees: Callable[[], Iterable[Tree]]
    sweep: Callable[[], None]
    freed: Callable[[Iterable[str]], int]
    remove: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCache:
    """What a look at every cached tree found; `dropped` are those that were removed for it."""

    trees: int
    findings: tuple[Finding, ...]
    dropped: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing wrong is left there."""
        return not self.findings or len(self.dropped) == len(self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedCache:
    """How many trees went, and how many bytes of the disk are free for it."""

    trees: int
    freed: int


def verify_cache(tools: Tools, *, drop: bool, reporter: Reporter) -> VerifiedCache:
    """Read every file of every cached tree; `drop` those that are not what was published, to be fetched anew.

    Raises OSError.
    """
    reporter.phase("reading every cached file")
    findings, dropped, count = [], [], 0
    with tools.collection.lock(waiting=lambda: reporter.phase("waiting until nobody builds")):
        for tree in tools.trees():
            count += 1
            changed = tree.changed()
            if changed:
                findings.append(_corrupt(tree, changed))
                if drop:
                    tree.drop()
                    dropped.append(tree.name)
    return VerifiedCache(trees=count, findings=tuple(findings), dropped=tuple(dropped))


def clean_cache(tools: Tools, *, everything: bool, reporter: Reporter) -> CleanedCache:
    """Remove what no environment is made of, and what uv keeps; with `everything` all that is there.

    Environments stay whole: what they are made of is theirs too. Raises OSError.
    """
    with tools.collection.removal(waiting=lambda: reporter.phase("waiting for another collection")):
        with tools.collection.lock(waiting=lambda: reporter.phase("waiting until nobody builds")):
            trees = [tree for tree in tools.trees() if everything or not tree.used]
            rooms = [room.name for room in tools.rooms() if room.name != _LOCKS and not room.name.startswith(".")]
            going = [f"{tools.folder}/{name}" for name in rooms if everything or name == _UNPACKED]
            going += [] if everything else [tree.path for tree in trees]
            size = tools.freed([*going, *tools.collection.graves()])
            for path in going:
                tools.collection.set_aside(path)
            tools.sweep()
        for grave in tools.collection.graves():
            tools.remove(grave)
    return CleanedCache(trees=len(trees), freed=size)


def _corrupt(tree: Tree, changed: Sequence[str]) -> Finding:
    more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    return Finding(
        code="cache-corrupt",
        severity="error",
        subject=tree.path,
        message=f"`{changed[0]}`{more} is not what was recorded for it",
        hint="run `parity cache verify --drop`, and `parity repair` in projects that use it",
    )
