"""What is exported, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda, LockedTarget, LockedWheel, Lockfile
from parity.core.manifests.wheel_requirements import relative_path
from parity.core.spec import Index, Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One target of a lock, on its way into another tool's format.

    `name` is what the environment is called. `spec` is what the manifests say, for that target; without any it is
    empty. `address_of` says where a conda package is known to be, without credentials. `builds` is false where versions
    are enough. `own_package` keeps the project's own package. `to_project` is the way from the folder of the written
    file to the project, `.` where they are the same. `platform` is conda's name of the target's platform. `located` are
    the addresses of files of indexes, by SHA-256, for formats that cannot do without.
    """

    lock: Lockfile
    target: LockedTarget
    name: str
    spec: Spec
    address_of: Callable[[LockedConda], str]
    builds: bool = True
    own_package: bool = False
    to_project: str = "."
    platform: str = ""
    located: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def conda(self) -> tuple[LockedConda, ...]:
        """The conda packages of the target, by name."""
        return self.lock.conda_of(self.target.name)

    @property
    def wheels(self) -> tuple[LockedWheel, ...]:
        """The distributions of the target, by name; without the project's own, unless it is asked for."""
        wheels = self.lock.wheels_of(self.target.name)
        return wheels if self.own_package else tuple(wheel for wheel in wheels if not self.is_own(wheel))

    @property
    def indexes(self) -> tuple[Index, ...]:
        """The indexes whose addresses the manifests give."""
        return self.spec.indexes

    def is_own(self, wheel: LockedWheel) -> bool:
        """Say whether a distribution is the project itself."""
        return bool(self.lock.project) and wheel.path == "." and wheel.name == self.lock.project

    def placed(self, path: str) -> str:
        """Return a path of the project as the written file has to say it."""
        return relative_path(path, self.to_project)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The text of the file, and what of the lock it cannot hold."""

    text: str
    losses: tuple[Finding, ...] = ()
