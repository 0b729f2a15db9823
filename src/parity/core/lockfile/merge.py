"""The answers of several targets made into one list."""

from collections.abc import Iterable
from dataclasses import replace

from parity.core.lockfile.model import LockedConda, LockedWheel, Negotiated


def merged(wheels: Iterable[LockedWheel]) -> tuple[LockedWheel, ...]:
    """Return each distinct file or address once, for all the targets that take it.

    Two targets that take different files of one version stay two entries. What a distribution requires, and whether
    a manifest names it, may differ between targets: the entry says all of it.
    """
    found: dict[LockedWheel, LockedWheel] = {}
    for wheel in wheels:
        identity = replace(wheel, targets=(), requires=(), requested=False)
        known = found.get(identity, replace(wheel, targets=(), requires=()))
        found[identity] = replace(
            known,
            targets=tuple(sorted({*known.targets, *wheel.targets})),
            requires=tuple(sorted({*known.requires, *wheel.requires})),
            requested=known.requested or wheel.requested,
        )
    return tuple(sorted(found.values(), key=lambda wheel: (wheel.name, wheel.targets)))


def merged_conda(packages: Iterable[LockedConda]) -> tuple[LockedConda, ...]:
    """Return each distinct package once, for all the targets that take it."""
    found: dict[LockedConda, LockedConda] = {}
    for package in packages:
        identity = replace(package, targets=(), requested=False)
        known = found.get(identity, replace(package, targets=()))
        found[identity] = replace(
            known,
            targets=tuple(sorted({*known.targets, *package.targets})),
            requested=known.requested or package.requested,
        )
    return tuple(sorted(found.values(), key=lambda package: (package.name, package.targets)))


def merged_negotiated(negotiated: Iterable[Negotiated]) -> tuple[Negotiated, ...]:
    """Return each distinct remark once, for all the targets that it is true of."""
    found: dict[Negotiated, tuple[str, ...]] = {}
    for each in negotiated:
        same = replace(each, targets=())
        found[same] = (*found.get(same, ()), *each.targets)
    return tuple(replace(each, targets=tuple(sorted(targets))) for each, targets in found.items())
