"""What this machine is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parity.core.preflight.errors import OverrideInvalid
from parity.core.preflight.profiles import from_profile
from parity.engines.machine.detect import accelerator_facts, detect, musl, override_facts
from parity.engines.machine.probing import probe
from parity.engines.system import facts


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: the C library is asked")
def test_this_machine_is_described() -> None:
    """A platform of conda's name, and a C library with a version."""
    host = detect()
    assert host.platform.startswith("linux-")
    assert host.libc in {"glibc", "musl"}
    assert all(part.isdigit() for part in host.libc_version.split("."))


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: other systems have no glibc to override")
def test_overrides_win() -> None:
    """Conda's own variables; empty means none."""
    overridden = detect({"CONDA_OVERRIDE_GLIBC": "2.17", "CONDA_OVERRIDE_CUDA": "12.4"})
    assert ("2.17", "12.4") == (overridden.libc_version, overridden.cuda)
    assert "" == detect({"CONDA_OVERRIDE_CUDA": ""}).cuda


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: other systems have no glibc to override")
def test_a_profile_has_what_is_overridden() -> None:
    """A probe and a sync take the machine for the same."""
    environ = {"CONDA_OVERRIDE_GLIBC": "2.17", "CONDA_OVERRIDE_CUDA": "12.4", "CONDA_OVERRIDE_ARCHSPEC": "haswell"}
    machine, host = from_profile(probe(environ, asked=False), "this machine"), detect(environ)
    assert machine.host == host
    assert ("2.17", "12.4", True) == (host.libc_version, host.cuda, host.gpu)
    assert host.level in {"", "x86_64-v3"}  # other processors have no such levels
    none = probe({"CONDA_OVERRIDE_CUDA": ""}, asked=False)
    assert None is none["nvidia"]


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("CONDA_OVERRIDE_CUDA", "abc", "CONDA_OVERRIDE_CUDA=12.6"),
        ("CONDA_OVERRIDE_GLIBC", "new", "CONDA_OVERRIDE_GLIBC=2.28"),
        ("CONDA_OVERRIDE_OSX", "sonoma", "CONDA_OVERRIDE_OSX=14.0"),
        ("CONDA_OVERRIDE_ARCHSPEC", "haswel", "did you mean `haswell`?"),
        ("CONDA_OVERRIDE_ARCHSPEC", "???", "`x86_64_v3`"),
    ],
)
def test_an_override_that_no_machine_can_be_is_refused(name: str, value: str, example: str) -> None:
    """With its name, and how it is written."""
    with pytest.raises(OverrideInvalid) as refused:
        detect({name: value})
    assert refused.value.message.startswith(f"`{name}` is `{value}`")
    assert example in refused.value.hint


DRIVER = """
#include <stdlib.h>
int cuDriverGetVersion(int *version) { *version = 12060; return 0; }
int cuInit(unsigned flags) { return atoi(getenv("CUDA_INIT")) + 0 * flags; }
int cuDeviceGetCount(int *count) { *count = atoi(getenv("CUDA_COUNT")); return 0; }
"""
ASK = "from parity.engines.machine.detect import detect; host = detect(); print(host.cuda, host.gpu)"


@pytest.mark.skipif(not shutil.which("cc"), reason="needs cc, which makes a stand-in for the driver")
@pytest.mark.skipif(Path("/dev/nvidia0").exists(), reason="needs a machine without a GPU")
@pytest.mark.parametrize(
    ("init", "count", "expected"), [("100", "0", "12.6 False"), ("0", "0", "12.6 False"), ("0", "1", "12.6 True")]
)
def test_a_driver_without_a_gpu_is_known(tmp_path: Path, init: str, count: str, expected: str) -> None:
    """As on the node that people log in to: the library is there, and says what it would run."""
    (tmp_path / "driver.c").write_text(DRIVER, encoding="utf-8")
    compiler = shutil.which("cc") or ""
    subprocess.run([compiler, "-shared", "-fPIC", "-o", "libcuda.so.1", "driver.c"], cwd=tmp_path, check=True)
    environ = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path), "CUDA_INIT": init, "CUDA_COUNT": count}
    said = subprocess.run([sys.executable, "-c", ASK], env=environ, check=True, capture_output=True, text=True).stdout
    assert expected == said.strip()


def test_musl_is_read_out_of_its_loader(tmp_path: Path) -> None:
    """Without starting it."""
    assert ("", "") == musl(tmp_path)
    (tmp_path / "ld-musl-x86_64.so.1").write_bytes(b"\x7fELF\0text\0" + b"1.2.5\0more\0")
    assert ("musl", "1.2") == musl(tmp_path)


def test_the_level_of_the_processor_is_what_the_probe_says() -> None:
    """Both have the table of levels, since the probe is handed out alone."""
    assert (probe(host_name=False)["cpu"]["level"] or "") == detect().level


def test_accelerators_are_kept_under_facts_that_can_be_looked_at_again() -> None:
    """Every one of them holds at once, and an override is one that is told."""
    environ = {"CONDA_OVERRIDE_CUDA": "12.4"}
    rows = [*override_facts(environ), *accelerator_facts(environ)]
    assert facts.hold(rows, environ)
    assert not facts.hold(rows, {})
    assert "/proc/driver/nvidia/version" in {row[1] for row in rows}
