"""Targets that a user describes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import parity
from parity.core.errors import ManifestError, TargetImpossible
from parity.core.own_targets import is_file, parted, read_target, titles
from parity.core.preflight.errors import ProfileInvalid
from parity.core.target import Host, load_targets, unsatisfied

TARGETS = load_targets((Path(parity.__file__).parent / "data" / "targets.toml").read_text(encoding="utf-8"))
GPU = {"name": "One", "capability": "8.0", "memory": 1}


def profile(**changes: Any) -> str:
    """Return the profile of a server with a GPU, as far as a target needs it."""
    data: dict[str, Any] = {
        "schema": "parity-profile/1",
        "probe": {"language": "python"},
        "system": {"platform": "linux-64", "kernel": "5.15.0-91-generic", "macos": None},
        "cpu": {"level": "x86_64-v3"},
        "libc": {"name": "glibc", "version": "2.35"},
        "cxx_runtime": {"glibcxx": "3.4.30", "cxxabi": "1.3.13"},
        "nvidia": {"driver": "550.54.14", "cuda": "12.4", "gpus": [GPU]},
        "rocm": None,
        "interpreters": [],
        "compilers": [],
        "folders": {},
    }
    return json.dumps({**data, **changes})


def test_a_profile_is_a_target_with_the_facts_that_matter() -> None:
    """Its name is the file's; the builds are the newest that its driver runs and knows."""
    target = read_target(profile(), "machines/gpu-server.json", TARGETS)
    assert ("gpu-server", "linux-64", "glibc", "2.35") == (
        target.name,
        target.platform,
        target.libc,
        target.libc_version,
    )
    assert ("cu124", "cu124", "x86_64-manylinux_2_35") == (target.accelerator, target.torch_backend, target.uv)
    assert ("3.4.30", "1.3.13", "x86_64-v3") == (target.glibcxx, target.cxxabi, target.level)
    assert ("__archspec=1=x86_64_v3", "__cuda=12.4", "__glibc=2.35", "__linux=5.15.0", "__unix") == (
        target.virtual_packages
    )


@pytest.mark.parametrize(
    ("cuda", "accelerator"),
    [
        ("12.7", "cu126"),
        ("13.1", "cu130"),
        ("11.8", "cu118"),
        ("11.4", "cu118"),
        ("12.0", "cu126"),
        ("14.0", "cu130"),
        ("10.2", ""),
        (None, ""),
    ],
)
def test_the_builds_are_those_that_a_sync_would_take(cuda: str | None, accelerator: str) -> None:
    """What the driver knows; else what it runs as it runs any minor version of its own major one; else an older one."""
    nvidia: dict[str, Any] = {"driver": "1", "cuda": cuda, "gpus": [GPU]}
    target = read_target(profile(nvidia=nvidia), "a.json", TARGETS)
    host = Host(platform="linux-64", libc="glibc", libc_version="2.35", cuda=cuda or "", level="x86_64-v3")
    every = [replace(target, accelerator=name) for name in TARGETS.accelerators if name != "cpu"]
    taken = max(
        (each for each in every if not unsatisfied(each, host)),
        key=lambda each: TARGETS.specificity(each, host),
        default=None,
    )
    assert (accelerator, accelerator) == (target.accelerator, taken.accelerator if taken else "")


@pytest.mark.parametrize(("gpus", "accelerator"), [([], ""), (None, "cu126"), ([GPU], "cu126")])
def test_a_driver_without_a_gpu_is_no_accelerator(gpus: list[Any] | None, accelerator: str) -> None:
    """As on the node that people log in to; where nobody knows, there is one."""
    nvidia: dict[str, Any] = {"driver": "560", "cuda": "12.6", "gpus": gpus}
    target = read_target(profile(nvidia=nvidia), "a.json", TARGETS)
    assert (accelerator, "12.6" if accelerator else "") == (target.accelerator, target.driver)


@pytest.mark.parametrize(
    ("libc", "uv"),
    [
        ({"name": "glibc", "version": "2.41"}, "x86_64-manylinux_2_40"),
        ({"name": "glibc", "version": "2.30"}, "x86_64-manylinux_2_28"),
        ({"name": "musl", "version": "1.2"}, "x86_64-unknown-linux-musl"),
    ],
)
def test_uv_is_told_the_nearest_platform_below(libc: dict[str, str], uv: str) -> None:
    """It does not know every glibc by name."""
    assert uv == read_target(profile(libc=libc), "a.json", TARGETS).uv


def test_an_amd_gpu_takes_builds_for_rocm() -> None:
    """The profile says that there is one."""
    found = read_target(profile(nvidia=None, rocm={"version": "6.4.1"}), "a.json", TARGETS)
    assert ("rocm6", "rocm6.4") == (found.accelerator, found.torch_backend)


def test_a_few_lines_describe_a_machine() -> None:
    """What is not said is as the target is that it is based on."""
    text = 'based-on = "rhel-8"\nglibc = "2.31"\nlevel = "x86_64-v2"\naccelerator = "cu126"\ncuda = "12.2"\n'
    target = read_target(text, "cluster.toml", TARGETS)
    assert ("cluster", "2.31", "3.4.25", "x86_64-v2", "cu126") == (
        target.name,
        target.libc_version,
        target.glibcxx,
        target.level,
        target.accelerator,
    )
    assert "__cuda=12.2" in target.virtual_packages
    assert "__glibc=2.31" in target.virtual_packages


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "`` is not a target of parity's own"),
        ('based-on = "rhel8"', "`rhel8` is not a target of parity's own"),
        ('based-on = "rhel-8"\nglib = "2.31"', "`glib` is not a key of `the file`"),
        ('based-on = "rhel-8"\nglibc = "new"', "`new` is not a version"),
        ('based-on = "rhel-8"\nglibcxx = "GLIBCXX_3.4.30"', "`GLIBCXX_3.4.30` is not a version of `glibcxx`"),
        ('based-on = "rhel-8"\ncxxabi = "9"', "`9` is not a version of `cxxabi`"),
        ('based-on = "rhel-8"\naccelerator = "cu1266"', "`cu1266` is not a value of `accelerator`"),
        ('based-on = "osx-64"\nglibc = "2.31"', "`glibc` is said, and `osx-64` has none"),
        ('based-on = "osx-arm64"\nlevel = "x86_64-v2"', "`level` is of x86-64 processors"),
        ('based-on = "rhel-8"\naccelerator = "rocm6"\ncuda = "12.6"', "`rocm6` has no use for a driver for CUDA 12.6"),
        ('based-on = "rhel-8"\naccelerator = "cu126"\ncuda = "11.8"', "`cu126` needs a driver for CUDA 12, and this"),
        ("based-on = ", "is not TOML"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(text: str, said: str) -> None:
    """All faults of it together."""
    with pytest.raises(ManifestError) as refused:
        read_target(text, "a.toml", TARGETS)
    assert [True] == [fault.message.startswith(said) for fault in refused.value.faults], refused.value.faults
    assert ["a.toml"] == [fault.place.file for fault in refused.value.faults]


def test_an_accelerator_that_a_machine_s_driver_does_not_run_is_not_added() -> None:
    """Nor does adding one that it runs make the driver a newer one."""
    known = TARGETS.knowing([read_target('based-on = "rhel-8"\ncuda = "12.2"', "old.toml", TARGETS)])
    with pytest.raises(TargetImpossible) as refused:
        known.named("old+cu130")
    assert "`cu130` needs a driver for CUDA 13, and this one is for CUDA 12.2" in refused.value.message
    assert ("cu126", "12.2") == (known.named("old+cu126").accelerator, known.named("old+cu126").driver)


def test_a_name_of_parity_s_own_is_not_taken() -> None:
    """A lock that says `rhel-8` means the same everywhere."""
    with pytest.raises(ManifestError) as refused:
        read_target(profile(), "rhel-8.json", TARGETS)
    assert "`rhel-8`: a target of parity's own is called so" == refused.value.faults[0].message


def test_a_machine_that_parity_knows_nothing_like_is_refused() -> None:
    """Rather than a lock that nothing was ever solved for."""
    system = {"platform": "linux-riscv64", "kernel": "6.1", "macos": None}
    with pytest.raises(ManifestError) as refused:
        read_target(profile(system=system), "a.json", TARGETS)
    assert "parity has no targets for linux-riscv64 with glibc" == refused.value.faults[0].message
    with pytest.raises(ProfileInvalid):
        read_target("{}", "a.json", TARGETS)


def test_machines_are_known_by_what_tells_them_apart() -> None:
    """Of a file, no more of its path than that takes."""
    words = ["a/x.json", "b/x.json", "c/y.toml+cpu", "x", "z.json", "deep/a/x.json"]
    assert ["a/x.json", "b/x", "y+cpu", "x", "z", "deep/a/x"] == list(titles(words).values())


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("linux-64", ("linux-64", "")),
        ("linux-64+cu126", ("linux-64", "cu126")),
        ("gpu.json+cpu", ("gpu.json", "cpu")),
        ("/srv/c++/gpu.json", ("/srv/c++/gpu.json", "")),
        ("gpu.json+rocm6.4", ("gpu.json", "rocm6.4")),
    ],
)
def test_an_accelerator_is_parted_from_a_file(word: str, expected: tuple[str, str]) -> None:
    """A folder may have a `+` in its name."""
    assert (expected, expected[0].endswith(".json")) == (parted(word), is_file(word))
