"""Which of a lock's targets a machine takes."""

from pathlib import Path

import pytest

import parity
from parity.core.errors import CpuRefused, TargetNone, TargetUnknown
from parity.core.lockfile.model import LockedPython, LockedTarget, Lockfile
from parity.core.lockfile.select import select
from parity.core.target import Host, load_targets

TARGETS = load_targets((Path(parity.__file__).parent / "data" / "targets.toml").read_text(encoding="utf-8"))
PYTHON = LockedPython(implementation="cpython", version="3.11", request="3.11")
DEBIAN = Host(platform="linux-64", libc="glibc", libc_version="2.36")
GPU = Host(platform="linux-64", libc="glibc", libc_version="2.36", cuda="12.4")


def lock(*names: str) -> Lockfile:
    """Return a lock for these targets."""
    targets = tuple(LockedTarget(name=name, python=PYTHON) for name in names)
    return Lockfile(route="venv", manifests={}, made_with={}, targets=targets)


@pytest.mark.parametrize(
    ("host", "names", "expected"),
    [
        (DEBIAN, ["linux-64", "osx-arm64"], "linux-64"),
        (DEBIAN, ["linux-64", "linux-64-glibc2.17", "ubuntu-22.04"], "ubuntu-22.04"),
        (DEBIAN, ["linux-64", "ubuntu-24.04"], "linux-64"),
        (DEBIAN, ["linux-64", "linux-64+cpu"], "linux-64+cpu"),
        (GPU, ["linux-64", "linux-64+cpu", "linux-64+cu118", "linux-64+cu126"], "linux-64+cu126"),
        (GPU, ["linux-64+cu118", "linux-64+cu124", "linux-64+cu126"], "linux-64+cu124"),
        (GPU, ["linux-64+cpu", "linux-64+cu130"], "linux-64+cpu"),
        (DEBIAN, ["linux-64", "linux-64+cpu", "linux-64+cu126"], "linux-64+cpu"),
        (Host(platform="osx-arm64", macos="15.1"), ["linux-64+cu126", "osx-arm64"], "osx-arm64"),
        (Host(platform="osx-arm64", macos="15.1"), ["linux-64", "osx-arm64"], "osx-arm64"),
        (Host(platform="osx-arm64", macos="13"), ["osx-arm64"], "osx-arm64"),
        (Host(platform="linux-64", libc="musl", libc_version="1.2"), ["linux-64", "alpine-3.20"], "alpine-3.20"),
        (Host(platform="linux-64", libc="glibc", libc_version="2.9"), ["linux-64", "linux-64-glibc2.17"], ""),
    ],
)
def test_the_most_specific_target_that_fits_is_taken(host: Host, names: list[str], expected: str) -> None:
    """Accelerators first, then the highest floor; what does not fit is passed over."""
    if expected:
        assert expected == select(lock(*names), host, TARGETS).name
    else:
        with pytest.raises(TargetNone):
            select(lock(*names), host, TARGETS)


def test_what_is_left_without_an_accelerator_is_refused() -> None:
    """Nobody computes on a processor because a driver is missing, unless he has said that it may be."""
    both = lock("linux-64", "linux-64+cu126")
    with pytest.raises(CpuRefused) as refused:
        select(both, DEBIAN, TARGETS)
    assert "`linux-64+cu126`: it needs CUDA 12.6, and this machine has no CUDA driver" in refused.value.message
    assert "linux-64" == select(both, DEBIAN, TARGETS, allow_cpu=True).name
    assert "linux-64" == select(both, DEBIAN, TARGETS, named=["linux-64"]).name
    assert "linux-64+cu126" == select(both, GPU, TARGETS, allow_cpu=True).name


def test_a_target_that_is_named_must_be_there_and_fit() -> None:
    """Nothing else is taken in its place."""
    both = lock("linux-64+cpu", "linux-64+cu126")
    assert "linux-64+cpu" == select(both, GPU, TARGETS, named=["linux-64+cpu"]).name
    with pytest.raises(TargetNone):
        select(both, DEBIAN, TARGETS, named=["linux-64+cu126"])
    with pytest.raises(TargetUnknown):
        select(both, DEBIAN, TARGETS, named=["osx-64"])


def test_a_machine_that_fits_none_hears_why() -> None:
    """Each target's reason stands in the error."""
    old = Host(platform="linux-64", libc="glibc", libc_version="2.17")
    with pytest.raises(TargetNone) as refused:
        select(lock("linux-64", "osx-64", "linux-64+cu126"), old, TARGETS)
    assert "`linux-64`: it needs glibc 2.28, and this machine has 2.17" in refused.value.message
    assert "`osx-64`: it is for osx-64, and this machine is linux-64" in refused.value.message
