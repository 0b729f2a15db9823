"""What git asks for where two branches changed `parity.lock`: one lock of both, by meaning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.lock_merge import UNSEEN, Clash, merge, unsatisfied
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.core.lockfile.model import Lockfile
    from parity.core.translation.names import NameTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of merging. `merge_text` is git's own way, of ours, base and theirs; false: markers are left."""

    read: Callable[[Path], str | None]
    write: Callable[[Path, str], None]
    merge_text: Callable[[Path, Path, Path], bool]
    names: Callable[[], NameTable]
    answers: Callable[[str, str, str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """What became of it: `clashes` of both sides, `unmet` requirements, and whether a manifest is to be looked at.

    `unread` says why the locks were merged as text, `marked` that this left markers.
    """

    clashes: tuple[Clash, ...] = ()
    unmet: tuple[Clash, ...] = ()
    outdated: bool = False
    unread: str = ""
    marked: bool = False

    @property
    def ok(self) -> bool:
        """Whether git may go on by itself."""
        return not (self.clashes or self.unmet or self.marked)


def merge_files(tools: Tools, base: Path, ours: Path, theirs: Path) -> MergeResult:
    """Write the lock of both sides over ours. Where they clash it has ours, and is outdated in any case.

    A side that is no lock is merged as git merges text. Raises GitFailed, OSError.
    """
    try:
        old, mine, other = (_parsed(tools, path) for path in (base, ours, theirs))
    except LockfileError as error:
        return MergeResult(unread=error.message, marked=not tools.merge_text(ours, base, theirs))
    if mine is None or other is None:
        return MergeResult(unread="one side is empty", marked=not tools.merge_text(ours, base, theirs))
    merged = merge(old, mine, other)
    known = unsatisfied(mine, tools.names(), tools.answers) | unsatisfied(other, tools.names(), tools.answers)
    unmet = unsatisfied(merged.lock, tools.names(), tools.answers) - known
    lock = merged.lock
    if merged.clashes or unmet:
        lock = replace(lock, manifests=dict.fromkeys(lock.manifests, UNSEEN))
    tools.write(ours, v1.dump(lock))
    return MergeResult(clashes=merged.clashes, unmet=tuple(sorted(unmet)), outdated=UNSEEN in lock.manifests.values())


def _parsed(tools: Tools, path: Path) -> Lockfile | None:
    """Return a side's lock, None where it is empty, as the base is of what both sides added."""
    try:
        text = tools.read(path)
    except UnicodeDecodeError as error:
        raise v1.undecodable(error, path.name) from None
    return v1.parse(text, path.name) if text and text.strip() else None
