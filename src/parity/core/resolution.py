"""One question to a resolver: which distributions answer these requirements on this target."""

from collections.abc import Mapping
from dataclasses import field

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedPython
from parity.core.spec import Index, WheelRequirement
from parity.core.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """A distribution that is there already, in just this version, because the conda package `package` brings it.

    `requires` are the requirements of its extras (PEP 508 text), where those matter.
    """

    name: str
    version: str
    package: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything that may decide the answer.

    `python` is what the lock will say; `python_version` is the oldest full version that may install the answer.
    `interpreter` is an interpreter of this machine that may run builds, empty where there is none.
    `pins` are versions by name that are kept where they still fit; `refresh` are names that an index is asked about
    anew, whatever a cache says (`*`: all). `sdists` are names that may be built from source (`*`: all).
    `exclude_newer` is a moment in UTC (RFC 3339). `provided` is part of every answer and of none that is given.
    `along` is how names are asked for that something else brings along.
    """

    target: Target
    python: LockedPython
    python_version: str
    interpreter: str = ""
    requirements: tuple[WheelRequirement, ...] = ()
    constraints: tuple[WheelRequirement, ...] = ()
    indexes: tuple[Index, ...] = ()
    prereleases: bool = False
    exclude_newer: str = ""
    sdists: tuple[str, ...] = ()
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict[str, str])
    refresh: tuple[str, ...] = ()
    provided: tuple[Provided, ...] = ()
    along: Mapping[str, WheelRequirement] = field(default_factory=dict[str, WheelRequirement])
