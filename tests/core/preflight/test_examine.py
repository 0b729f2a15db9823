"""A lock against machines: each reason for which it would fail there, and no other."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from parity.core.builds.modules import Modules
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.preflight.accelerators import load_rules
from parity.core.preflight.examine import Contents, Examined, Knowledge, examine
from parity.core.preflight.machine import Folder, Gpu, Machine, of_target
from parity.core.preflight.symbols import SharedObject
from parity.core.preflight.system_packages import SystemPackages
from parity.core.target import Host, Targets, load_targets
from parity.engines.conda.virtual_packages import answers

GB = 1_000_000_000


def data(name: str) -> str:
    """Return a data file of parity's."""
    return (files("parity") / "data" / name).read_text(encoding="utf-8")


TARGETS: Targets = load_targets(data("targets.toml"))
SYSTEM = SystemPackages.from_text(data("system_packages.toml"), Modules.from_text(data("python_modules.toml")).managers)
KNOWLEDGE = Knowledge(
    targets=TARGETS,
    rules=load_rules(data("accelerators.toml")),
    answers=answers,
    system=SYSTEM,
    conda_name=lambda name: {"torch": "pytorch", "a": "a"}.get(name, ""),
)


def wheel(name: str, tag: str = "py3-none-any", version: str = "1.0", size: int = 1000) -> LockedWheel:
    """Return a locked wheel of a tag."""
    file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
    return LockedWheel(name=name, version=version, targets=("linux-64",), file=file, sha256="0", size=size)


def sdist(name: str) -> LockedWheel:
    """Return a locked source distribution."""
    return LockedWheel(name=name, version="1.0", targets=("linux-64",), file=f"{name}-1.0.tar.gz", sha256="0")


def package(name: str, *depends: str, version: str = "1.0", build: str = "0") -> LockedConda:
    """Return a locked conda package."""
    file = f"{name}-{version}-{build}.conda"
    return LockedConda(name=name, version=version, build=build, channel="c", subdir="linux-64", file=file, sha256="0",
                       targets=("linux-64",), depends=depends)  # fmt: skip


def lock(*packages: LockedWheel | LockedConda, target: str = "linux-64") -> Lockfile:
    """Return a lock for one target."""
    conda = tuple(each for each in packages if isinstance(each, LockedConda))
    wheels = tuple(each for each in packages if isinstance(each, LockedWheel))
    python = LockedPython(implementation="cpython", version="3.12", request="3.12")
    return Lockfile(route="conda" if conda else "venv", manifests={}, made_with={}, wheels=wheels, conda=conda,
                    targets=(LockedTarget(name=target, python=python),))  # fmt: skip


def server(**known: Any) -> Machine:
    """Return a real machine: glibc 2.31, an old driver, room."""
    facts: dict[str, Any] = {
        "name": "server",
        "host": Host(platform="linux-64", libc="glibc", libc_version="2.31", cuda="12.2"),
        "virtual_packages": {"__glibc": "2.31", "__linux": "5.4", "__unix": "0", "__cuda": "12.2"},
        "level": "x86_64-v3",
        "glibcxx": "3.4.28",
        "cxxabi": "1.3.12",
        "pythons": ("3.12.4",),
        "compilers": ("cc",),
        "folders": {"home": folder(), "cache": folder()},
    }
    return Machine(**{**facts, **known})


def folder(**known: Any) -> Folder:
    """Return a folder with room and rights."""
    facts: dict[str, Any] = {"path": "~/store", "free_bytes": 100 * GB, "free_inodes": 1_000_000, "noexec": False,
                                "writable": True, "path_bytes": 30}  # fmt: skip
    return Folder(**{**facts, **known})


def codes(examined: Examined) -> list[tuple[str, str, str]]:
    """Return each finding's severity, code and subject."""
    return [(each.severity, each.code, each.subject) for each in examined.findings]


def contents(objects: Mapping[str, SharedObject], size: int = 1000, count: int = 10) -> Contents:
    """Return an environment whose files belong to the package that their first folder names."""
    packages = {path: path.split("/", 1)[0] for path in objects}
    return Contents(objects=objects, packages=packages, size=size, files=count)


def library(soname: str = "", needs: tuple[str, ...] = (), **versions: str) -> SharedObject:
    """Return a compiled file; `libc` stands for `libc.so.6`, `stdcxx` for `libstdc++.so.6`."""
    names = {"libc": "libc.so.6", "stdcxx": "libstdc++.so.6"}
    given = {names[name]: (version,) for name, version in versions.items()}
    return SharedObject(machine="x86_64", soname=soname, needed=(*needs, *given), versions=given)


def test_a_lock_that_runs() -> None:
    """No finding where everything fits."""
    examined = examine(lock(wheel("app"), wheel("fast", "cp312-cp312-manylinux_2_28_x86_64")), server(), KNOWLEDGE)
    assert ("linux-64", "runs", ()) == (examined.target, examined.verdict, examined.findings)


@pytest.mark.parametrize(
    ("host", "says"),
    [
        (Host(platform="linux-ppc64le", libc="glibc", libc_version="2.28"), "linux-ppc64le with glibc 2.28"),
        (Host(platform="win-64"), "win-64"),
        (Host(platform="osx-arm64"), "osx-arm64"),
        (Host(platform="linux-64"), "linux-64"),
    ],
)
def test_a_machine_of_a_kind_that_no_target_describes(host: Host, says: str) -> None:
    """It takes what is for any machine; the rest is told, and nothing breaks. A C library may be unknown."""
    packages = lock(wheel("app"), wheel("fast", "cp312-cp312-manylinux_2_17_x86_64"))
    examined = examine(packages, server(host=host), KNOWLEDGE)
    unfit = [each.message for each in examined.findings if each.code == "wheel-unfit"]
    file = "fast-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
    assert [f"`{file}` is for linux-64 with glibc 2.17, and this is {says}"] == unfit
    assert "fails" == examined.verdict


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("cp312-cp312-manylinux_2_34_x86_64", "is for linux-64 with glibc 2.34, and this is linux-64 with glibc 2.31"),
        ("cp312-cp312-musllinux_1_2_x86_64", "is for linux-64 with musl 1.2, and this is linux-64 with glibc 2.31"),
        ("cp312-cp312-manylinux_2_17_aarch64", "is for linux-aarch64 with glibc 2.17, and this is linux-64"),
    ],
)
def test_a_wheel_for_another_machine(tag: str, says: str) -> None:
    """An error that says for which, and that the target which would fit is locked for."""
    examined = examine(lock(wheel("fast", tag)), server(), KNOWLEDGE)

    assert [("error", "wheel-unfit", "fast")] == codes(examined)
    assert says in examined.findings[0].message
    assert "the lock is for `linux-64` already: another version or build of it may fit" == examined.findings[0].hint
    assert "fails" == examined.verdict


def test_a_lock_for_another_kind_of_machine() -> None:
    """The target is refused with its reason, and packages are judged all the same."""
    examined = examine(lock(wheel("app"), wheel("fast", "cp312-cp312-manylinux_2_28_x86_64")),
                       of_target(TARGETS.named("alpine-3.20")), KNOWLEDGE)  # fmt: skip

    assert [("error", "target-unfit", "target"), ("error", "wheel-unfit", "fast")] == codes(examined)
    assert all("parity lock --target linux-64 --target alpine-3.20" in each.hint for each in examined.findings)


def test_what_must_be_built_there_needs_a_compiler() -> None:
    """A warning where there is none; nobody looked at a named target."""
    assert [("warning", "compiler-missing", "old")] == codes(
        examine(lock(sdist("old")), server(compilers=()), KNOWLEDGE)
    )
    assert [] == codes(examine(lock(sdist("old")), server(), KNOWLEDGE))
    assert [] == codes(examine(lock(sdist("old")), of_target(TARGETS.named("linux-64")), KNOWLEDGE))


def test_what_brings_a_compiler_is_computed() -> None:
    """By the machine's package manager; a wheel that the lock has for another target and that fits is named."""
    away = replace(wheel("old", "cp312-cp312-manylinux_2_17_x86_64", "0.9"), targets=("linux-64-glibc2.17",))
    bare = server(compilers=(), distribution="ubuntu")
    (finding,) = examine(replace(lock(sdist("old")), wheels=(sdist("old"), away)), bare, KNOWLEDGE).findings

    assert (
        "`apt-get install build-essential` there brings one; `old==0.9` has a wheel for it "
        "(`old-0.9-cp312-cp312-manylinux_2_17_x86_64.whl`)" == finding.hint
    )


def test_what_was_built_here_is_not_what_is_built_there() -> None:
    """Files that a newer system compiled from sources are no reason, unless they are the machine's own."""
    part = SharedObject(machine="x86_64", soname="", needed=("libc.so.6",), versions={"libc.so.6": ("GLIBC_2.38",)})
    built = Contents(objects={"old/part.so": part}, packages={"old/part.so": "old"}, size=0, files=0)
    own = replace(built, there=True)

    assert [] == codes(examine(lock(sdist("old")), server(), KNOWLEDGE, built))
    assert [("error", "symbol-missing", "old")] == codes(examine(lock(sdist("old")), server(), KNOWLEDGE, own))


@pytest.mark.parametrize(("path", "expected"), [("old/part.so", [("error", "compiler-missing", "old")]), ("", [])])
def test_an_environment_tells_whether_a_source_distribution_is_compiled(
    path: str, expected: list[tuple[str, str, str]]
) -> None:
    """Where it was built before, its files say whether it needs a compiler: an error then, and nothing otherwise."""
    part = SharedObject(machine="x86_64", soname="", needed=(), versions={})
    built = Contents(objects={path: part} if path else {}, packages={path: "old"}, size=0, files=0)
    examined = examine(lock(sdist("old")), server(compilers=()), KNOWLEDGE, built)

    assert expected == codes(examined)
    own = replace(built, there=True)
    assert [] == codes(examine(lock(sdist("old")), server(compilers=()), KNOWLEDGE, own))


@pytest.mark.parametrize(
    ("need", "met"),
    [
        ("__glibc >=2.17,<3.0.a0", True),
        ("__glibc >=2.34", False),
        ("__cuda >=12.0", True),
        ("__cuda >=12.4", False),
        ("__osx >=11", False),
        ("__unix", True),
        ("__archspec 1.* x86_64_v3", True),
        ("__archspec 1.* x86_64_v4", False),
        ("__archspec 1.* zen3", True),
        ("zlib >=99", True),
    ],
)
def test_virtual_packages_of_a_machine(need: str, met: bool) -> None:
    """What a conda package asks of a machine, answered as rattler would."""
    found = codes(examine(lock(package("lib", need)), server(), KNOWLEDGE))
    assert ([] if met else [("error", "virtual-package-unmet", "lib")]) == found


def test_a_level_of_the_processor() -> None:
    """The package by which channels name one is an error where the processor has less."""
    asked = lock(package("_x86_64-microarch-level", version="4"))

    assert [("error", "cpu-too-old", "_x86_64-microarch-level")] == codes(examine(asked, server(), KNOWLEDGE))
    assert [] == codes(examine(asked, server(level="x86_64-v4"), KNOWLEDGE))
    needed = lock(package("_x86_64-microarch-level", version="4"), package("fast", "_x86_64-microarch-level >=4"))
    assert [("error", "cpu-too-old", "fast")] == codes(examine(needed, server(), KNOWLEDGE))


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("nvidia-cuda-runtime-cu12", "12.6.77"),
        ("nvidia-cuda-runtime", "13.0.48"),
        ("torch", "2.9.0+cu126"),
        ("cupy-cuda12x", "13.3.0"),
        ("jax-cuda12-plugin", "0.5.0"),
    ],
)
def test_a_driver_that_is_too_old_for_a_wheel(name: str, version: str) -> None:
    """Known by the wheel's name or version; the hint names an accelerator that would run, and the driver."""
    old = server(host=Host(platform="linux-64", libc="glibc", libc_version="2.31", cuda="11.4"), driver="470.57.02")
    examined = examine(lock(wheel(name, version=version)), old, KNOWLEDGE)

    assert [("error", "driver-too-old", name)] == codes(examined)
    assert "the driver 470.57.02 runs CUDA 11.4" in examined.findings[0].message
    assert "`+cu118`" in examined.findings[0].hint
    assert ("525.60.13" if "13.0" not in version or name == "cupy-cuda12x" else "580.65.06") in examined.findings[
        0
    ].hint


def test_a_driver_runs_every_minor_version_of_its_cuda() -> None:
    """CUDA 12.2 in the driver runs what 12.6 compiled, and what 11.8 did."""
    some = [wheel("torch", version="2.9.0+cu126"), wheel("old", version="1.0+cu118")]
    assert [] == codes(examine(lock(*some), server(), KNOWLEDGE))


@pytest.mark.parametrize(
    ("driver", "has"), [({}, "no NVIDIA driver"), ({"cuda": "12.6", "gpu": False}, "an NVIDIA driver and no GPU")]
)
def test_no_gpu_is_one_warning(driver: dict[str, Any], has: str) -> None:
    """Packages with CUDA compute on the processor then; it is no failure."""
    bare = server(host=Host(platform="linux-64", libc="glibc", libc_version="2.31", **driver))
    examined = examine(lock(wheel("torch", version="2.9.0+cu126"), wheel("cupy-cuda12x")), bare, KNOWLEDGE)

    assert ("runs", [("warning", "driver-missing", "target")]) == (examined.verdict, codes(examined))
    assert f"and this machine has {has}: they compute on its processor" in examined.findings[0].message


@pytest.mark.parametrize(
    ("package", "needs"),
    [
        (package("cuda-version", version="13.0"), "13.0"),
        (package("cudatoolkit", version="13.1.2"), "13.1"),
        (package("pytorch", version="2.9", build="cuda130_py312_0"), "13.0"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_a_driver_that_is_too_old_for_a_conda_package(package: LockedConda, needs: str) -> None:
    """By its version, or by its build string."""
    examined = examine(lock(package), server(), KNOWLEDGE)

    assert [("error", "driver-too-old", package.name)] == codes(examined)
    assert f"CUDA {needs}," in examined.findings[0].message


def test_an_interpreter_that_is_not_there() -> None:
    """A warning on a real machine, since it can be installed; nothing on a named target; an error where it cannot."""
    old = Host(platform="linux-64", libc="glibc", libc_version="2.12")
    ancient = examine(lock(wheel("app")), server(pythons=(), host=old), KNOWLEDGE)

    assert [("warning", "interpreter-missing", "interpreter")] == codes(
        examine(lock(wheel("app")), server(pythons=("3.8.10", "3.11.2")), KNOWLEDGE)
    )
    assert [] == codes(examine(lock(wheel("app")), of_target(TARGETS.named("rhel-9")), KNOWLEDGE))
    assert ("error", "interpreter-unavailable", "interpreter") in codes(ancient)


@pytest.mark.parametrize(
    ("home", "code"),
    [
        ({"free_bytes": GB}, "room-missing"),
        ({"free_inodes": 5}, "room-missing"),
        ({"noexec": True}, "folder-noexec"),
        ({"writable": False}, "folder-read-only"),
    ],
)
def test_a_folder_that_does_not_do(home: dict[str, object], code: str) -> None:
    """Too little room in bytes or files, no programs, no writing."""
    big = server(folders={"home": folder(**home), "cache": folder()})
    examined = examine(lock(wheel("app", size=2 * GB)), big, KNOWLEDGE, contents({}, size=5 * GB, count=1000))

    assert [("error", code, "target")] == codes(examined)


def test_what_is_there_needs_no_room() -> None:
    """An environment on the machine that is examined: it may have used up the disk, and still runs."""
    full = server(folders={name: folder(free_bytes=0, free_inodes=0) for name in ("home", "cache")})
    inside = replace(contents({}, size=5 * GB, count=1000), there=True)

    assert [] == codes(examine(lock(wheel("app", size=2 * GB)), full, KNOWLEDGE, inside))


def test_a_path_too_long_for_prefixes() -> None:
    """Of conda packages alone: wheels carry none."""
    deep = server(folders={"home": folder(path_bytes=240)})

    assert [("error", "path-too-long", "target")] == codes(examine(lock(package("lib")), deep, KNOWLEDGE))
    assert [] == codes(examine(lock(wheel("app")), deep, KNOWLEDGE))


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


def test_a_temporary_folder_in_which_nothing_may_run() -> None:
    """A warning where something is built there; what is only unpacked does not mind."""
    folders = {"home": folder(), "cache": folder(), "temporary": folder(path="/tmp", noexec=True)}  # noqa: S108 - a profile's
    examined = examine(lock(sdist("old")), server(folders=folders), KNOWLEDGE)

    assert [("warning", "folder-noexec", "old")] == codes(examined)
    assert "TMPDIR" in examined.findings[0].hint
    assert [] == codes(examine(lock(wheel("new")), server(folders=folders), KNOWLEDGE))
