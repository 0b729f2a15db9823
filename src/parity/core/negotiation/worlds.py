"""The machine and the Pythons that markers, tags and `Requires-Python` are read for."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from packaging.markers import Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.core.target import Target
from parity.core.translation.pythons import build_word
from parity.core.wheel_files import target_tags

_MACHINES = {"linux-64": "x86_64", "linux-aarch64": "aarch64", "osx-64": "x86_64", "osx-arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Flavour:
    """One Python, as far as distributions tell Pythons apart."""

    implementation: str
    version: str
    free_threaded: bool = False


def flavour_of(package: LockedConda) -> Flavour:
    """Return which Python a conda package `python` is."""
    word = build_word(package.build)
    threads = word.startswith("cp") and word.endswith("t")
    return Flavour("pypy" if word.startswith("pypy") else "cpython", package.version, threads)


@lru_cache(maxsize=512)
def marker_environment(target: Target, flavour: Flavour) -> Mapping[str, str]:
    """Return what markers see (PEP 508) of a Python on a target; a kernel's release and version are not known."""
    mac = target.platform.startswith("osx")
    pypy = flavour.implementation == "pypy"
    return {
        "os_name": "posix",
        "sys_platform": "darwin" if mac else "linux",
        "platform_system": "Darwin" if mac else "Linux",
        "platform_machine": _MACHINES[target.platform],
        "platform_release": "",
        "platform_version": "",
        "implementation_name": flavour.implementation,
        "implementation_version": flavour.version,
        "platform_python_implementation": "PyPy" if pypy else "CPython",
        "python_version": ".".join(flavour.version.split(".")[:2]),
        "python_full_version": flavour.version,
    }


@lru_cache(maxsize=16384)
def holds(marker: Marker | None, target: Target, flavour: Flavour, extra: str = "") -> bool:
    """Say whether a marker holds; `extra` is the one that is asked for, if any."""
    return marker is None or marker.evaluate({**marker_environment(target, flavour), "extra": extra})


def where_it_holds(
    marker: Marker | None, target: Target, flavours: Iterable[Flavour], extra: str = ""
) -> frozenset[Flavour]:
    """Return the Pythons for which a marker holds. One that does not speak of Python is read once."""
    known = frozenset(flavours)
    text = str(marker)
    if marker is None or not known:
        return known
    if "python" not in text and "implementation" not in text:
        return known if holds(marker, target, next(iter(known)), extra) else frozenset()
    return frozenset(each for each in known if holds(marker, target, each, extra))


@lru_cache(maxsize=4096)
def allows_python(specifier: str, version: str) -> bool:
    """Say whether `Requires-Python` allows a version; one that cannot be read allows all, as installers have it."""
    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


def takes(file: str, target: Target, flavour: Flavour) -> bool:
    """Say whether a Python on a target can install a wheel, by the tags in its file name (PEP 425)."""
    known = _tags(target, flavour.implementation, ".".join(flavour.version.split(".")[:2]), flavour.free_threaded)
    words = file.removesuffix(".whl").rsplit("-", 3)
    if len(words) < 4:  # noqa: PLR2004 - a name and three tags
        return False
    pythons, abis, platforms = (word.split(".") for word in words[1:])
    return any(f"{one}-{two}-{three}" in known for one in pythons for two in abis for three in platforms)


@lru_cache(maxsize=64)
def _tags(target: Target, implementation: str, minor: str, free_threaded: bool) -> frozenset[str]:
    return frozenset(map(str, target_tags(target, implementation, minor, free_threaded=free_threaded)))
