"""The machine that an environment is for: named, with the floors that may be assumed of it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from parity.core.errors import TargetUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One kind of machine.

    `platform` is conda's word (`linux-64`). `libc` is `glibc` or `musl` with the oldest version that may be met, or
    empty on macOS, where `macos` is the oldest version. `accelerator` is `cpu`, `cu126`, …, or empty where nobody
    asked; `torch_backend` is uv's name for it. `uv` is uv's name of the platform. `glibcxx` and `cxxabi` are the newest
    symbol versions of the C++ library that comes with the system.
    """

    name: str
    platform: str
    uv: str
    libc: str = ""
    libc_version: str = ""
    glibcxx: str = ""
    cxxabi: str = ""
    macos: str = ""
    accelerator: str = ""
    torch_backend: str = ""
    virtual_packages: tuple[str, ...] = ()
    source: str = ""

    @property
    def cuda(self) -> str:
        """The CUDA version of the accelerator (`12.6`), empty without one."""
        digits = self.accelerator.removeprefix("cu")
        return f"{digits[:-1]}.{digits[-1]}" if digits.isdigit() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What a real machine turned out to be. `cuda` is the newest version that its driver can run."""

    platform: str
    libc: str = ""
    libc_version: str = ""
    macos: str = ""
    cuda: str = ""
    rocm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Every target that has a name, and the accelerators that may be added to it with `+`."""

    plain: Mapping[str, Target]
    accelerators: Mapping[str, str]

    def named(self, name: str) -> Target:
        """Return the target of a name such as `linux-64` or `linux-64+cu126`. Raises TargetUnknown."""
        base, _, accelerator = name.partition("+")
        if base not in self.plain:
            raise _unknown(name, base, sorted(self.plain))
        if not accelerator and "+" not in name:
            return self.plain[base]
        if accelerator not in self.accelerators:
            raise _unknown(name, name, [f"{base}+{each}" for each in self.accelerators])
        target = replace(
            self.plain[base], name=name, accelerator=accelerator, torch_backend=self.accelerators[accelerator]
        )
        if not target.cuda:
            return target
        return replace(target, virtual_packages=tuple(sorted([*target.virtual_packages, f"__cuda={target.cuda}"])))

    def default(self, host: Host) -> Target:
        """Return the named target of a machine's kind: `linux-64` on any Linux with glibc on x86-64.

        Raises TargetUnknown where no target describes this kind of machine.
        """
        plain = self.plain.get(host.platform)
        if plain and plain.libc in {host.libc, ""}:
            return plain
        for target in self.plain.values():
            if (target.platform, target.libc) == (host.platform, host.libc):
                return target
        raise _unknown(host.platform, host.platform, sorted(self.plain))


def load_targets(text: str) -> Targets:
    """Read the data file of targets (ours, TOML)."""
    data = tomllib.loads(text)
    return Targets(
        plain={entry["name"]: _from_data(entry) for entry in data["target"]}, accelerators=data["accelerators"]
    )


def _from_data(entry: Mapping[str, Any]) -> Target:
    return Target(
        name=entry["name"],
        platform=entry["platform"],
        uv=entry["uv"],
        libc=entry.get("libc", ""),
        libc_version=entry.get("libc-version", ""),
        glibcxx=entry.get("glibcxx", ""),
        cxxabi=entry.get("cxxabi", ""),
        macos=entry.get("macos", ""),
        virtual_packages=tuple(entry["virtual-packages"]),
        source=entry["source"],
    )


def unsatisfied(target: Target, host: Host) -> str:
    """Return why a machine does not satisfy a target, as part of a sentence; empty where it does."""
    if host.platform != target.platform:
        return f"it is for {target.platform}, and this machine is {host.platform}"
    if host.libc != target.libc:
        return f"it is for {target.libc or 'macOS'}, and this machine has {host.libc or 'another C library'}"
    if target.libc and _older(host.libc_version, target.libc_version):
        return f"it needs {target.libc} {target.libc_version}, and this machine has {host.libc_version or 'none known'}"
    if target.macos and _older(host.macos, target.macos):
        return f"it needs macOS {target.macos}, and this machine has {host.macos or 'none known'}"
    return _accelerator_missing(target, host)


def _accelerator_missing(target: Target, host: Host) -> str:
    """Return what is missing; an older driver runs what a newer CUDA of its major version compiled."""
    if target.cuda and _older(host.cuda, target.cuda.split(".", maxsplit=1)[0]):
        has = f"a driver for CUDA {host.cuda}" if host.cuda else "no CUDA driver"
        return f"it needs CUDA {target.cuda}, and this machine has {has}"
    if target.accelerator.startswith("rocm") and not host.rocm:
        return "it needs ROCm, and this machine has none"
    return ""


def specificity(target: Target) -> tuple[int, tuple[int, ...], tuple[int, ...], str]:
    """Return what orders targets that all fit one machine: accelerator first, then how much of it they use."""
    rank = 0 if not target.accelerator else 1 if target.accelerator == "cpu" else 2
    return rank, numbers(target.cuda), numbers(target.libc_version or target.macos), target.name


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a dotted version: `2.28` is (2, 28), nothing is ()."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _older(has: str, needs: str) -> bool:
    return (*numbers(has), 0, 0)[:2] < (*numbers(needs), 0, 0)[:2]


def _unknown(name: str, asked: str, known: Sequence[str]) -> TargetUnknown:
    close = get_close_matches(asked, known, n=1)
    meant = f"did you mean `{close[0]}`? " if close else ""
    return TargetUnknown(f"`{name}` is not a target that parity knows", hint=f"{meant}targets are {', '.join(known)}")
