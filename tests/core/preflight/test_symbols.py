"""What compiled files ask of a machine, and bring besides each other: each reason, and what to do."""

from dataclasses import replace

import pytest

from parity.core.lockfile.model import LockedConda, LockedWheel
from parity.core.preflight.examine import examine
from parity.core.preflight.machine import Gpu
from parity.core.preflight.symbols import SharedObject
from tests.support.preflight import KNOWLEDGE, codes, contents, folder, library, lock, package, server, wheel


def test_symbols_that_the_machine_has_not() -> None:
    """One error a package, with the file that asks most; what the environment ships itself is not asked of it."""
    objects = {
        "old/a.so": library(libc="GLIBC_2.17"),
        "new/a.so": library(libc="GLIBC_2.33"),
        "new/b.so": library(libc="GLIBC_2.38"),
        "cxx/a.so": library(stdcxx="GLIBCXX_3.4.30"),
    }
    shipping = {**objects, "runtime/libstdc++.so.6.0.33": library("libstdc++.so.6")}
    examined = examine(lock(wheel("app")), server(), KNOWLEDGE, contents(objects))

    assert [("error", "symbol-missing", "cxx"), ("error", "symbol-missing", "new")] == codes(examined)
    assert "`new/b.so` (and 1 more file) needs `GLIBC_2.38`" in examined.findings[1].message
    assert [("error", "symbol-missing", "new")] == codes(
        examine(lock(wheel("app")), server(), KNOWLEDGE, contents(shipping))
    )


def test_a_library_that_nobody_brings_is_a_warning() -> None:
    """Not where the environment ships it, under its file's name or its own, nor what every system has."""
    objects = {
        "app/a.so": library(needs=("libGL.so.1", "libc.so.6", "libpng16.so.16", "libown.so.2")),
        "png/libpng16.so.16": library(),
        "own/libown-3f.so": library("libown.so.2"),
    }
    assert [("warning", "library-unshipped", "app")] == codes(
        examine(lock(wheel("app")), server(), KNOWLEDGE, contents(objects))
    )


@pytest.mark.parametrize(
    ("distribution", "needs", "hint"),
    [
        (
            "ubuntu",
            ["libGL.so.1", "libSM.so.6"],
            "run `apt-get install libgl1 libsm6` there; on the conda route take `libgl`, `xorg-libsm`",
        ),
        ("rhel", ["libGL.so.1"], "run `dnf install 'libGL.so.1()(64bit)'` there; on the conda route take `libgl`"),
        ("rhel", ["$ORIGIN/odd.so"], "of `$ORIGIN/odd.so` no package is known"),
        ("alpine", ["libodd.so.7"], "run `apk add so:libodd.so.7` there"),
        (
            "",
            ["libSM.so.6"],
            "run `apt-get install libsm6` or `dnf install 'libSM.so.6()(64bit)'` there; on the conda route take `xorg-libsm`",  # noqa: E501 - one sentence
        ),
        ("ubuntu", ["libodd.so.7"], "of `libodd.so.7` no package is known"),
        ("gentoo", ["libodd.so.7"], "of `libodd.so.7` no package is known"),
    ],
)
def test_what_brings_libraries_is_computed(distribution: str, needs: list[str], hint: str) -> None:
    """By the machine's own package manager, and by the channels; where nobody knows, that is said."""
    inside = contents({"app/a.so": library(needs=tuple(needs))})
    (finding,) = examine(lock(wheel("app")), server(distribution=distribution), KNOWLEDGE, inside).findings

    assert hint == finding.hint


def test_a_channel_brings_libraries_too() -> None:
    """On the conda route, one command for all that channels have."""
    inside = contents({"app/a.so": library(needs=("libGL.so.1", "libodd.so.7"))})
    away = server(distribution="ubuntu")
    (finding,) = examine(lock(wheel("app"), package("other")), away, KNOWLEDGE, inside).findings

    assert "run `parity add libgl`; of `libodd.so.7` no package is known" == finding.hint
    assert "`app/a.so` needs `libGL.so.1`, `libodd.so.7`, which no package brings" == finding.message


def test_what_nobody_looked_into_is_not_guessed_at() -> None:
    """Where a package is not at hand it may bring any library, and conda's the C++ library too; room is a least."""
    asks = library(needs=("libother.so.1",), stdcxx="GLIBCXX_3.4.99")
    inside = contents({"old/part.so": asks, "new/part.so": library(libc="GLIBC_2.99")}, size=1_000)
    small = server(folders={"home": folder(free_bytes=1500)})
    partly = replace(inside, unseen=("away",))
    wheels, both = lock(wheel("old"), wheel("away")), lock(wheel("old"), package("away"))

    assert ["symbol-missing", "symbol-missing"] == [
        code for _, code, _ in codes(examine(wheels, server(), KNOWLEDGE, partly))
    ]
    assert [("error", "symbol-missing", "new")] == codes(examine(both, server(), KNOWLEDGE, partly))
    assert "library-unshipped" in [code for _, code, _ in codes(examine(wheels, server(), KNOWLEDGE, inside))]
    assert ["`~/store` needs at least 2.0 kB, and 1.5 kB are free"] == [
        each.message for each in examine(wheels, small, KNOWLEDGE, partly).findings if each.code == "room-missing"
    ]


def test_runtimes_that_clash() -> None:
    """Two makes of OpenMP are a warning; two copies of one are how wheels are made."""
    copies = {"a/libgomp-1f.so.1": library(), "b/libgomp-2f.so.1": library()}
    clash = {**copies, "c/libiomp5.so": library()}

    assert [] == codes(examine(lock(wheel("app")), server(), KNOWLEDGE, contents(copies)))
    assert [("warning", "runtime-duplicated", "a")] == codes(
        examine(lock(wheel("app")), server(), KNOWLEDGE, contents(clash))
    )


@pytest.mark.parametrize(
    ("packages", "makes", "hint"),
    [
        (
            [wheel("torch"), wheel("a")],
            ["torch/libgomp-1f.so.1", "a/libiomp5.so"],
            "take `a`, `torch` as `pytorch` on the conda route: packages of a channel are built to share one",
        ),
        (
            [wheel("a"), package("llvm-openmp")],
            ["a/libgomp-1f.so.1", "llvm-openmp/libomp.so"],
            "take `a` from the channels: packages of a channel are built to share one",
        ),
        (
            [wheel("odd"), wheel("a")],
            ["odd/libgomp-1f.so.1", "a/libiomp5.so"],
            "no build of `odd` is known that shares one: load these in separate processes",
        ),
        (
            [package("mkl"), package("libopenblas"), package("libblas"), package("numexpr", "mkl >=2023")],
            ["mkl/libmkl_rt.so.2", "libopenblas/libopenblas.so.0"],
            "`parity add 'libblas=*=*openblas'` has all share one: `numexpr` asks for `mkl`",
        ),
        (
            [package("mkl"), package("libopenblas")],
            ["mkl/libmkl_rt.so.2", "libopenblas/libopenblas.so.0"],
            "`parity add 'nomkl'` has all share one",
        ),
    ],
)
def test_how_packages_come_to_share_a_runtime(
    packages: list[LockedWheel | LockedConda], makes: list[str], hint: str
) -> None:
    """Of channels by the package whose builds choose; of wheels by what they are called there."""
    inside = contents({make: library() for make in makes})
    found = examine(lock(*packages), server(), KNOWLEDGE, inside).findings

    assert [(hint, "runtime-duplicated")] == [(each.hint, each.code) for each in found]


def test_files_for_another_processor() -> None:
    """An error, whatever their wheel's name says."""
    foreign = {"app/a.so": SharedObject(machine="aarch64", soname="", needed=(), versions={})}
    assert [("error", "processor-foreign", "app")] == codes(
        examine(lock(wheel("app")), server(), KNOWLEDGE, contents(foreign))
    )


def test_what_compiled_files_demand_of_processor_and_gpu() -> None:
    """A level that a loader refuses below, and programs for GPUs that the machine does not have; both name the file."""
    old = server(level="x86_64-v2", gpus=(Gpu(name="New", capability="12.0"),))
    inside = contents({
        "fast/one.so": replace(library(), level=3),
        "fine/one.so": replace(library(), level=2, gpus=("compute_80",)),
        "torch/cuda.so": replace(library(), gpus=("sm_80",)),
    })  # fmt: skip
    examined = examine(lock(wheel("fast"), wheel("torch")), old, KNOWLEDGE, inside)

    assert [("error", "cpu-too-old", "fast"), ("error", "gpu-unserved", "torch")] == codes(examined)
    assert "`fast/one.so` was compiled for x86_64-v3, and this machine has x86_64-v2" == examined.findings[0].message
    assert "for x86_64-v2" in examined.findings[0].hint
    assert [] == codes(examine(lock(wheel("fast")), server(level="", gpus=()), KNOWLEDGE, inside))
