"""Which distributions of PyPI conda packages bring: what an index must then not bring a second time."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from parity.core.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parity.core.lockfile.model import LockedConda, LockedWheel
    from parity.core.resolution import Provided
    from parity.core.translation.names import Meaning, NameTable

_METADATA = re.compile(r"-packages/([^/-]+)(?:-[^/]*)?\.(?:dist|egg)-info(?:/|$)")
_PYTHONS = frozenset({"python", "pypy", "python_abi", "python-gil", "python-freethreading"})


def provided(packages: Iterable[LockedConda], names: NameTable) -> tuple[Provided, ...]:
    """Return the distributions that packages bring, by name.

    A package that needs Python is taken to bring one: of the name that the table has for it, else of its own, as
    nearly all do. Where that is wrong an index is asked for less than it could be, never for the same thing twice.
    One whose version is none on PyPI cannot be told to a resolver and is left out.
    """
    from parity.core.resolution import Provided  # noqa: PLC0415 - a sync asks only what packages say themselves

    found: dict[str, Provided] = {}
    for package in sorted(packages, key=lambda package: package.name):
        version = _version(package.version)
        if version and (_needs_python(package) or package.name in names.learned):
            for name in _projects(package.name, names.find(package.name)):
                found.setdefault(name, Provided(name=name, version=version, package=package.name))
    return tuple(sorted(found.values(), key=lambda each: each.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Which distributions packages are taken to bring, and which packages may bring a distribution.

    `available` are the names of the channels' packages.
    """

    names: NameTable
    available: frozenset[str]
    _known: dict[str, tuple[Provided, ...]] = field(default_factory=dict)
    _providers: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def of(self, package: LockedConda) -> tuple[Provided, ...]:
        """Return what a package brings."""
        if package.sha256 not in self._known:
            self._known[package.sha256] = provided([package], self.names)
        return self._known[package.sha256]

    def providers(self, distribution: str) -> Sequence[str]:
        """Return the names of the packages that may bring a distribution, sorted."""
        if not self._providers:
            self._providers.update(self._reversed())
        return self._providers.get(distribution, ())

    def _reversed(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(self.available - _PYTHONS):
            for project in _projects(name, self.names.find(name)):
                found[project].append(name)
        return found


def required_name(spec: str) -> str:
    """Return the name of the package that a MatchSpec is about."""
    return re.split(r"[\s=<>!~[]", spec.rpartition("::")[2], maxsplit=1)[0]


def said_in(paths: Iterable[str]) -> list[str]:
    """Return the distributions whose own metadata is among files of an environment, sorted."""
    return sorted({canonicalize_name(match[1]) for path in paths if (match := _METADATA.search(path))})


def absent(wheels: Sequence[LockedWheel], paths: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return what wheels need and nobody brings: the name of each and the first wheel that needs it, by name.

    A lock was made in the belief that conda's packages bring certain distributions. `paths` are the files that they
    have brought, among which those of a distribution's metadata stand.
    """
    brought = {*said_in(paths), *(wheel.name for wheel in wheels)}
    needed: dict[str, str] = {}
    for wheel in sorted(wheels, key=lambda wheel: wheel.name):
        for name in wheel.requires:
            if name not in brought:
                needed.setdefault(name, wheel.name)
    return tuple(sorted(needed.items()))


def _needs_python(package: LockedConda) -> bool:
    if package.name in _PYTHONS:
        return False
    return package.noarch == "python" or any(required_name(each) == "python" for each in package.depends)


def _projects(name: str, meaning: Meaning) -> Sequence[str]:
    if meaning.kind == "steering":
        return []
    known = [meaning.project, *meaning.projects.values()]
    projects = [canonicalize_name(each.partition("[")[0]) for each in known if each and "{" not in each]
    return projects or [canonicalize_name(name)]


def _version(text: str) -> str:
    try:
        return Version(text).public
    except InvalidVersion:
        return ""
