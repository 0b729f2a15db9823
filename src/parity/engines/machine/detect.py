"""What this machine is: platform, C library, macOS version, what a GPU's driver can run."""

import ctypes
import os
import platform
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from parity.core.preflight.overrides import VARIABLES, overridden
from parity.core.target import Host
from parity.engines.system.facts import observe, observe_device, observe_said, observe_variable

_MACHINES = {"x86_64": "64", "amd64": "64", "aarch64": "aarch64", "arm64": "arm64", "ppc64le": "ppc64le"}
_LOADERS = Path("/lib")
_ROCM = Path("/dev/kfd")
# where NVIDIA's driver shows itself: in the kernel, as devices (WSL's is dxg), as the library that is asked
_LIBRARIES = "LD_LIBRARY_PATH"
_SAID = ("/proc/driver/nvidia/version",)
_FIRST_GPU = "/dev/nvidia0"
_GPUS = ("nvidia[0-9]*", "dxg", "nvmap")  # a card's, WSL's, a Jetson's
_DEVICES = ("/dev/nvidiactl", "/dev/dxg", str(_ROCM))
_DRIVERS = tuple(
    f"{folder}/libcuda.so.1"
    for folder in (
        "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/wsl/lib", "/usr/lib",
    )
)  # fmt: skip


# The levels of the x86-64 psABI, each with what it adds to the one before, in the kernel's words; the probe, which is
# handed out alone, has the same.
_LEVELS = (
    ("x86_64-v2", {"cx16", "popcnt", "sse4_1", "sse4_2", "ssse3"}),
    ("x86_64-v3", {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"}),
    ("x86_64-v4", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
)
_CPUS = Path("/proc/cpuinfo")
_FIRST_CPU = 8192  # bytes: the file has as many paragraphs as there are processors, and all say the same


def detect(overrides: Mapping[str, str] | None = None) -> Host:
    """Return the facts of this machine.

    `overrides` are variables named as conda names them (core/preflight/overrides). Raises OverrideInvalid.
    """
    libc, version = _libc()
    driver = _driver()
    host = Host(
        platform=host_platform(),
        libc=libc,
        libc_version=version,
        macos=platform.mac_ver()[0] if sys.platform == "darwin" else "",
        cuda=_cuda(driver) if driver else "",
        gpu=not driver or _serves(driver),
        rocm=_ROCM.exists(),
        level=_level(),
    )
    return overridden(host, overrides or {})


def accelerator_facts(environ: Mapping[str, str]) -> list[list[str]]:
    """Return the facts (engines/system/facts) under which this machine keeps the accelerators that it has.

    A container may be started without its GPU and a driver be taken out while every file of a project stays as it is.
    """
    rows = [observe_variable(_LIBRARIES, environ)]
    rows += [observe_said(path) for path in _SAID]
    rows += [observe_device(path) for path in (*_DEVICES, *(_gpus() or [_FIRST_GPU]))]
    return rows + [observe(path) for path in _DRIVERS]


def override_facts(environ: Mapping[str, str]) -> list[list[str]]:
    """Return the facts under which this machine is taken for what it is taken for now."""
    return [observe_variable(name, environ) for name in VARIABLES]


def host_platform() -> str:
    """Return conda's word for this platform: `linux-64`, `osx-arm64`."""
    system = {"linux": "linux", "darwin": "osx", "win32": "win"}.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    return f"{system}-{_MACHINES.get(machine, machine)}"


def _level() -> str:
    """Return the level of the processor, empty where it has none or nobody says."""
    if platform.machine().lower() not in {"x86_64", "amd64"} or not _CPUS.exists():
        return ""
    with _CPUS.open(encoding="utf-8", errors="replace") as file:
        flags = re.search(r"^flags\s*: (.*)$", file.read(_FIRST_CPU), re.MULTILINE)
    features = set(flags[1].split()) if flags else set[str]()
    level = "x86_64"
    for name, added in _LEVELS:
        if not added <= features:
            break
        level = name
    return level


def _libc() -> tuple[str, str]:
    """Ask the C library that runs this process; where that is no glibc, a loader of musl says what it is."""
    if sys.platform != "linux":
        return "", ""
    try:
        words = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
    except (ValueError, OSError):
        words = []
    if len(words) == 2 and words[0] == "glibc":  # noqa: PLR2004 - `glibc 2.28`
        return "glibc", words[1]
    return musl(_LOADERS)


def musl(folder: Path) -> tuple[str, str]:
    """Return `musl` and its version, read out of its loader, or nothing where there is none."""
    for loader in sorted(folder.glob("ld-musl-*.so.1")):
        # the loader is the library itself, and carries its version as a text of its own
        found = re.search(rb"\0(1\.\d+)\.\d+\0", loader.read_bytes())
        return "musl", found[1].decode() if found else "1.1"
    return "", ""


def _driver() -> ctypes.CDLL | None:
    """Return NVIDIA's library, which answers without a GPU and without a toolkit."""
    try:
        return ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None


def _cuda(driver: ctypes.CDLL) -> str:
    version = ctypes.c_int(0)
    if driver.cuDriverGetVersion(ctypes.byref(version)) != 0:
        return ""
    return f"{version.value // 1000}.{version.value % 1000 // 10}"


def _serves(driver: ctypes.CDLL) -> bool:
    """Say whether a driver has a GPU. Beginning takes it long, so it is asked only where no device tells."""
    if _gpus():
        return True
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0


def _gpus() -> list[str]:
    """Return the devices of GPUs."""
    return [str(path) for pattern in _GPUS for path in sorted(Path("/dev").glob(pattern))]
