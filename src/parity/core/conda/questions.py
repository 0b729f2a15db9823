"""One question to a solver of conda packages, and its answer."""

from typing import Literal

from parity.core.conda.channels import Channel
from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda
from parity.core.spec import CondaRequirement
from parity.core.target import Target

Priority = Literal["strict", "disabled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaQuestion:
    """Everything that may decide the answer.

    `channels` come first for their priority; `extra` are those that only a requirement names (`channel::name`), and
    come after all others. `kept` are packages of an older lock that stay where they still fit and where the channels
    still have them. `held` are packages of which the answer is to consist, just these. `constraints` bind what they
    name, and ask for nothing. `exclude_newer` is the first moment that is too new, in UTC (RFC 3339), or empty.
    """

    target: Target
    requirements: tuple[CondaRequirement, ...]
    channels: tuple[Channel, ...]
    extra: tuple[Channel, ...] = ()
    priority: Priority = "strict"
    exclude_newer: str = ""
    kept: tuple[LockedConda, ...] = ()
    held: tuple[LockedConda, ...] = ()
    constraints: tuple[CondaRequirement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaAnswer:
    """The packages of one target, sorted by name, and what is to be said about how they were found."""

    packages: tuple[LockedConda, ...]
    findings: tuple[Finding, ...] = ()
