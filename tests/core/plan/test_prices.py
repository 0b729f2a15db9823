"""What a target of a lock costs: sizes, what is compiled, what brings libraries."""

from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.plan.prices import Price, price_of
from parity.core.plan.rates import Measurement, rates_of


def wheel(name: str, tag: str = "py3-none-any", size: int = 1000) -> LockedWheel:
    """Return a locked wheel."""
    file = f"{name.replace('-', '_')}-1.0-{tag}.whl"
    return LockedWheel(name=name, version="1.0", targets=("here",), file=file, sha256=name, size=size, index="default")


def package(name: str, *depends: str, subdir: str = "linux-64", size: int = 1000) -> LockedConda:
    """Return a locked conda package."""
    return LockedConda(name=name, version="1.0", build="0", channel="c", subdir=subdir, file=f"{name}.conda",
                       sha256=name, targets=("here",), depends=depends, size=size)  # fmt: skip


def lock(*packages: LockedWheel | LockedConda) -> Lockfile:
    """Return a lock for one target."""
    python = LockedPython(implementation="cpython", version="3.12", request="3.12")
    return Lockfile(
        route="venv",
        manifests={},
        made_with={},
        targets=(LockedTarget(name="here", python=python),),
        conda=tuple(each for each in packages if isinstance(each, LockedConda)),
        wheels=tuple(each for each in packages if isinstance(each, LockedWheel)),
    )


def price(*packages: LockedWheel | LockedConda, cached: dict[str, int] | None = None) -> Price:
    """Return the price on a machine that fetches 1000 bytes a second, builds in 60 s and places 10 packages in one."""
    rates = rates_of(
        [
            Measurement(kind="fetch venv", amount=1000, seconds=1),
            Measurement(kind="build", amount=1, seconds=60),
            Measurement(kind="compile", amount=1, seconds=1),
            Measurement(kind="place venv", amount=10, seconds=1),
        ]
    )
    return price_of(lock(*packages), "here", (cached or {}).get, rates)


def test_what_is_cached_is_not_fetched_and_its_size_is_known() -> None:
    """Installed sizes are measured where they can be, and expected from what is downloaded elsewhere."""
    found = price(wheel("one"), wheel("two", size=2000), cached={"one": 5000})
    assert (3000, 2000, 5000) == (found.bytes, found.missing, found.measured)
    assert 5000 + round(2000 * 3.2) == found.installed
    assert 2 + 1 + 0.2 == found.seconds


def test_what_is_compiled_is_named() -> None:
    """A source distribution costs the time of a build, and a size that nobody says is counted."""
    source = LockedWheel(name="old", version="1", targets=("here",), file="old-1.tar.gz", sha256="old", index="default")
    found = price(wheel("one"), source, cached={"one": 1})
    assert (("old",), 1) == (found.builds, found.unsized)
    assert found.seconds is not None
    assert 60 <= found.seconds


def test_libraries_and_programs_are_told_from_modules() -> None:
    """A wheel for any Python on one platform, a conda package for one platform that needs no Python."""
    found = price(
        wheel("nvidia-cublas-cu12", "py3-none-manylinux_2_27_x86_64"),
        wheel("numpy", "cp312-cp312-manylinux_2_28_x86_64"),
        wheel("app"),
    )
    assert ("nvidia-cublas-cu12",) == found.natives
    found = price(
        package("libblas", "openblas >=0.3"), package("python"), package("scipy", "python >=3.12"),
        package("tzdata", subdir="noarch"), package("mutex", size=0),
    )  # fmt: skip
    assert ("libblas",) == found.natives


def test_a_route_that_was_never_taken_has_no_time() -> None:
    """Nothing measured, nothing said."""
    assert price(package("libblas")).seconds is None
