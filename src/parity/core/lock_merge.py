"""Two branches' locks made into one, by meaning: target by target, package by package, against what both came from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Literal, NamedTuple, TypeVar

from parity.core.conda.distributions import provided, required_name
from parity.core.dataclass import dataclass
from parity.core.graph import distribution
from parity.core.lockfile.merge import merged as merged_wheels
from parity.core.lockfile.merge import merged_conda
from parity.core.lockfile.model import LockedConda, LockedTarget, LockedWheel, Lockfile, Negotiated
from parity.core.translation.names import NameTable

#: Stands for the digest of a manifest that nobody has seen yet: no manifest has it, so `parity lock` looks again.
UNSEEN = "merged: run `parity lock`"

_Value = TypeVar("_Value")
_Package = LockedConda | LockedWheel
_Key = tuple[Literal["conda", "pypi"], str, str]

_SCALARS = ("project", "exclude_newer", "prereleases", "channels", "channel_priority")
_SETS = ("groups", "extras", "sdists", "link_scripts", "lost")


class Clash(NamedTuple):
    """Something that both sides changed, each in its own way; empty: it is not there. `where` is a target or empty."""

    name: str
    ours: str
    theirs: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The lock of both sides together; where they clash, it has ours."""

    lock: Lockfile
    clashes: tuple[Clash, ...]


def merge(base: Lockfile | None, ours: Lockfile, theirs: Lockfile) -> Merged:
    """Return the lock that has what either side changed since `base`.

    The digests of manifests stay only where the lock is wholly one side's, who saw them so; else they are unseen, and
    the lock is outdated until `parity lock` has looked. Locks of two routes have nothing in common: ours is taken.
    """
    if ours.route != theirs.route:
        return Merged(lock=ours, clashes=(Clash("route", ours.route, theirs.route),))
    merging = _Merging(base or replace(ours, **_NOTHING), ours, theirs)
    return merging.result()


_NOTHING: dict[str, Any] = {
    **dict.fromkeys((*_SETS, "targets", "conda", "wheels", "negotiated", "channels"), ()),
    **dict.fromkeys(("project", "exclude_newer", "channel_priority"), ""),
    "prereleases": False,
    "manifests": {},
    "made_with": {},
    "variables": {},
}


@dataclass(frozen=True, slots=True)
class _Merging:
    base: Lockfile
    ours: Lockfile
    theirs: Lockfile
    clashes: list[Clash] = field(default_factory=list[Clash])

    def result(self) -> Merged:
        settled = {name: self._scalar(name) for name in _SCALARS} | {name: self._set(name) for name in _SETS}
        targets = self._targets()
        packages = [*self._packages({target.name for target in targets})]
        lock = replace(
            self.ours,
            **settled,
            targets=targets,
            variables=self._mapping("variables"),
            made_with={**self.ours.made_with, **_newer(self.ours.made_with, self.theirs.made_with)},
            wheels=merged_wheels(each for each in packages if isinstance(each, LockedWheel)),
            conda=merged_conda(each for each in packages if isinstance(each, LockedConda)),
        )
        lock = replace(lock, negotiated=self._negotiated(lock))
        return Merged(lock=replace(lock, manifests=self._manifests(lock)), clashes=tuple(self.clashes))

    def _choose(self, name: str, values: Sequence[_Value], shown: Callable[[_Value], str], where: str = "") -> _Value:
        """Return what a thing is after both changes, of what it was and is on either side."""
        base, ours, theirs = values
        if theirs in (base, ours):
            return ours
        if ours == base:
            return theirs
        self.clashes.append(Clash(name, shown(ours), shown(theirs), where))
        return ours

    def _sides(self) -> tuple[Lockfile, Lockfile, Lockfile]:
        return self.base, self.ours, self.theirs

    def _scalar(self, name: str) -> Any:
        return self._choose(name.replace("_", "-"), [getattr(each, name) for each in self._sides()], _said)

    def _set(self, name: str) -> tuple[str, ...]:
        base, ours, theirs = ({*getattr(each, name)} for each in self._sides())
        return tuple(sorted(((ours | theirs) - (base - ours)) - (base - theirs)))

    def _mapping(self, name: str) -> dict[str, str]:
        sides = [getattr(each, name) for each in self._sides()]
        keys = sorted({key for side in sides for key in side})
        found = {key: self._choose(key, [side.get(key) for side in sides], _said) for key in keys}
        return {key: value for key, value in found.items() if value is not None}

    def _targets(self) -> tuple[LockedTarget, ...]:
        sides = [{target.name: target for target in each.targets} for each in self._sides()]
        found = []
        for name in sorted({name for side in sides for name in side}):
            chosen = self._choose("target", [side.get(name) for side in sides], _target_said, name)
            found += [chosen] if chosen else []
        return tuple(found)

    def _packages(self, targets: set[str]) -> Iterator[_Package]:
        sides = [dict(_each(lock)) for lock in self._sides()]
        for key in sorted({key for side in sides for key in side if key[1] in targets}):
            base, ours, theirs = (side.get(key) for side in sides)
            chosen = self._package(key, base, ours, theirs)
            if chosen is not None:
                yield chosen

    def _package(
        self, key: _Key, base: _Package | None, ours: _Package | None, theirs: _Package | None
    ) -> _Package | None:
        if ours is None or theirs is None:
            # one side does not need any more what both had: whether the other does is seen afterwards
            return (ours or theirs) if base is None else None
        if _identity(ours) == _identity(theirs):
            return _united(base, ours, theirs)
        chosen = self._choose(key[2], [base and _identity(base), _identity(ours), _identity(theirs)], _shown, key[1])
        return ours if chosen == _identity(ours) else theirs

    def _negotiated(self, lock: Lockfile) -> tuple[Negotiated, ...]:
        packages: list[_Package] = [*lock.conda, *lock.wheels]
        there = {(each.name, each.version, target) for each in packages for target in each.targets}
        every = dict.fromkeys([*self.ours.negotiated, *self.theirs.negotiated])
        return tuple(
            each for each in every if all((each.name, each.version, target) in there for target in each.targets)
        )

    def _manifests(self, lock: Lockfile) -> Mapping[str, str]:
        for side in (self.ours, self.theirs):
            other = self.theirs if side is self.ours else self.ours
            seen = other.manifests in (side.manifests, self.base.manifests)
            if seen and _content(lock) == _content(side):
                return side.manifests
        return dict.fromkeys(sorted({*self.ours.manifests, *self.theirs.manifests}), UNSEEN)


def unsatisfied(lock: Lockfile, names: NameTable, answers: Callable[[str, str, str, str], bool]) -> set[Clash]:
    """Return what packages of a lock require and its targets have not, or not so; `theirs` is who requires it.

    `answers` says whether a MatchSpec is answered by a name, version and build. Of wheels a lock knows whom they
    require, not in which versions.
    """
    found: set[Clash] = set()
    for target in lock.targets:
        conda = {each.name: each for each in lock.conda_of(target.name)}
        wheels = lock.wheels_of(target.name)
        brought = {wheel.name for wheel in wheels} | {each.name for each in provided([*conda.values()], names)}
        for package in conda.values():
            for spec in (*package.depends, *package.constrains):
                name = required_name(spec)
                there = conda.get(name)
                if name.startswith("__") or (there is None and spec in package.constrains):
                    continue
                if there is None or not answers(spec, there.name, there.version, there.build):
                    who = f"{package.name} {package.version}"
                    found.add(Clash(spec, there.version if there else "", who, target.name))
        found |= {
            Clash(name, "", f"{wheel.name} {wheel.version}", target.name)
            for wheel in wheels
            for name in map(distribution, wheel.requires)
            if name not in brought
        }
    return found


def _each(lock: Lockfile) -> Iterator[tuple[_Key, _Package]]:
    """Yield every package of a lock once for each of its targets."""
    for package in lock.conda:
        yield from ((("conda", name, package.name), replace(package, targets=(name,))) for name in package.targets)
    for wheel in lock.wheels:
        yield from ((("pypi", name, wheel.name), replace(wheel, targets=(name,))) for name in wheel.targets)


def _identity(package: _Package) -> _Package:
    """Return what of a package decides bytes."""
    if isinstance(package, LockedWheel):
        return replace(package, requires=(), requested=False)
    return replace(package, requested=False)


def _united(base: _Package | None, ours: _Package, theirs: _Package) -> _Package:
    """Return one package as both sides see it: what it requires, and whether anybody asked for it."""
    was = base.requested if base else False
    requested = ours.requested if ours.requested != was else theirs.requested
    if isinstance(ours, LockedWheel) and isinstance(theirs, LockedWheel):
        return replace(ours, requested=requested, requires=tuple(sorted({*ours.requires, *theirs.requires})))
    return replace(ours, requested=requested)


def _newer(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Mapping[str, str]:
    """Return what made the lock: of each tool the later version, as far as numbers tell."""
    return {name: max(version, ours.get(name, ""), key=_numbers) for name, version in theirs.items()}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _content(lock: Lockfile) -> tuple[object, ...]:
    """Return all of a lock that answers manifests."""
    packages = ({*_each(lock)},)
    settled = [getattr(lock, name) for name in _SCALARS] + [sorted(getattr(lock, name)) for name in _SETS]
    return *packages, *settled, sorted(lock.targets, key=lambda each: each.name), dict(lock.variables)


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _target_said(target: LockedTarget | None) -> str:
    return f"Python {target.python.version}" if target else ""


def _shown(package: _Package | None) -> str:
    if package is None:
        return ""
    return f"{package.version} {package.build}" if isinstance(package, LockedConda) else package.version
