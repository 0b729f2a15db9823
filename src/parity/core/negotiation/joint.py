"""One question to both worlds at once, and what may be an answer: packages of channels and distributions of indexes."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda
from parity.core.places import Place
from parity.core.spec import CondaRequirement, WheelRequirement
from parity.core.target import Target

Side = Literal["conda", "pypi"]
#: A name with the world that it belongs to: conda's and PyPI's names are not the same language.
Slot = tuple[Side, str]
#: An extra of a distribution.
Extra = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """One file of a distribution as an index lists it (PEP 691).

    `address` is where it is, for whoever lists it; `metadata` says that its METADATA can be had beside it (PEP 658,
    PEP 714). `yanked` is PEP 592's. `index` is the name of the index.
    """

    name: str
    address: str
    sha256: str = ""
    size: int = 0
    requires_python: str = ""
    yanked: bool = False
    metadata: bool = False
    index: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version of a distribution with its files, or what the user gave as an address or folder (`given`)."""

    name: str
    version: str
    files: tuple[PublishedFile, ...] = ()
    given: WheelRequirement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a distribution says of itself; `requires` is PEP 508 text. What it does not say is empty."""

    requires: tuple[str, ...] = ()
    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Some version of a distribution of which no index was asked yet: as good as any until it is."""

    name: str


Option = LockedConda | Release | Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class JointQuestion:
    """Everything that may decide the answer.

    `conda`, `wheels` and `constraints` are the user's. `kept_conda` (name → SHA-256) and `kept_wheels` (name → version)
    are the old lock's, `own` (name → SHA-256) is what conda takes by itself. `prefer` is `conda` or `pypi` by the
    distribution's name. `sdists` are names that may be built from source (`*`: all), `no_binary` those that must be.
    """

    target: Target
    conda: tuple[CondaRequirement, ...]
    wheels: tuple[WheelRequirement, ...]
    constraints: tuple[WheelRequirement, ...] = ()
    prereleases: bool = False
    sdists: tuple[str, ...] = ()
    no_binary: tuple[str, ...] = ()
    kept_conda: Mapping[str, str] = field(default_factory=dict[str, str])
    kept_wheels: Mapping[str, str] = field(default_factory=dict[str, str])
    own: Mapping[str, str] = field(default_factory=dict[str, str])
    prefer: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What something requires by name; which versions do is not said. `extras` are of a distribution."""

    slot: Slot
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was taken for one name."""

    slot: Slot
    option: Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An answer of both worlds, in the order in which it was decided."""

    decisions: tuple[Decision, ...]

    @property
    def conda(self) -> tuple[LockedConda, ...]:
        """The packages of channels, by name."""
        found = {each.option.name: each.option for each in self.decisions if isinstance(each.option, LockedConda)}
        return tuple(found[name] for name in sorted(found))

    @property
    def wheels(self) -> tuple[Release, ...]:
        """The distributions of indexes, by name."""
        found = {each.option.name: each.option for each in self.decisions if isinstance(each.option, Release)}
        return tuple(found[name] for name in sorted(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What somebody requires, in words: `who` is what the user wrote (with its `place`) or a package with its version.

    `needs` is the requirement as it is written there.
    """

    who: str
    needs: str
    place: Place | None = None
