"""Every format, for locks of any size."""

from collections.abc import Iterator

import pytest

from parity.core.export.formats import FORMATS
from parity.core.export.model import Subject
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.spec import Spec

TARGETS = ("linux-64",)
TARGET = LockedTarget(
    name=TARGETS[0],
    python=LockedPython(implementation="cpython", version="3.12", request="3.12"),
    virtual_packages=("__glibc=2.28",),
)


class Walked(tuple[LockedWheel, ...]):
    """Wheels that count how often somebody goes through all of them."""

    __slots__ = ()
    walks = 0

    def __iter__(self) -> Iterator[LockedWheel]:
        """Count, and go."""
        Walked.walks += 1
        return super().__iter__()


def walks(name: str, size: int) -> int:
    """Return how often writing a lock of some wheels and conda packages goes through all wheels."""
    wheels = Walked(
        LockedWheel(name=f"w{i}", version="1", targets=TARGETS, index="default", file=f"w{i}-1-py3-none-any.whl",
                    sha256=f"{i:064}", requires=("w0",)) for i in range(size)
    )  # fmt: skip
    conda = tuple(
        LockedConda(name=f"c{i}", version="1", build="0", channel="c", subdir="noarch", file=f"c{i}-1-0.conda",
                    sha256=f"{i:064}", targets=TARGETS, depends=("c0",)) for i in range(size)
    )  # fmt: skip
    subject = Subject(
        lock=Lockfile(route="conda", manifests={}, made_with={}, targets=(TARGET,), conda=conda, wheels=wheels,
                      channels=("c",)),
        targets=(TARGET,),
        platforms={TARGET.name: TARGET.name},
        name="web",
        spec=Spec(manifests={}),
        address_of=lambda package: f"https://host.example/c/noarch/{package.file}",
        addresses_of=lambda channel: [f"https://host.example/{channel}"],
        md5s={package.sha256: f"{number:032}" for number, package in enumerate(conda)},
        located={wheel.sha256: f"https://host.example/{wheel.file}" for wheel in wheels},
    )  # fmt: skip
    before = Walked.walks
    FORMATS[name].write(subject)
    return Walked.walks - before


@pytest.mark.parametrize("name", FORMATS)
def test_a_lock_is_not_gone_through_once_a_package(name: str) -> None:
    """Ten times the packages cost ten times the work, not a hundred."""
    assert walks(name, 3) == walks(name, 30)
