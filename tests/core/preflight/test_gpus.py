"""Which GPUs the programs in compiled files run on, and what is said where they do not."""

import pytest

from parity.core.findings import Finding
from parity.core.preflight.accelerators import load_rules
from parity.core.preflight.gpus import gpu_needs, runs_on
from parity.core.preflight.machine import Gpu, Machine
from parity.core.preflight.profiles import from_profile
from parity.core.preflight.symbols import SharedObject
from parity.core.target import Host, load_targets
from parity.engines.machine.probing import probe
from parity.workflows import wiring

TARGETS = load_targets(wiring.data("targets.toml"))
RULES = load_rules(wiring.data("accelerators.toml"))
OLD, NEW = Gpu(name="Old", capability="6.1"), Gpu(name="New", capability="12.0")


def machine(*gpus: Gpu, cuda: str = "13.0") -> Machine:
    """Return a machine with these GPUs and a driver for this CUDA."""
    host = Host(platform="linux-64", libc="glibc", libc_version="2.31", cuda=cuda)
    return Machine(name="server", host=host, virtual_packages={}, gpus=gpus)


def compiled(*gpus: str) -> SharedObject:
    """Return a compiled file with programs for these."""
    return SharedObject(machine="x86_64", soname="", needed=(), versions={}, gpus=gpus)


def found(where: Machine, **files: SharedObject) -> list[Finding]:
    """Return the findings about files of the package `torch`."""
    return list(gpu_needs(files, dict.fromkeys(files, "torch"), where, RULES, TARGETS))


@pytest.mark.parametrize(
    ("architecture", "runs", "fails"),
    [
        ("sm_80", ["8.0", "8.6", "8.9"], ["7.5", "9.0", "12.0"]),
        ("sm_86", ["8.6", "8.9"], ["8.0", "9.0"]),
        ("compute_80", ["8.0", "9.0", "12.1"], ["7.5"]),
        ("sm_90a", ["9.0"], ["10.0", "8.9"]),
        ("compute_90a", ["9.0"], ["10.0"]),
        ("sm_100f", ["10.0", "10.3"], ["9.0", "12.0"]),
        ("compute_100f", ["10.0", "10.3"], ["12.0"]),
        ("sm_103", ["10.3"], ["10.0"]),
        ("nonsense", [], ["9.0"]),
    ],
)
def test_a_program_runs_on_its_own_major_and_what_is_compiled_late_on_all_newer(
    architecture: str, runs: list[str], fails: list[str]
) -> None:
    """NVIDIA's rules; a letter binds to one capability, or to a family."""
    assert runs == [each for each in runs + fails if runs_on(architecture, each)]


def test_a_gpu_that_is_too_new_fails_its_package() -> None:
    """File, what it has, the GPU, and the accelerator whose compilers know it."""
    (finding,) = found(machine(NEW), **{"lib/libtorch_cuda.so": compiled("sm_80", "sm_90")})

    assert ("gpu-unserved", "error", "torch") == (finding.code, finding.severity, finding.subject)
    said = "`lib/libtorch_cuda.so` has programs for `sm_80`, `sm_90`, and New is of capability 12.0"
    assert said == finding.message
    assert "lock for a target with `+cu130`: compilers know capability 12.0 from CUDA 12.8 on" == finding.hint


@pytest.mark.parametrize(
    ("gpu", "cuda", "says"),
    [
        (NEW, "12.9", "`+cu129`"),
        (NEW, "11.4", "with a driver that runs it"),
        (OLD, "13.0", "`+cu129`: compilers know capability 6.1 from CUDA 8.0 to before 13.0"),
        (Gpu(name="Other", capability="99.0"), "13.0", "take a build for this GPU"),
    ],
)
def test_the_hint_is_computed(gpu: Gpu, cuda: str, says: str) -> None:
    """Of the accelerators that there are: one that knows the GPU, and that the driver runs."""
    (finding,) = found(machine(gpu, cuda=cuda), one=compiled("sm_80"))
    assert says in finding.hint


def test_what_a_driver_compiles_serves_newer_gpus() -> None:
    """PTX is no finding, nor is a machine of which no GPU is known, nor a file without such programs."""
    assert [] == found(machine(NEW), one=compiled("sm_80", "compute_80"))
    assert [] == found(machine(), one=compiled("sm_80"))
    assert [] == found(machine(NEW), one=compiled())


def test_files_and_gpus_among_others_are_warnings() -> None:
    """A library that has another file for the GPU, a machine that has another GPU for the file."""
    (one,) = found(machine(NEW), one=compiled("sm_90"), two=compiled("sm_120"))
    (other,) = found(machine(OLD, NEW, NEW), one=compiled("sm_120"))

    assert ("warning", "warning") == (one.severity, other.severity)
    assert "Old is of capability 6.1" in other.message
    assert ["error", "error"] == [each.severity for each in found(machine(OLD, NEW), one=compiled("sm_80"))]


def test_many_architectures_are_told_by_the_ends() -> None:
    """The lowest and the highest, by number and not by letters."""
    several = [f"sm_{number}" for number in (50, 60, 70, 75, 80, 86, 90, 100)]
    (finding,) = found(machine(NEW), one=compiled(*sorted(several)))
    assert "has programs for `sm_50` to `sm_100`" in finding.message


def test_a_profile_brings_its_gpus() -> None:
    """Names and capabilities, as the probe wrote them; one whose capability it could not learn is left out."""
    profile = probe(asked=False)
    known, unknown = ({"name": gpu, "capability": has, "memory": 1} for gpu, has in [("New", "12.0"), ("?", None)])
    profile["nvidia"] = {"driver": "580", "cuda": "13.0", "gpus": [known, unknown]}
    assert (NEW,) == from_profile(profile, "server").gpus
