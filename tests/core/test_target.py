"""The machines that have a name."""

from dataclasses import replace
from pathlib import Path

import pytest

import parity
from parity.core.errors import TargetImpossible, TargetUnknown
from parity.core.target import Host, kind_of, load_targets, unsatisfied

TARGETS = load_targets((Path(parity.__file__).parent / "data" / "targets.toml").read_text(encoding="utf-8"))


def test_every_target_says_where_its_floor_is_known_from() -> None:
    """A floor without a source is a guess."""
    assert [] == [target.name for target in TARGETS.plain.values() if not target.source]


@pytest.mark.parametrize(
    ("name", "libc", "uv"),
    [
        ("linux-64", "2.28", "x86_64-manylinux_2_28"),
        ("linux-64-glibc2.17", "2.17", "x86_64-manylinux_2_17"),
        ("linux-aarch64", "2.28", "aarch64-manylinux_2_28"),
        ("ubuntu-22.04", "2.35", "x86_64-manylinux_2_35"),
        ("ubuntu-24.04", "2.39", "x86_64-manylinux_2_39"),
        ("rhel-8", "2.28", "x86_64-manylinux_2_28"),
        ("rhel-9", "2.34", "x86_64-manylinux_2_34"),
        ("amazonlinux-2023", "2.34", "x86_64-manylinux_2_34"),
        ("alpine-3.20", "1.2", "x86_64-unknown-linux-musl"),
        ("osx-arm64", "", "aarch64-apple-darwin"),
    ],
)
def test_a_name_stands_for_its_floor(name: str, libc: str, uv: str) -> None:
    """Names mean what the distributions behind them ship."""
    assert (libc, uv) == (TARGETS.named(name).libc_version, TARGETS.named(name).uv)


def test_an_accelerator_is_part_of_the_name() -> None:
    """`+cu126` chooses builds of PyTorch's family and a virtual package."""
    target = TARGETS.named("linux-64+cu126")
    assert ("cu126", "cu126", "12.6") == (target.accelerator, target.torch_backend, target.cuda)
    assert "__cuda=12.6" in target.virtual_packages


@pytest.mark.parametrize(
    ("name", "hint"), [("linux64", "linux-64"), ("osx-arm", "osx-arm64"), ("linux-64+cu1266", "linux-64+cu126")]
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    """A slip of the finger is not a target."""
    with pytest.raises(TargetUnknown) as refused:
        TARGETS.named(name)
    assert refused.value.hint.startswith(f"did you mean `{hint}`?")


@pytest.mark.parametrize(
    ("name", "because", "hint"),
    [
        ("osx-arm64+cu126", "macOS has no driver for CUDA or ROCm", "lock for `osx-arm64`, or for `osx-arm64+cpu`"),
        ("osx-64+rocm6", "macOS has no driver for CUDA or ROCm", "lock for `osx-64`, or for `osx-64+cpu`"),
        (
            "alpine-3.20+cu126",
            "the drivers' libraries of NVIDIA and AMD need glibc",
            "lock for `alpine-3.20`, or for `alpine-3.20+cpu`",
        ),
        ("linux-aarch64+rocm6", "ROCm is for x86-64 alone", "lock for `linux-aarch64`, or for `linux-aarch64+cpu`"),
    ],
)
def test_a_machine_that_there_is_not_is_refused(name: str, because: str, hint: str) -> None:
    """With the reason, and what there is."""
    with pytest.raises(TargetImpossible) as refused:
        TARGETS.named(name)
    assert f"`{name}` is a machine that there is not: {because}" == refused.value.message
    assert refused.value.hint.startswith(hint)


@pytest.mark.parametrize("base", sorted(TARGETS.plain))
def test_every_target_takes_the_accelerators_of_its_kind(base: str) -> None:
    """Each name is a target or is refused with a reason; none is half of one."""
    plain = TARGETS.plain[base]
    possible = [each for each in TARGETS.accelerators if kind_of(each) in plain.kinds]
    for accelerator in possible:
        target = TARGETS.named(f"{base}+{accelerator}")
        assert (accelerator, True) == (target.accelerator, bool(target.torch_backend))
        assert bool(target.cuda) == any(each.startswith("__cuda=") for each in target.virtual_packages)
    for accelerator in {*TARGETS.accelerators} - {*possible}:
        with pytest.raises(TargetImpossible, match=plain.without):
            TARGETS.named(f"{base}+{accelerator}")
    assert bool(plain.without) == (len(possible) < len(TARGETS.accelerators))


@pytest.mark.parametrize("name", ["linux-64+", "+cpu", ""])
def test_half_a_name_is_refused(name: str) -> None:
    """Nothing is read into what is not there."""
    with pytest.raises(TargetUnknown):
        TARGETS.named(name)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (Host(platform="linux-64", libc="glibc", libc_version="2.39"), "linux-64"),
        (Host(platform="linux-64", libc="musl", libc_version="1.2"), "alpine-3.20"),
        (Host(platform="osx-arm64", macos="15.1"), "osx-arm64"),
    ],
)
def test_the_default_is_the_named_one_of_the_platform(host: Host, expected: str) -> None:
    """Not this host's own glibc: the lock must not depend on who makes it."""
    assert expected == TARGETS.default(host).name


def test_a_machine_of_no_kind_has_no_default() -> None:
    """Refused rather than guessed."""
    with pytest.raises(TargetUnknown):
        TARGETS.default(Host(platform="linux-s390x", libc="glibc", libc_version="2.39"))


def test_an_older_processor_does_not_do() -> None:
    """Its programs would end with an illegal instruction; where nobody knows the level, it is not held against it."""
    target = replace(TARGETS.named("linux-64"), virtual_packages=("__archspec=1=x86_64_v3",))
    host = Host(platform="linux-64", libc="glibc", libc_version="2.39")
    assert "it is for x86_64-v3 processors, and this machine has x86_64-v2" == unsatisfied(
        target, replace(host, level="x86_64-v2")
    )
    assert ["", ""] == [unsatisfied(target, replace(host, level=level)) for level in ("", "x86_64-v4")]


@pytest.mark.parametrize(
    ("name", "cuda", "fits"),
    [
        ("linux-64+cu126", "12.2", True),
        ("linux-64+cu126", "13.0", True),
        ("linux-64+cu126", "11.8", False),
        ("linux-64+cu118", "11.4", True),
        ("linux-64+cu130", "12.9", False),
        ("linux-64+cu126", "", False),
        ("linux-64+rocm6", "12.6", False),
        ("linux-64+cpu", "", True),
    ],
)
def test_a_driver_runs_what_its_major_version_covers(name: str, cuda: str, fits: bool) -> None:
    """CUDA keeps compatibility within a major version."""
    host = Host(platform="linux-64", libc="glibc", libc_version="2.39", cuda=cuda)
    assert fits == (not unsatisfied(TARGETS.named(name), host))
