"""What another tool's lock has chosen, as requirements to which a lock of parity's is held."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import field, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.errors import Fault
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda, LockedWheel
from parity.core.spec import CondaRequirement, WheelRequirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parity.core.imports.model import Foreign, ForeignPackage
    from parity.core.lockfile.model import Lockfile

_SHA256 = "sha256:"
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Constraints by platform: of what they name, nothing else is taken; what they name need not be taken."""

    conda: Mapping[str, Sequence[CondaRequirement]] = field(default_factory=dict)
    wheels: Mapping[str, Sequence[WheelRequirement]] = field(default_factory=dict)

    def conda_on(self, platform: str) -> tuple[CondaRequirement, ...]:
        """Return what conda packages are held to."""
        return tuple(self.conda.get(platform, ()))

    def wheels_on(self, platform: str) -> tuple[WheelRequirement, ...]:
        """Return what distributions are held to."""
        return tuple(self.wheels.get(platform, ()))


def unhashed(foreign: Foreign) -> Foreign:
    """Return the same without hashes: versions and builds alone."""
    return replace(foreign, packages=tuple(replace(each, digests=()) for each in foreign.packages))


def has_md5_alone(package: ForeignPackage) -> bool:
    """Say whether the hash of a package is one that no lock of parity's has."""
    return bool(package.digests) and not any(each.startswith(_SHA256) for each in package.digests)


def other_files(foreign: Foreign, lock: Lockfile, platforms: Mapping[str, str]) -> list[Fault]:
    """Return which packages of a lock are as a file names them, and yet other files than it has the SHA-256 of.

    `platforms` maps the lock's targets to theirs.
    """
    found: dict[tuple[str, str], Fault] = {}
    for target in lock.targets:
        here: dict[tuple[bool, str], LockedConda | LockedWheel] = {}
        here |= {(True, each.name): each for each in lock.conda_of(target.name)}
        here |= {(False, each.name): each for each in lock.wheels_of(target.name)}
        for package in _on(foreign, platforms[target.name]):
            known = [each.removeprefix(_SHA256) for each in package.digests if each.startswith(_SHA256)]
            there = here.get((package.conda, _plain(package)))
            if there and known and there.sha256 not in known and not package.direct:
                found[package.name, there.file] = _other_file(package, there, known)
    return list(found.values())


def _other_file(package: ForeignPackage, there: LockedConda | LockedWheel, known: Sequence[str]) -> Fault:
    whose = f"channel `{there.channel}`" if isinstance(there, LockedConda) else f"index `{there.index}`"
    there_is = f"`{there.sha256}` in the {whose}"
    said = (
        f"`{known[0]}` here, and {there_is}" if len(known) == 1 else f"none of the {len(known)} here: it is {there_is}"
    )
    message = f"the SHA-256 of `{there.file}` is {said}"
    return Fault(place=package.place, message=message)


def held_to(foreign: Foreign, platforms: Iterable[str]) -> Held:
    """Return what locking for platforms is held to."""
    conda: defaultdict[str, list[CondaRequirement]] = defaultdict(list)
    wheels: defaultdict[str, list[WheelRequirement]] = defaultdict(list)
    for platform in dict.fromkeys(platforms):
        for package in _on(foreign, platform):
            if package.conda:
                conda[platform].append(_conda(package))
            elif package.version and not package.direct:
                wheels[platform].append(_wheel(package))
    return Held(conda=conda, wheels=wheels)


def differences(foreign: Foreign, lock: Lockfile, platforms: Mapping[str, str]) -> list[Finding]:
    """Return what is not the same in a lock that was held to a file; `platforms` maps its targets to theirs."""
    found = []
    for target in lock.targets:
        there = {(each.conda, _plain(each)): each for each in _on(foreign, platforms[target.name])}
        here = {(True, each.name) for each in lock.conda_of(target.name)}
        here |= {(False, each.name) for each in lock.wheels_of(target.name) if each.name != lock.project}
        if more := sorted(name for kind, name in here - set(there)):
            found.append(_added(foreign.file, target.name, more))
        if fewer := sorted(name for kind, name in set(there) - here if name != lock.project):
            found.append(_left_out(foreign.file, target.name, fewer))
    bare = [each.name for each in foreign.packages if not each.digests and not each.direct]
    return [*found, *([_unhashed(foreign.file, bare)] if bare else [])]


def unasked(foreign: Foreign, lock: Lockfile, platforms: Mapping[str, str]) -> tuple[str, ...]:
    """Return requirements for what a lock lacks of a file whose distributions are all installed.

    An extra has brought them, of which such a file says nothing. Those with a marker may be for other machines.
    """
    if not foreign.whole:
        return ()
    here = {wheel.name for target in lock.targets for wheel in lock.wheels_of(target.name)}
    every = [each for target in lock.targets for each in _on(foreign, platforms[target.name])]
    lacking = [each for each in every if not each.conda and not each.marker and _plain(each) not in here]
    return tuple(dict.fromkeys(each.direct or f"{each.name}>={each.version}" for each in lacking))


def _on(foreign: Foreign, platform: str) -> list[ForeignPackage]:
    return [each for each in foreign.packages if not each.platforms or platform in each.platforms]


def _plain(package: ForeignPackage) -> str:
    return package.name if package.conda else canonicalize_name(package.name)


def _conda(package: ForeignPackage) -> CondaRequirement:
    digests = dict(digest.split(":", 1) for digest in package.digests)
    best = next(((kind, digests[kind]) for kind in ("sha256", "md5") if kind in digests), None)
    version = f"=={package.version}" if package.version else ""
    return CondaRequirement(
        name=package.name, place=package.place, version=version, build=package.build, others=(best,) if best else ()
    )


def _wheel(package: ForeignPackage) -> WheelRequirement:
    return WheelRequirement(
        name=canonicalize_name(package.name),
        place=package.place,
        specifier=f"=={package.version}",
        marker=package.marker,
        hashes=tuple(digest for digest in package.digests if re.match(_SHA256, digest)),
    )


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(f'`{name}`' for name in names[:_SHOWN])}{more}"


def _added(file: str, target: str, names: Sequence[str]) -> Finding:
    return Finding(
        code="import-added",
        severity="warning",
        subject=target,
        message=f"not in `{file}`, and asked for on `{target}`: {_named(names)}",
        hint="the manifest asks for more than is locked there; have its own tool lock again, or keep what was added",
    )


def _left_out(file: str, target: str, names: Sequence[str]) -> Finding:
    return Finding(
        code="import-left-out",
        severity="info",
        subject=target,
        message=f"in `{file}`, and not asked for on `{target}`: {_named(names)}",
        hint="groups and extras are chosen with `--group` and `--extra`",
    )


def _unhashed(file: str, names: Sequence[str]) -> Finding:
    return Finding(
        code="import-unhashed",
        severity="warning",
        subject=file,
        message=f"without a hash in `{file}`, so that the index decides which file it is: {_named(names)}",
    )
