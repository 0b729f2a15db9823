"""What both worlds have, as far as it was looked at: every page and every metadata is asked for once."""

from collections.abc import Iterable, Sequence
from dataclasses import field

from packaging.requirements import Requirement
from packaging.version import Version

from parity.core.conda.distributions import Claims
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.core.negotiation.check import parsed
from parity.core.negotiation.joint import JointQuestion, Metadata, PublishedFile, Release
from parity.core.negotiation.releases import file_for, releases_of, suits
from parity.core.negotiation.worlds import Flavour, flavour_of
from parity.core.ports import CondaShelf, WheelShelf


@dataclass(slots=True, kw_only=True)
class Shelves:
    """Packages of channels and distributions of indexes for one question, and what connects them."""

    conda: CondaShelf
    wheels: WheelShelf
    claims: Claims
    question: JointQuestion
    _files: dict[str, Sequence[PublishedFile]] = field(default_factory=dict[str, Sequence[PublishedFile]])
    _releases: dict[str, list[Release]] = field(default_factory=dict[str, list[Release]])
    _metadata: dict[tuple[str, str], Metadata] = field(default_factory=dict[tuple[str, str], Metadata])
    _requirements: dict[tuple[str, str], list[Requirement]] = field(
        default_factory=dict[tuple[str, str], list[Requirement]]
    )
    _suits: dict[tuple[str, str], frozenset[Flavour]] = field(default_factory=dict[tuple[str, str], frozenset[Flavour]])

    def asked(self, question: JointQuestion) -> "Shelves":
        """Return the same shelves for another question; what was read is not read again."""
        return Shelves(
            conda=self.conda,
            wheels=self.wheels,
            claims=self.claims,
            question=question,
            _files=self._files,
            _metadata=self._metadata,
            _requirements=self._requirements,
        )

    def read_names(self, names: Iterable[str]) -> None:
        """Ask the indexes for distributions, all at once. Raises NetworkFailed."""
        missing = [name for name in dict.fromkeys(names) if name not in self._files and not self._given(name)]
        if missing:
            self._files.update(self.wheels.files(missing))

    def releases(self, name: str) -> Sequence[Release]:
        """Return the versions of a distribution that may be taken, the newest first; its name has been read."""
        if name not in self._releases:
            given = self._given(name)
            self._releases[name] = given or releases_of(name, self._files[name], self.question)
        return self._releases[name]

    def read_metadata(self, releases: Iterable[Release]) -> None:
        """Ask for what versions say of themselves, all at once. Raises NetworkFailed."""
        missing = {
            (each.name, each.version): each for each in releases if (each.name, each.version) not in self._metadata
        }
        files = {key: file for key, each in missing.items() if (file := self._speaker(each))}
        for key, said in zip(files, self.wheels.metadata([*files.values()]), strict=True):
            self._metadata[key] = said
        for key, each in missing.items():
            if key not in files:
                self._metadata[key] = self.wheels.given(each.given) if each.given else Metadata()

    def is_known(self, release: Release) -> bool:
        """Say whether the metadata of a version has been read."""
        return (release.name, release.version) in self._metadata

    def requirements(self, release: Release) -> Sequence[Requirement]:
        """Return what a version requires; its metadata has been read. What cannot be read is left out, as pip does."""
        key = (release.name, release.version)
        if key not in self._requirements:
            self._requirements[key] = parsed(self._metadata[key].requires)
        return self._requirements[key]

    def suits(self, release: Release, flavours: Iterable[Flavour]) -> frozenset[Flavour]:
        """Return the Pythons on which a version can be installed."""
        key = (release.name, release.version)
        if key not in self._suits:
            self._suits[key] = suits(release, self.question, flavours)
        return self._suits[key]

    def bringing(self, name: str) -> list[tuple[LockedConda, str]]:
        """Return the packages of conda that bring a distribution, each with the distribution's version."""
        return [
            (package, brought.version)
            for provider in self.claims.providers(name)
            for package in self.conda.records(provider)
            for brought in self.claims.of(package)
            if brought.name == name
        ]

    def same_release(self, package: LockedConda, name: str) -> Release | None:
        """Return the version of an index that equals what a package of conda brings; the name has been read."""
        version = next((each.version for each in self.claims.of(package) if each.name == name), "")
        same = [each for each in self.releases(name) if each.version and version]
        return next((each for each in same if Version(each.version) == Version(version)), None)

    def _given(self, name: str) -> list[Release]:
        asked = [each for each in self.question.wheels if each.name == name and (each.url or each.path)]
        return [Release(name=name, version="", given=asked[0])] if asked else []

    def _speaker(self, release: Release) -> PublishedFile | None:
        """Return the file whose metadata speaks for a version: one for the Python that conda takes, else any."""
        pythons = self.conda.records("python")
        own = [each for each in pythons if each.sha256 == self.question.own.get("python")]
        fitting = (file_for(release, self.question, flavour_of(each)) for each in (*own, *pythons))
        return next((file for file in fitting if file), release.files[0] if release.files else None)
