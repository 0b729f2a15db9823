"""The machine that a lock is checked against: a named target, or the profile of a real one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parity.core.errors import ProfileInvalid
from parity.core.target import Host, Target, Targets, unsatisfied

SCHEMA = "parity-profile/1"
NO_REMEDY = "no named target fits this machine"
_HINT = "`parity probe` on that machine writes one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a folder of parity's is on a machine; sizes in bytes, None where nobody knows."""

    path: str
    free_bytes: int | None
    free_inodes: int | None
    noexec: bool
    writable: bool
    path_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU: its name and its compute capability (`9.0`)."""

    name: str
    capability: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What is known of a machine. An empty text or None is a fact that nobody knows.

    `level` is a level of the x86-64 psABI (`x86_64-v3`); `glibcxx` and `cxxabi` are the newest symbol versions of its
    C++ library. `gpus` are NVIDIA's, as far as they are known. `pythons` are the versions of its interpreters,
    `compilers` their names; both are None where nobody looked.
    """

    name: str
    host: Host
    virtual_packages: Mapping[str, str]
    level: str = ""
    glibcxx: str = ""
    cxxabi: str = ""
    driver: str = ""
    gpus: tuple[Gpu, ...] = ()
    pythons: tuple[str, ...] | None = None
    compilers: tuple[str, ...] | None = None
    folders: Mapping[str, Folder] = field(default_factory=dict[str, Folder])

    @property
    def floors(self) -> Target:
        """The machine as a target of its own, for what asks which wheels it takes."""
        host = self.host
        return Target(
            name=self.name,
            platform=host.platform,
            uv="",
            libc=host.libc,
            libc_version=host.libc_version,
            macos=host.macos,
        )


def of_target(target: Target) -> Machine:
    """Return what may be assumed of a named target."""
    virtual = dict(_virtual(text) for text in target.virtual_packages)
    host = Host(
        platform=target.platform,
        libc=target.libc,
        libc_version=target.libc_version,
        macos=target.macos,
        cuda=target.cuda,
        rocm=target.accelerator.startswith("rocm"),
        level=target.level,
    )
    return Machine(
        name=target.name,
        host=host,
        virtual_packages=virtual,
        level=target.level,
        glibcxx=target.glibcxx,
        cxxabi=target.cxxabi,
    )


def remedy_of(machine: Machine, targets: Targets) -> str:
    """Return the command that locks for a machine too, as a hint; empty where no named target fits it.

    Of those that the machine satisfies, the target with the highest floors is taken.
    """
    fitting = [target for target in targets.plain.values() if not unsatisfied(target, machine.host)]
    newest = max(fitting, key=lambda target: [int(part) for part in _floor(target).split(".")], default=None)
    return f"lock for it too: `parity lock --target {newest.name}`" if newest else ""


def read_profile(text: str, file: str) -> Machine:
    """Read what `parity probe` wrote, in its envelope or without. Raises ProfileInvalid.

    A machine is known by its profile's file name without the ending.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ProfileInvalid(f"`{file}` is not a profile: it is not JSON ({error})", hint=_HINT) from None
    if isinstance(data, dict) and data.get("command") == "probe":
        data = data.get("data")
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        found = data.get("schema") if isinstance(data, dict) else None
        said = f"its schema is `{found}`" if found else f"it has no `schema` of `{SCHEMA}`"
        raise ProfileInvalid(f"`{file}` is not a profile that parity reads: {said}", hint=_HINT)
    name = file.rsplit("/", 1)[-1].removesuffix(".json")
    try:
        return from_profile(data, name)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ProfileInvalid(
            f"`{file}` is not a whole profile: {type(error).__name__} at {error}", hint=_HINT
        ) from None


def from_profile(data: Mapping[str, Any], name: str) -> Machine:
    """Return the machine of a profile's data. Raises KeyError, TypeError or ValueError where it is another's."""
    system, libc, nvidia = data["system"], data["libc"] or {}, data["nvidia"] or {}
    cxx = data["cxx_runtime"] or {}
    host = Host(
        platform=system["platform"],
        libc=libc.get("name") or "",
        libc_version=libc.get("version") or "",
        macos=system["macos"] or "",
        cuda=nvidia.get("cuda") or "",
        rocm=data["rocm"] is not None,
        level=data["cpu"]["level"] or "",
    )
    looked = data["probe"]["language"] != "sh"
    return Machine(
        name=name,
        host=host,
        virtual_packages=_virtual_packages(host, system["kernel"] or ""),
        level=host.level,
        glibcxx=cxx.get("glibcxx") or "",
        cxxabi=cxx.get("cxxabi") or "",
        driver=nvidia.get("driver") or "",
        gpus=tuple(
            Gpu(name=each["name"] or "a GPU", capability=each["capability"])
            for each in nvidia.get("gpus") or ()
            if each["capability"]
        ),
        pythons=tuple(each["version"] for each in data["interpreters"]) if looked else None,
        compilers=tuple(each["name"] for each in data["compilers"]),
        folders={key: _folder(each) for key, each in data["folders"].items()},
    )


def _folder(data: Mapping[str, Any]) -> Folder:
    return Folder(
        path=data["path"],
        free_bytes=data["free_bytes"],
        free_inodes=data["free_inodes"],
        noexec=bool(data["noexec"]),
        writable=bool(data["writable"]) and not data["read_only"],
        path_bytes=int(data["path_bytes"]),
    )


def _virtual_packages(host: Host, kernel: str) -> Mapping[str, str]:
    """Return conda's virtual packages of a real machine (CEP 30): name → `version` or `version=build`."""
    linux = host.platform.startswith("linux")
    numbers = kernel.partition("-")[0] if linux else ""
    told: Sequence[tuple[str, str]] = [
        ("__unix", "0"),
        ("__linux", numbers),
        ("__glibc", host.libc_version if host.libc == "glibc" else ""),
        ("__osx", host.macos),
        ("__cuda", host.cuda),
        ("__archspec", f"1={host.level.replace('-', '_')}" if host.level else ""),
    ]
    return {name: version for name, version in told if version}


def _virtual(text: str) -> tuple[str, str]:
    name, _, version = text.partition("=")
    return name, version or "0"


def _floor(target: Target) -> str:
    return target.libc_version or target.macos or "0"
