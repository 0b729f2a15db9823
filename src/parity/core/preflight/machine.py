"""The machine that a lock is checked against: a named target, or the profile of a real one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field

from parity.core.dataclass import dataclass
from parity.core.target import Host, Target

#: What the machine is called that asks about itself.
HERE = "this machine"


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
    `compilers` their names; both are None where nobody looked. `distribution` is os-release's ID.
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
    distribution: str = ""

    @property
    def called(self) -> str:
        """Its name as it stands in a sentence."""
        return HERE if self.name == HERE else f"`{self.name}`"

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
        distribution=target.distribution,
    )


def virtual_packages(host: Host, kernel: str) -> Mapping[str, str]:
    """Return conda's virtual packages of a real machine (CEP 30): name → `version` or `version=build`.

    A driver without a GPU is none: what a channel builds for CUDA would have nothing to run on.
    """
    linux = host.platform.startswith("linux")
    numbers = re.match(r"[\d.]*\d", kernel) if linux else None
    told: Sequence[tuple[str, str]] = [
        ("__unix", "0"),
        ("__linux", numbers[0] if numbers else ""),
        ("__glibc", host.libc_version if host.libc == "glibc" else ""),
        ("__osx", host.macos),
        ("__cuda", host.cuda if host.gpu else ""),
        ("__archspec", f"1={host.level.replace('-', '_')}" if host.level else ""),
    ]
    return {name: version for name, version in told if version}


def _virtual(text: str) -> tuple[str, str]:
    name, _, version = text.partition("=")
    return name, version or "0"
