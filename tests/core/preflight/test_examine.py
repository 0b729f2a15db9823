"""A lock against machines: each reason for which it would fail there, and no other."""

from dataclasses import replace
from typing import Any

import pytest

from parity.core.lockfile.model import LockedConda, LockedTarget
from parity.core.preflight.examine import Contents, examine
from parity.core.preflight.machine import of_target
from parity.core.preflight.symbols import SharedObject
from parity.core.target import Host
from tests.support.preflight import GB, KNOWLEDGE, TARGETS, codes, contents, folder, lock, package, sdist, server, wheel


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


def test_one_error_says_that_no_target_fits() -> None:
    """Of several targets those of the machine's platform are named with what is against each, if there are any."""
    python = lock(wheel("app")).targets[0].python
    several = replace(
        lock(wheel("app")), targets=tuple(LockedTarget(name=name, python=python) for name in ("linux-64", "osx-arm64"))
    )
    arm, old = (of_target(TARGETS.named(name)) for name in ("linux-aarch64", "linux-64-glibc2.17"))

    assert ["`linux-aarch64` is linux-aarch64, and the lock has no such target: it is for `linux-64`, `osx-arm64`"] == [
        each.message for each in examine(several, arm, KNOWLEDGE).findings
    ]
    assert [True] == [
        each.message.endswith(" the lock's target `linux-64`: it needs glibc 2.28, and this machine has 2.17")
        for each in examine(several, old, KNOWLEDGE).findings
    ]


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


def test_a_temporary_folder_in_which_nothing_may_run() -> None:
    """A warning where something is built there; what is only unpacked does not mind."""
    folders = {"home": folder(), "cache": folder(), "temporary": folder(path="/tmp", noexec=True)}  # noqa: S108 - a profile's
    examined = examine(lock(sdist("old")), server(folders=folders), KNOWLEDGE)

    assert [("warning", "folder-noexec", "old")] == codes(examined)
    assert "TMPDIR" in examined.findings[0].hint
    assert [] == codes(examine(lock(wheel("new")), server(folders=folders), KNOWLEDGE))
