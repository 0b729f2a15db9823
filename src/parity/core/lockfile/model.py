"""What a lock promises: for every target, exactly which bytes, and every assumption that was made.

What, not where from: an artifact of an index is known by the index's name, its file name, size and SHA-256. Only what
the user himself gave as an address keeps it.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from parity.core.dataclass import dataclass

Route = Literal["venv", "conda"]
PythonSource = Literal["found", "prebuilt", "built", "conda"]
Noarch = Literal["", "python", "generic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPython:
    """The interpreter of a target.

    `request` is what decides how far another machine may differ. `version` is what was solved for: a minor version
    (`3.11`) unless the request or `interpreter = "exact"` demands the patch release. `build`, `file` and `sha256`
    are known for prebuilt interpreters, the recipe's digest stands in `sha256` for built ones; where `exact`, another
    machine must have the very same. On the conda route it is one of the packages, in full; where the environment has
    none, `implementation` and `version` are empty.
    """

    implementation: str
    version: str
    request: str
    source: PythonSource = "found"
    free_threaded: bool = False
    build: str = ""
    file: str = ""
    sha256: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedMachine:
    """What decides whether another machine may take a target that has no name of parity's own, as `Target` has it."""

    platform: str
    libc: str = ""
    libc_version: str = ""
    glibcxx: str = ""
    cxxabi: str = ""
    macos: str = ""
    accelerator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTarget:
    """One machine that the lock is for, and what was assumed of it. `virtual_packages` are conda's, sorted.

    `torch_backend` is uv's name for the builds of PyTorch's family that were taken, empty for the index's own.
    `machine` is there where the name is not parity's own.
    """

    name: str
    python: LockedPython
    virtual_packages: tuple[str, ...] = ()
    torch_backend: str = ""
    machine: LockedMachine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedWheel:
    """One distribution: a file of an index, or something that the user gave as an address.

    From an index: `index`, `file`, `sha256`, `size` (bytes; 0 where the index does not say). `file` ending in
    `.whl` is installed as it is, anything else (an sdist) is built first.
    From an address: `url` (a file, with `file`/`sha256`), or `url` + `commit` (a git repository, perhaps with
    `subdirectory`), or `path` (a folder or file, relative to the project; perhaps `editable`).
    `requires` are its own requirements as PEP 508 text, sorted. `requested` says that a manifest names it.
    """

    name: str
    version: str
    targets: tuple[str, ...]
    index: str = ""
    file: str = ""
    sha256: str = ""
    size: int = 0
    url: str = ""
    commit: str = ""
    subdirectory: str = ""
    path: str = ""
    editable: bool = False
    requires: tuple[str, ...] = ()
    requested: bool = False

    @property
    def is_built(self) -> bool:
        """Whether it is built on the machine that installs it, not installed as published."""
        return not self.file.endswith(".whl")


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedConda:
    """One package of a conda channel: what installing it needs, and nothing of where it is fetched.

    `channel` is its name in the manifest (a member of a group such as `defaults` by its own, `pkgs/main`), or the
    address or folder that the user gave as such, relative to the project, without credentials. `subdir` and `file`
    say where in the channel it lies. `depends` and `constrains` are MatchSpecs in the order of the record.
    `python_site_packages_path` is there where it is Python itself and says so. `requested`: a manifest names it.
    """

    name: str
    version: str
    build: str
    channel: str
    subdir: str
    file: str
    sha256: str
    targets: tuple[str, ...]
    build_number: int = 0
    size: int = 0
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()
    noarch: Noarch = ""
    python_site_packages_path: str = ""
    requested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiated:
    """Where conda and PyPI together led to another version than one of them takes by itself.

    `instead` is the version that was not taken; `because` are the reasons, the nearest first (`oldlib 1.2 needs
    numpy<2`).
    """

    name: str
    version: str
    instead: str
    because: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockfile:
    """A whole lock.

    `manifests` maps each manifest to the digest of its parsed content (`sha256:…`). `lost` says what the route could
    not keep (channel pins, build strings), and of which package. `project` is the name of the project's own package
    where it is one, to be installed editable. `channels` are the manifest's, in the order of their priority, and
    `channel_priority` is `disabled` where that order decides nothing, else empty. `link_scripts` are the conda
    packages whose scripts may run when they are installed.
    """

    route: Route
    manifests: Mapping[str, str]
    made_with: Mapping[str, str]
    targets: tuple[LockedTarget, ...]
    wheels: tuple[LockedWheel, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    project: str = ""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    exclude_newer: str = ""
    sdists: tuple[str, ...] = ()
    prereleases: bool = False
    lost: tuple[str, ...] = ()
    conda: tuple[LockedConda, ...] = ()
    channels: tuple[str, ...] = ()
    channel_priority: str = ""
    link_scripts: tuple[str, ...] = ()
    negotiated: tuple[Negotiated, ...] = ()

    def conda_of(self, target: str) -> tuple[LockedConda, ...]:
        """Return the conda packages that are installed on one target, in the order of the lock."""
        return tuple(package for package in self.conda if target in package.targets)

    def artifacts_of(self, target: str) -> tuple[LockedConda | LockedWheel, ...]:
        """Return what of a target is fetched: its conda packages, its wheels and its source distributions."""
        every: list[LockedConda | LockedWheel] = [*self.conda_of(target), *self.wheels_of(target)]
        return tuple(each for each in every if each.sha256)

    def wheels_of(self, target: str) -> tuple[LockedWheel, ...]:
        """Return the distributions that are installed on one target, in the order of the lock."""
        return tuple(wheel for wheel in self.wheels if target in wheel.targets)
