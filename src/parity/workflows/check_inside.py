"""What of a lock can be looked into: the project's environment of it, else what of its artifacts the caches have."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.lockfile import v1
from parity.core.preflight.examine import Contents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.core.preflight.symbols import SharedObject
    from parity.engines.machine.shared_objects import SharedObjects
    from parity.engines.store.environments import Environments
    from parity.engines.store.roots import Roots
    from parity.engines.store.unpacked import UnpackedArtifacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The engines that know where environments and artifacts lie, and what their compiled files say."""

    roots: Roots
    environments: Environments
    unpacked: UnpackedArtifacts
    objects: SharedObjects
    reporter: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class _Artifact:
    """What was found in one artifact: its compiled files by path, the bytes and the files of all of it."""

    objects: Mapping[str, SharedObject]
    size: int
    files: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What can be looked into of one lock. Each artifact is looked into once, however many targets have it."""

    sources: Sources
    root: Path
    lock: Lockfile
    _built: dict[str, tuple[str, Contents]] = field(default_factory=dict[str, "tuple[str, Contents]"])
    _artifacts: dict[str, _Artifact | None] = field(default_factory=dict[str, "_Artifact | None"])

    def of(self, target: str) -> tuple[str, Contents | None]:
        """Return what is in the artifacts of a target, and the environment in which it was looked at, if in one.

        None where nothing of it is at hand. Raises OSError.
        """
        if not self._built:
            self._built.update(self._environment())
        return self._built.get(target) or ("", self._cached(target))

    def _environment(self) -> Iterator[tuple[str, tuple[str, Contents]]]:
        """Yield the target of the project's environment and what is in it, where it is of the lock as it stands."""
        roots, environments = self.sources.roots, self.sources.environments
        place = roots.linked(str(self.root))
        if not place or not roots.is_complete(place):
            return
        built = v1.parse(environments.read_lock(place), ".parity/lock")
        name = built.targets[0].name
        if _identities(built, name) != _identities(self.lock, name):
            return
        self.sources.reporter.phase("looking into compiled files")
        entries = environments.entries(place)
        files = {path: entry for path, (entry, _) in entries.items() if entry.kind == "f"}
        contents = Contents(
            objects=self.sources.objects.of(Path(place), files),
            packages={path: package for path, (_, package) in entries.items()},
            size=sum(entry.size for entry, _ in entries.values()),
            files=len(entries),
        )
        yield name, (place, contents)

    def _cached(self, target: str) -> Contents | None:
        found = {each.sha256: self._artifact(each.sha256) for each in self.lock.artifacts_of(target)}
        seen = [(each.name, there) for each in self.lock.artifacts_of(target) if (there := found[each.sha256])]
        if not seen:
            return None
        return Contents(
            objects={path: says for _, each in seen for path, says in each.objects.items()},
            packages={path: name for name, each in seen for path in each.objects},
            size=sum(each.size for _, each in seen),
            files=sum(each.files for _, each in seen),
            unseen=tuple(each.name for each in self.lock.artifacts_of(target) if not found[each.sha256]),
        )

    def _artifact(self, sha256: str) -> _Artifact | None:
        if sha256 not in self._artifacts:
            laid = self.sources.unpacked.find(sha256)
            if laid and not any(self._artifacts.values()):
                self.sources.reporter.phase("looking into compiled files")
            files = {entry.path: entry for entry in laid.entries if entry.kind == "f"} if laid else {}
            self._artifacts[sha256] = laid and _Artifact(
                objects={
                    _named(path): each for path, each in self.sources.objects.of(Path(laid.folder), files).items()
                },
                size=sum(entry.size for entry in laid.entries),
                files=len(laid.entries),
            )
        return self._artifacts[sha256]


def _named(path: str) -> str:
    """Return how a wheel's own files are called in messages: as the wheel has them."""
    return path.removeprefix("site/").removeprefix("prefix/")


def _identities(lock: Lockfile, target: str) -> set[tuple[str, str, str]]:
    """Return which packages a lock has for a target; the project's own, of which there is no artifact, is no matter."""
    packages = [(each.name, each.version, each.sha256) for each in lock.conda_of(target)]
    return {*packages, *((each.name, each.version, each.sha256) for each in lock.wheels_of(target) if each.sha256)}
