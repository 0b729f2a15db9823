"""What algorithms and workflows need of the world, as they see it. Engines satisfy these; tests fake them here only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parity.core.conda.channels import Channel
    from parity.core.conda.questions import CondaAnswer, CondaQuestion
    from parity.core.findings import Finding
    from parity.core.lockfile.model import LockedConda, LockedPython, LockedWheel
    from parity.core.negotiation.joint import Metadata, PublishedFile
    from parity.core.resolution import Question
    from parity.core.spec import CondaRequirement, WheelRequirement


class Reporter(Protocol):
    """Told what happens while it happens; silent by default (`SilentReporter`)."""

    def phase(self, text: str) -> None:
        """Take note of a new phase of work: a short sentence in the present tense."""

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Take note of how far the phase has come; `total` is 0 where nobody knows.

        Both count things, or bytes where the `unit` is `B`.
        """

    def finding(self, finding: Finding) -> None:
        """Take note of a remark that the user should read once."""

    def close(self) -> None:
        """Take note that nothing more comes."""


class SilentReporter:
    """A reporter that keeps everything to itself."""

    def phase(self, text: str) -> None:
        """Say nothing."""

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Say nothing."""

    def finding(self, finding: Finding) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Say nothing."""


class Resolver(Protocol):
    """Finds the distributions that answer a question."""

    def versions(self) -> Mapping[str, str]:
        """Return the name and version of what resolves, for the lock's `made-with`."""

    def resolve(self, question: Question) -> tuple[LockedWheel, ...]:
        """Return the distributions that answer, sorted by name, for the one target of the question.

        Raises ResolutionImpossible, NetworkFailed, UvFailed, WheelNone, PathMissing.
        """

    def remarks(self) -> tuple[Finding, ...]:
        """Return what there is to say about the answers so far, each remark once."""


class Locator(Protocol):
    """Finds out where the files of indexes are."""

    def locate(self, wheels: Sequence[LockedWheel], python: LockedPython) -> Mapping[str, str]:
        """Return the addresses of the files of distributions, by SHA-256; whatever indexes have of these versions.

        Raises NetworkFailed, ResolutionImpossible, UvFailed.
        """


class Md5s(Protocol):
    """Finds out the MD5 of conda packages, for formats that cannot do without."""

    def md5s(self, packages: Sequence[LockedConda], channels: Sequence[Channel]) -> Mapping[str, str]:
        """Return the MD5 of packages by their SHA-256, as far as channels tell it. Raises ChannelUnreachable."""


class CondaSolver(Protocol):
    """Finds the packages of conda channels that answer a question."""

    def versions(self) -> Mapping[str, str]:
        """Return the name and version of what solves, for the lock's `made-with`."""

    def solve(self, question: CondaQuestion) -> CondaAnswer:
        """Return the packages that answer, sorted by name, for the one target of the question.

        Raises SolveImpossible, PackageMissing, PackageUnhashed, ChannelUnreachable, ManifestError.
        """


class CondaShelf(Protocol):
    """The packages of conda channels, one name at a time: those that a solver could take for the target."""

    def names(self) -> frozenset[str]:
        """Return every name that there is."""

    def read(self, names: Iterable[str]) -> None:
        """Look several names up at once, so that each of them is there when it is asked for."""

    def records(self, name: str) -> Sequence[LockedConda]:
        """Return the packages of a name, the best first, as a solver of conda prefers them."""

    def answers(self, requirement: CondaRequirement | str) -> Sequence[LockedConda]:
        """Return the packages that answer a requirement, in the same order; of a package's it is a MatchSpec's text."""

    def holds(self, spec: str) -> bool:
        """Say whether a requirement on a virtual package (`__glibc >=2.17`) holds on the target."""


class WheelShelf(Protocol):
    """The distributions of indexes: what there is of a name, and what a file says of itself."""

    def files(self, names: Sequence[str]) -> Mapping[str, Sequence[PublishedFile]]:
        """Return the files of each distribution; none where no index has it. Raises NetworkFailed."""

    def metadata(self, files: Sequence[PublishedFile]) -> Sequence[Metadata]:
        """Return what files say of themselves, in their order. Raises NetworkFailed."""

    def given(self, requirement: WheelRequirement) -> Metadata:
        """Return what a folder or an address that the user gave says of itself, as far as that is written down."""
