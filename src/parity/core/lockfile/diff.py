"""What is different between two locks."""

from typing import Any, Literal

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda, LockedWheel, Lockfile

Kind = Literal["added", "removed", "changed"]
PYTHON = "python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One package of either kind, or the Python, of one target: its version before and after (empty: none)."""

    target: str
    name: str
    kind: Kind
    before: str
    after: str

    def to_dict(self) -> dict[str, Any]:
        """Return the change as `parity lock --json` has it."""
        return {
            "target": self.target,
            "name": self.name,
            "kind": self.kind,
            "before": self.before or None,
            "after": self.after or None,
        }


def diff(before: Lockfile | None, after: Lockfile) -> tuple[Change, ...]:
    """Return every difference that decides bytes, by target and name.

    Where only the file or the build differs, not the version, it stands with the version, and where even that is the
    same the beginning of the hash. What moves between a channel and an index goes from one and comes to the other.
    """
    changes: list[Change] = []
    targets = {target.name for lock in (before, after) if lock for target in lock.targets}
    for target in sorted(targets):
        old, new = _contents(before, target), _contents(after, target)
        different = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
        changes += [_change(target, key[0], old.get(key), new.get(key)) for key in different]
    return tuple(changes)


_Key = tuple[str, Literal["conda", "pypi", "python"]]
_Content = tuple[str, str, str]


def _contents(lock: Lockfile | None, target: str) -> dict[_Key, _Content]:
    if lock is None:
        return {}
    contents: dict[_Key, _Content] = {(each.name, "pypi"): _content(each) for each in lock.wheels_of(target)}
    contents |= {(each.name, "conda"): _conda_content(each) for each in lock.conda_of(target)}
    for locked in lock.targets:
        if locked.name == target and locked.python.source != "conda":  # which is one of the packages
            threads = "t" if locked.python.free_threaded else ""
            implementation = "" if locked.python.implementation == "cpython" else f"{locked.python.implementation} "
            contents[PYTHON, "python"] = (f"{implementation}{locked.python.version}{threads}", "", "")
    return contents


def _conda_content(package: LockedConda) -> _Content:
    return package.version, package.build, package.sha256


def _content(wheel: LockedWheel) -> _Content:
    address = wheel.path or "@".join(filter(None, [wheel.url, wheel.commit]))
    return wheel.version, wheel.file or address, wheel.sha256 or address


def _change(target: str, name: str, old: _Content | None, new: _Content | None) -> Change:
    kind: Kind = "added" if old is None else "removed" if new is None else "changed"
    return Change(target=target, name=name, kind=kind, before=_shown(old, new), after=_shown(new, old))


def _shown(content: _Content | None, other: _Content | None) -> str:
    if content is None:
        return ""
    version, file, digest = content
    if other is None or version != other[0]:
        return version or file
    return f"{version} ({file if file != other[1] else digest[:12]})".lstrip()
