"""Which distributions have builds for accelerators, and how they are asked for."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

import parity
from parity.core.accelerators.builds import Builds, read_builds, refuse_unfit
from parity.core.accelerators.errors import BuildUnfit
from parity.core.accelerators.indexes import addresses_in, beside
from parity.core.errors import ManifestError
from parity.core.lockfile.model import LockedWheel
from parity.core.places import Place
from parity.core.spec import AcceleratorSettings, Index, Substitute, WheelRequirement
from parity.core.target import load_targets

DATA = Path(parity.__file__).parent / "data"
TEXT = (DATA / "accelerators.toml").read_text(encoding="utf-8")
TARGETS = load_targets((DATA / "targets.toml").read_text(encoding="utf-8"))
HERE = Place(file="requirements.txt", line=1)


def asked(builds: Builds, target: str, *requirements: WheelRequirement) -> list[tuple[str, str]]:
    """Return how requirements are asked for on a target: each line, and the index that it is bound to."""
    applied = builds.applied(TARGETS.named(target), requirements, (), ())
    return [(each.to_text(), each.index) for each in applied.requirements]


def known(**settings: object) -> Builds:
    """Return what parity knows under the rules of a project."""
    packages = {
        name: {key: Substitute(place=HERE, package=str(package)) for key, package in rules.items()}
        for name, rules in settings.items()
        if isinstance(rules, dict)
    }
    return read_builds(TEXT, AcceleratorSettings(packages=packages), {})


def named(name: str, **others: Any) -> WheelRequirement:
    """Return a requirement of a manifest."""
    return WheelRequirement(name=name, place=HERE, **others)


@pytest.mark.parametrize(
    ("target", "name", "expected"),
    [
        ("linux-64", "torch", ("torch>=2", "")),
        ("linux-64+cpu", "torch", ("torch>=2", "pytorch-cpu")),
        ("linux-64+cu126", "torch", ("torch>=2", "pytorch-cu126")),
        ("linux-64+rocm6", "torchvision", ("torchvision>=2", "pytorch-rocm6.4")),
        ("linux-aarch64+cu130", "torch", ("torch>=2", "pytorch-cu130")),
        ("linux-64+cpu", "jax", ("jax>=2", "")),
        ("linux-64+cu118", "jax", ("jax>=2", "")),
        ("linux-64+cu126", "jax", ("jax[cuda12]>=2", "")),
        ("linux-64+cu130", "jax", ("jax[cuda13]>=2", "")),
        ("linux-64+cu118", "cupy", ("cupy-cuda11x>=2", "")),
        ("linux-64+cu128", "onnxruntime", ("onnxruntime-gpu>=2", "")),
        ("linux-64+rocm6", "onnxruntime", ("onnxruntime>=2", "")),
        ("linux-64+cu126", "numpy", ("numpy>=2", "")),
    ],
)
def test_a_target_s_accelerator_decides(target: str, name: str, expected: tuple[str, str]) -> None:
    """The version that was asked for stays; a target without an accelerator changes nothing."""
    assert [expected] == asked(known(), target, named(name, specifier=">=2"))


def test_what_a_user_bound_is_left_alone() -> None:
    """An address or an index of his own says where from."""
    own = [named("torch", url="https://a.test/torch.whl"), named("torch", index="house"), named("torch", path="torch")]
    assert [each.to_text() for each in own] == [text for text, _ in asked(known(), "linux-64+cu126", *own)]


def test_the_most_exact_rule_counts() -> None:
    """An accelerator before its major version before its kind; a project's rule takes the place of parity's."""
    builds = known(lib={"cuda": "lib-gpu", "cuda12": "lib-cu12", "cu126": "lib-cu126", "cpu": "lib-cpu"}, torch={})
    found = [asked(builds, f"linux-64+{name}", named("lib"))[0][0] for name in ("cu126", "cu128", "cu118", "cpu")]
    assert ["lib-cu126", "lib-cu12", "lib-gpu", "lib-cpu"] == found
    assert [("torch", "")] == asked(builds, "linux-64+cu126", named("torch"))


def test_what_is_brought_along_keeps_its_name() -> None:
    """Another name would not take the place of what others ask for."""
    along = known().applied(TARGETS.named("linux-64+cu126"), (), (), ()).along
    assert ("pytorch-cu126", ("cuda12",)) == (along["torch"].index, along["jax"].extras)
    assert {"onnxruntime", "cupy"} & {*along} == set()


def test_addresses_of_the_machine_come_first() -> None:
    """Then the project's, then those that are known; none is part of a name."""
    settings = AcceleratorSettings(
        indexes={name: Index(name=name, url=f"https://project.test/{name}") for name in ("cpu", "cu126")}
    )
    builds = read_builds(TEXT, settings, addresses_in("cu126=https://machine.test/simple  nonsense"))
    found = {index.name: index.url for index in builds.indexes}
    assert ("https://machine.test/simple", "https://project.test/cpu") == (found["pytorch-cu126"], found["pytorch-cpu"])
    assert found["pytorch-cu118"].endswith("/cu118")
    own = Index(name="pytorch-cu126", url="https://own.test")
    assert [own] == [index for index in beside([own], builds.indexes) if index.name == own.name]


def test_a_rule_with_an_index_that_is_not_there_is_refused() -> None:
    """Where it stands."""
    rules = {"lib": {"cuda": Substitute(place=HERE, index="house")}}
    builds = read_builds(TEXT, AcceleratorSettings(packages=rules), {})
    with pytest.raises(ManifestError) as refused:
        builds.applied(TARGETS.named("linux-64+cu126"), (), (), ())
    assert [("there is no index `house`", HERE)] == [(each.message, each.place) for each in refused.value.faults]
    with pytest.raises(ManifestError) as near:
        builds.applied(TARGETS.named("linux-64+cu126"), (), (), (Index(name="hause", url="https://example.com"),))
    assert ["did you mean `hause`?"] == [each.hint for each in near.value.faults]


@pytest.mark.parametrize(
    ("target", "version", "fits"),
    [
        ("linux-64+cu126", "2.7+cu126", True),
        ("linux-64+cu126", "2.7+cpu", False),
        ("linux-64+cpu", "2.7+cu126", False),
        ("linux-64+cpu", "2.7+cpu.cxx11.abi", True),
        ("linux-64+cu126", "2.7+rocm6.4", False),
        ("linux-64", "2.7+cu126", True),
        ("linux-64+cu126", "2.7+local", True),
    ],
)
def test_a_build_for_another_accelerator_is_refused(target: str, version: str, fits: bool) -> None:
    """Whatever an index gives."""
    wheel = LockedWheel(name="torch", version=version, targets=(target,), index="pytorch-cu126")
    expected: AbstractContextManager[Any] = nullcontext() if fits else pytest.raises(BuildUnfit)
    with expected:
        refuse_unfit([wheel], TARGETS.named(target))
