"""An answer or a failure for machines: one object, every key there, `null` where there is nothing."""

import json
import sys
from typing import Any

from parity.cli.answers import Answer
from parity.core.errors import ParityError
from parity.core.places import Place

SCHEMA = "parity/1"


def write_answer(command: str, answer: Answer) -> None:
    """Write an answer's envelope to standard output."""
    findings = [finding.to_dict() for finding in answer.findings]
    _write(command, ok=answer.ok, data=dict(answer.data), findings=findings, errors=[])


def write_failure(command: str, error: ParityError) -> None:
    """Write a failure's envelope to standard output: the faults one by one, else the error itself."""
    single = [_error(error.code, error.message, error.hint, error.place)]
    faults = [_error(error.code, fault.message, fault.hint, fault.place) for fault in error.faults]
    _write(command, ok=False, data=None, findings=[], errors=faults or single)


def _error(code: str, message: str, hint: str, place: Place | None) -> dict[str, Any]:
    return {"code": code, "message": message, "hint": hint or None, "place": str(place) if place else None}


def _write(command: str, *, ok: bool, data: dict[str, Any] | None, findings: list[Any], errors: list[Any]) -> None:
    envelope = {
        "schema": SCHEMA,
        "command": command or None,
        "ok": ok,
        "data": data,
        "findings": findings,
        "errors": errors,
    }
    sys.stdout.write(json.dumps(envelope, indent=2) + "\n")
