"""Which distributions of PyPI conda packages bring: what an index must then not bring a second time."""

import re
from collections.abc import Iterable, Sequence

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

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
    found: dict[str, Provided] = {}
    for package in sorted(packages, key=lambda package: package.name):
        version = _version(package.version)
        if version and _needs_python(package):
            for name in _projects(package.name, names.find(package.name)):
                found.setdefault(name, Provided(name=name, version=version, package=package.name))
    return tuple(sorted(found.values(), key=lambda each: each.name))


def absent(wheels: Sequence[LockedWheel], paths: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return what wheels need and nobody brings: the name of each and the first wheel that needs it, by name.

    A lock was made in the belief that conda's packages bring certain distributions. `paths` are the files that they
    have brought, among which those of a distribution's metadata stand.
    """
    brought: set[str] = {canonicalize_name(match[1]) for path in paths if (match := _METADATA.search(path))}
    brought |= {wheel.name for wheel in wheels}
    needed: dict[str, str] = {}
    for wheel in sorted(wheels, key=lambda wheel: wheel.name):
        for name in wheel.requires:
            if name not in brought:
                needed.setdefault(name, wheel.name)
    return tuple(sorted(needed.items()))


def _needs_python(package: LockedConda) -> bool:
    if package.name in _PYTHONS:
        return False
    return package.noarch == "python" or any(re.split(r"[\s=<>!~[]", each)[0] == "python" for each in package.depends)


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
