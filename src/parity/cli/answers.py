"""What a command answers, before anybody decides how it is shown."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from parity.core.dataclass import dataclass
from parity.core.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A command's result: `data` for the JSON envelope, `lines` for people on standard output.

    `summary` is one closing sentence for people on standard error. `condensed` are the findings for people, where there
    may be too many to read. `ok` decides between exit codes 0 and 1.
    """

    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lines: tuple[str, ...] = ()
    summary: str = ""
    findings: tuple[Finding, ...] = ()
    condensed: tuple[Finding, ...] | None = None
    ok: bool = True
