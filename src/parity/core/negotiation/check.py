"""Whether an answer holds, requirement by requirement: of what conda brings, an index is told names and versions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedPython
from parity.core.negotiation.worlds import Flavour, holds
from parity.core.resolution import Question
from parity.core.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What the user's requirements lead to.

    `extras` are those that are asked of each distribution. `unmet` are requirements that the answer does not meet.
    """

    extras: Mapping[str, frozenset[str]]
    unmet: tuple[str, ...] = ()


def reach(question: Question, versions: Mapping[str, str], requires: Mapping[str, Sequence[str]]) -> Reached:
    """Follow every requirement from the user's own, with markers and extras as they are on the target.

    `versions` are those of the answer, empty where a version is not known; `requires` what each distribution requires,
    as far as it is known. Of what conda brings only the requirements of extras count: the others are conda's.
    """
    follower = _Follower(question.target, _flavour(question.python), {each.name for each in question.provided})
    for wanted in question.requirements:
        marker = Marker(wanted.marker) if wanted.marker else None
        if wanted.name and holds(marker, question.target, follower.flavour):
            follower.want(wanted.to_text(), wanted.name, wanted.extras, "" if wanted.url else wanted.specifier)
    follower.follow(versions, requires)
    return Reached(
        extras={name: frozenset(extras - {""}) for name, extras in follower.seen.items()}, unmet=tuple(follower.unmet)
    )


class _Follower:
    def __init__(self, target: Target, flavour: Flavour, provided: Iterable[str]) -> None:
        self.target = target
        self.flavour = flavour
        self.provided = frozenset(provided)
        self.seen: defaultdict[str, set[str]] = defaultdict(set)
        self.unmet: list[str] = []
        self._waiting: list[tuple[str, str, tuple[str, ...], str]] = []

    def want(self, text: str, name: str, extras: Iterable[str], specifier: str) -> None:
        self._waiting.append((text, name, ("", *sorted(map(canonicalize_name, extras))), specifier))

    def follow(self, versions: Mapping[str, str], requires: Mapping[str, Sequence[str]]) -> None:
        while self._waiting:
            text, name, extras, specifier = self._waiting.pop()
            if name not in versions or not _meets(versions[name], specifier):
                self.unmet.append(text)
            for extra in extras:
                if extra not in self.seen[name]:
                    self.seen[name].add(extra)
                    if extra or name not in self.provided:
                        self._take(requires.get(name, ()), extra)

    def _take(self, texts: Iterable[str], extra: str) -> None:
        for requirement in parsed(texts):
            mentioned = "extra" in str(requirement.marker)
            if (mentioned or not extra) and holds(requirement.marker, self.target, self.flavour, extra):
                name = canonicalize_name(requirement.name)
                self.want(str(requirement), name, requirement.extras, str(requirement.specifier))


def parsed(texts: Iterable[str]) -> list[Requirement]:
    """Return requirements; what cannot be read is left out, as installers do."""
    found = []
    for text in texts:
        try:
            found.append(Requirement(text))
        except InvalidRequirement:
            continue
    return found


def _meets(version: str, specifier: str) -> bool:
    try:
        return not (version and specifier) or SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except InvalidVersion:
        return False


def _flavour(python: LockedPython) -> Flavour:
    return Flavour(python.implementation, python.version, python.free_threaded)
