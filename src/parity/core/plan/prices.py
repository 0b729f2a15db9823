"""What one target of a lock costs to make: packages, bytes, what has to be compiled, how long that takes."""

from collections.abc import Callable

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda, LockedWheel, Lockfile
from parity.core.plan.rates import Kind, Rates

#: Returns the bytes of an artifact once it is unpacked, by its SHA-256; None where it is not in the caches.
Unpacked = Callable[[str], int | None]

#: Installed over downloaded bytes, where nothing was measured: what the tests install, compressed as wheels are.
_UNPACKS_TO = 3.2
_PYTHONS = frozenset({"python", "python_abi", "pypy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What making an environment costs. Sizes in bytes.

    `bytes` is all that is downloaded where nothing is cached, `missing` what this machine would still have to fetch;
    `unsized` are packages whose size nobody says. `installed` is what they take unpacked, `measured` how much of that
    is known and not expected. `builds` are the packages that are compiled on each machine, `natives` those that bring
    libraries and programs and no Python module. `seconds` is None where what it takes was never measured;
    `measurements` is on how many it rests.
    """

    conda: int
    pypi: int
    bytes: int
    missing: int
    unsized: int
    installed: int
    measured: int
    builds: tuple[str, ...]
    natives: tuple[str, ...]
    seconds: float | None
    measurements: int

    @property
    def packages(self) -> int:
        """How many packages there are, of either kind."""
        return self.conda + self.pypi


def price_of(lock: Lockfile, target: str, unpacked: Unpacked, rates: Rates) -> Price:
    """Return what a target of a lock costs on this machine."""
    conda, wheels = lock.conda_of(target), lock.wheels_of(target)
    artifacts: list[LockedConda | LockedWheel] = [*conda, *wheels]
    known = {each.sha256: unpacked(each.sha256) for each in artifacts if each.sha256}
    sizes = {each.sha256: each.size for each in artifacts if each.sha256}
    measured = sum(size for size in known.values() if size is not None)
    rest = sum(size for sha256, size in sizes.items() if known[sha256] is None)
    work = _work(conda, wheels, {sha256 for sha256, size in known.items() if size is None})
    return Price(
        conda=len(conda),
        pypi=len(wheels),
        bytes=sum(sizes.values()),
        missing=rest,
        unsized=sum(not each.size for each in artifacts),
        installed=measured + round(rest * _UNPACKS_TO),
        measured=measured,
        builds=tuple(sorted(wheel.name for wheel in wheels if wheel.is_built)),
        natives=tuple(sorted([*filter(None, map(_native, conda)), *filter(None, map(_native_wheel, wheels))])),
        seconds=rates.expected(work),
        measurements=rates.count(work),
    )


def _work(conda: tuple[LockedConda, ...], wheels: tuple[LockedWheel, ...], missing: set[str]) -> dict[Kind, int]:
    """Return what is left to do on this machine, in the units of the rates."""
    fetched = [wheel for wheel in wheels if wheel.sha256 in missing]
    return {
        "fetch venv": sum(wheel.size for wheel in fetched),
        "fetch conda": sum(package.size for package in conda if package.sha256 in missing),
        "build": sum(wheel.is_built for wheel in wheels if wheel in fetched or not wheel.sha256),
        "compile": len(fetched),
        "place conda" if conda else "place venv": len(conda) + len(wheels),
    }


def _native(package: LockedConda) -> str:
    """Return the name of a conda package that is for one platform and does not belong to a Python."""
    names = {need.split(maxsplit=1)[0] for need in package.depends}
    foreign = package.subdir == "noarch" or package.name in _PYTHONS or names & _PYTHONS
    return "" if foreign or not package.size else package.name


def _native_wheel(wheel: LockedWheel) -> str:
    """Return the name of a wheel that is for one platform and for any Python: it has libraries or programs."""
    try:
        tags = parse_wheel_filename(wheel.file)[3]
    except InvalidWheelFilename:
        return ""
    return wheel.name if all(tag.abi == "none" and tag.platform != "any" for tag in tags) else ""
