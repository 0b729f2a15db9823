"""What is exported, and what comes of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda, LockedTarget, LockedWheel, Lockfile
from parity.core.manifests.wheel_requirements import relative_path
from parity.core.spec import Index, Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Targets of a lock, on their way into another tool's format: one of them, or several where a format can hold them.

    `platforms` maps each target to conda's name of its platform. `name` is what the environment is called. `spec` is
    what the manifests say, for the first target; without any it is empty. `address_of` says where a conda package is
    known to be and `addresses_of` where a channel is, without credentials. `located` are the addresses of files of
    indexes and `md5s` the MD5 of conda packages, by SHA-256, for formats that cannot do without. `builds` is false
    where versions are enough. `own_package` keeps the project's own package. `files` are those of the project that say
    what it wants, with all that they include. `to_project` is the way from the folder of the written file to the
    project, `.` where they are the same.
    """

    lock: Lockfile
    targets: tuple[LockedTarget, ...]
    platforms: Mapping[str, str]
    name: str
    spec: Spec
    address_of: Callable[[LockedConda], str]
    addresses_of: Callable[[str], Sequence[str]]
    located: Mapping[str, str] = field(default_factory=dict[str, str])
    md5s: Mapping[str, str] = field(default_factory=dict[str, str])
    builds: bool = True
    own_package: bool = False
    files: tuple[str, ...] = ()
    to_project: str = "."

    @property
    def target(self) -> LockedTarget:
        """The target, where it is one."""
        return self.targets[0]

    @property
    def platform(self) -> str:
        """What conda calls the target's platform, where it is one."""
        return self.platforms[self.target.name]

    def parts(self) -> Iterator["Subject"]:
        """Yield each target as a subject of its own."""
        for target in self.targets:
            yield replace(self, targets=(target,))

    @property
    def conda(self) -> tuple[LockedConda, ...]:
        """The conda packages of the targets, by name."""
        return tuple(package for package in self.lock.conda if self._has(package.targets))

    @property
    def wheels(self) -> tuple[LockedWheel, ...]:
        """The distributions of the targets, by name; without the project's own, unless it is asked for."""
        wheels = (wheel for wheel in self.lock.wheels if self._has(wheel.targets))
        return tuple(wheel for wheel in wheels if self.own_package or not self.is_own(wheel))

    def _has(self, targets: tuple[str, ...]) -> bool:
        return any(target.name in targets for target in self.targets)

    @property
    def indexes(self) -> tuple[Index, ...]:
        """The indexes that are known; one that serves only what names it, where something is locked from it."""
        named = {wheel.index for wheel in self.lock.wheels}
        return tuple(index for index in self.spec.indexes if not index.explicit or index.name in named)

    def is_own(self, wheel: LockedWheel) -> bool:
        """Say whether a distribution is the project itself."""
        return bool(self.lock.project) and wheel.path == "." and wheel.name == self.lock.project

    def placed(self, path: str) -> str:
        """Return a path of the project as the written file has to say it."""
        return relative_path(path, self.to_project)

    def location(self, wheel: LockedWheel) -> str:
        """Return the address of a distribution as other tools' locks write it: a path, a repository, or a file's."""
        if wheel.path:
            return self.placed(wheel.path)
        if wheel.commit:
            place = f"?subdirectory={wheel.subdirectory}" if wheel.subdirectory else ""
            return f"git+{wheel.url.removeprefix('git+')}{place}#{wheel.commit}"
        return wheel.url.partition("#")[0] if wheel.url else self.located[wheel.sha256]

    def placed_channel(self, channel: str) -> str:
        """Return a channel as the written file has to say it: a folder by a path, anything else as it is."""
        is_path = channel.startswith(("./", "../")) or channel in {".", ".."}
        return self.placed(channel) if is_path else channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The text of the file, and what of the lock it cannot hold."""

    text: str
    losses: tuple[Finding, ...] = ()
