"""A remark that is not a failure: what was lost, ignored, changed or noticed."""

from typing import Any, Literal

from parity.core.dataclass import dataclass

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark.

    `code` is stable kebab-case. `subject` is what it is about: a path inside the environment, a package name,
    `interpreter`, `target`, or a place in a manifest. `message` is one sentence without a full stop.
    """

    code: str
    severity: Severity
    subject: str
    message: str
    hint: str = ""
    package: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as the JSON envelope has it: every key there, `null` where there is nothing."""
        return {
            "code": self.code,
            "severity": self.severity,
            "subject": self.subject,
            "message": self.message,
            "hint": self.hint or None,
            "package": self.package or None,
        }
