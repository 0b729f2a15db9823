"""Which file of a distribution a target takes (PEP 425 tags, in the order of PEP 425 and PEP 600)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, mac_platforms
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from parity.core.dataclass import dataclass
from parity.core.errors import WheelNone
from parity.core.lockfile.model import LockedPython
from parity.core.target import Target, numbers

_ARCHITECTURES = {"linux-64": "x86_64", "linux-aarch64": "aarch64", "osx-64": "x86_64", "osx-arm64": "arm64"}
_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
# PEP 599: manylinux2014 is the first for anything but x86
_OLDEST_GLIBC = {"x86_64": 5}
_OLDEST_ELSEWHERE = 17
_FLOOR = re.compile(r"(manylinux|musllinux|macosx)_(\d+)_(\d+)_(\w+)")
_PYPY_ABI = "pp73"
_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionFile:
    """One file that an index offers; `size` is 0 where it does not say, `address` is where whoever offers it has it."""

    name: str
    sha256: str
    size: int = 0
    address: str = ""


def choose_file(
    files: Sequence[DistributionFile],
    target: Target,
    python: LockedPython,
    *,
    package: str,
    version: str,
    sdist_allowed: bool = False,
    sdist_only: bool = False,
) -> DistributionFile:
    """Return the best wheel for a target and an interpreter, else the sdist where one is allowed.

    `sdist_only` passes the wheels over. Raises WheelNone, naming what there is and the nearest remedy.
    """
    ranks = _ranks(target, python.implementation, python.version, python.free_threaded)
    rated = [(rate, file) for file in files if not sdist_only and (rate := _rate(file.name, ranks)) is not None]
    if rated:
        return min(rated, key=lambda each: each[0])[1]
    sdists = [file for file in files if not file.name.endswith(".whl")]
    if sdists and (sdist_allowed or sdist_only):
        return sdists[0]
    raise _nothing(files, target, python, package=package, version=version, has_sdist=bool(sdists))


def _rate(name: str, ranks: Mapping[Tag, int]) -> tuple[int, int, str] | None:
    """Return a wheel's rank (lower is better, a higher build number is better); None where it does not fit."""
    try:
        _, _, build, tags = parse_wheel_filename(name)
    except InvalidWheelFilename:
        return None
    best = min((ranks[tag] for tag in tags if tag in ranks), default=None)
    return None if best is None else (best, -(build[0] if build else 0), name)


@lru_cache(maxsize=32)
def _ranks(target: Target, implementation: str, version: str, free_threaded: bool) -> Mapping[Tag, int]:
    ranks: dict[Tag, int] = {}
    for tag in target_tags(target, implementation, version, free_threaded=free_threaded):
        ranks.setdefault(tag, len(ranks))
    return ranks


def target_tags(target: Target, implementation: str, version: str, *, free_threaded: bool = False) -> Iterator[Tag]:
    """Return the tags that an interpreter on a target takes, the best first."""
    minor = numbers(version)[:2]
    short = "".join(map(str, minor))
    platforms = list(target_platforms(target))
    if implementation == "pypy":
        interpreter = f"pp{short}"
        yield from generic_tags(interpreter=interpreter, abis=[f"pypy{short}_{_PYPY_ABI}"], platforms=platforms)
    else:
        interpreter = f"cp{short}"
        abi = f"cp{short}{'t' if free_threaded else ''}"
        yield from cpython_tags(python_version=minor, abis=[abi], platforms=platforms)
    yield from compatible_tags(python_version=minor, interpreter=interpreter, platforms=platforms)


def architecture_of(platform: str) -> str:
    """Return the processor of a platform in the words of wheels and compilers: `linux-64` has an `x86_64`."""
    return _ARCHITECTURES.get(platform, platform.partition("-")[2])


def target_platforms(target: Target) -> Iterator[str]:
    """Return the platform tags of a target, the newest floor first.

    A machine that was probed is one too, of whatever kind, and not all of it may be known: then it takes what needs
    nothing of that.
    """
    system, architecture = target.platform.partition("-")[0], architecture_of(target.platform)
    if target.macos:
        major, minor = (*numbers(target.macos), 0)[:2]
        yield from mac_platforms((major, minor), architecture)
        return
    if system == "linux":
        yield from _linux_floors(target, architecture)
    yield f"{system}_{architecture}"  # never none: packaging would take those of the machine that it runs on


def _linux_floors(target: Target, architecture: str) -> Iterator[str]:
    if not numbers(target.libc_version):
        return
    major, newest = (*numbers(target.libc_version), 0)[:2]
    if target.libc == "musl":
        yield from (f"musllinux_{major}_{minor}_{architecture}" for minor in range(newest, -1, -1))
        return
    for minor in range(newest, _OLDEST_GLIBC.get(architecture, _OLDEST_ELSEWHERE) - 1, -1):
        yield f"manylinux_{major}_{minor}_{architecture}"
        if minor in _LEGACY:
            yield f"{_LEGACY[minor]}_{architecture}"


def platform_needs(tag: str) -> str:
    """Return what a platform tag asks of a machine, in words: `linux-64 with glibc 2.28`, `any machine`."""
    if tag == "any":
        return "any machine"
    floor = _FLOOR.fullmatch(tag)
    if floor is None:
        return f"`{tag}`"
    kind, major, minor, architecture = floor.groups()
    system, library = {"manylinux": ("linux", "glibc"), "musllinux": ("linux", "musl"), "macosx": ("osx", "macOS")}[
        kind
    ]
    machine = {"x86_64": "64", "aarch64": "aarch64"}.get(architecture, architecture)
    return f"{system}-{machine} with {library} {major}.{minor}"


def _nothing(
    files: Sequence[DistributionFile],
    target: Target,
    python: LockedPython,
    *,
    package: str,
    version: str,
    has_sdist: bool,
) -> WheelNone:
    names = sorted(file.name for file in files)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    there = f"there is {', '.join(f'`{name}`' for name in names[:_SHOWN])}{more}" if names else "there are no files"
    threads = "t" if python.free_threaded else ""
    taker = f"{python.implementation} {python.version}{threads} on `{target.name}`"
    if has_sdist:
        hint = f'allow it to be built: `sdists = ["{package}"]` in `[tool.parity]`'
    else:
        hint = "ask for another version of it, another Python, or another target"
    return WheelNone(f"`{package}` {version} has no wheel for {taker}; {there}", hint=hint)
