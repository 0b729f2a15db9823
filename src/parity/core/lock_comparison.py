"""Two whole locks side by side, every target of both: what somebody reviews before a merge."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from parity.core import fingerprint as fingerprints
from parity.core.comparison import Difference, Side, compare, interpreter_of
from parity.core.dataclass import dataclass
from parity.core.fingerprint import Fingerprint
from parity.core.lockfile.model import LockedTarget, Lockfile


class Setting(NamedTuple):
    """Something that is settled for the whole lock; empty: nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetedDifference:
    """A difference, and the targets on which it is one."""

    difference: Difference
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockComparison:
    """What is different: `settings`, the targets that one side has alone, and the packages of those that both have.

    `shared` are the names of the targets that both have.
    """

    settings: tuple[Setting, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    shared: tuple[str, ...]
    entries: tuple[TargetedDifference, ...]

    def __len__(self) -> int:
        """Return how many differences there are."""
        return len(self.settings) + len(self.added) + len(self.removed) + len(self.entries)

    def to_dict(self) -> dict[str, Any]:
        """Return it as `parity diff --json` has it."""
        return {
            "settings": [
                {"name": name, "before": old or None, "after": new or None} for name, old, new in self.settings
            ],
            "added": list(self.added),
            "removed": list(self.removed),
            "entries": [{**each.difference.to_dict(), "targets": list(each.targets)} for each in self.entries],
        }


def side_of(lock: Lockfile, target: LockedTarget) -> Side:
    """Return what a lock promises for one of its targets."""
    return Side(
        fingerprint=Fingerprint(
            interpreter=interpreter_of(target),
            packages=fingerprints.packages_of(lock.conda_of(target.name), lock.wheels_of(target.name)),
            pieces=(),
            variables=dict(lock.variables),
        ),
        has_files=False,
    )


def compare_locks(before: Lockfile, after: Lockfile) -> LockComparison:
    """Return what is different between two locks, on all targets."""
    old = {target.name: target for target in before.targets}
    new = {target.name: target for target in after.targets}
    shared = sorted(old.keys() & new.keys())
    found: dict[Difference, list[str]] = {}
    for name in shared:
        for each in compare(side_of(before, old[name]), side_of(after, new[name])):
            found.setdefault(each, []).append(name)
    ranked = sorted(found, key=lambda each: (each.rank, each.name, each))
    return LockComparison(
        settings=tuple(_settings(_settled(before), _settled(after))),
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        shared=tuple(shared),
        entries=tuple(TargetedDifference(difference=each, targets=tuple(found[each])) for each in ranked),
    )


def _settings(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[Setting]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield Setting(name, old, new)


def _settled(lock: Lockfile) -> dict[str, str]:
    """Return what is settled for a whole lock, in the words of the file."""
    return {
        "route": lock.route,
        "channels": ", ".join(lock.channels),
        "channel-priority": lock.channel_priority,
        "groups": ", ".join(lock.groups),
        "extras": ", ".join(lock.extras),
        "exclude-newer": lock.exclude_newer,
        "link-scripts": ", ".join(lock.link_scripts),
        "sdists": ", ".join(lock.sdists),
        "prereleases": "allowed" if lock.prereleases else "",
        **{f"made with {name}": version for name, version in lock.made_with.items() if name != "conda-names"},
    }
