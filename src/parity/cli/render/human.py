"""An answer for people: data to standard output, everything else to standard error."""

import sys

from parity.cli.answers import Answer
from parity.cli.render.colour import paint
from parity.core.findings import Finding

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def write_answer(answer: Answer, *, quiet: bool) -> None:
    """Write an answer; `quiet` leaves out what is neither data nor a failure."""
    if answer.lines:
        sys.stdout.write("".join(f"{line}\n" for line in answer.lines))
        sys.stdout.flush()
    for finding in answer.findings if answer.condensed is None else answer.condensed:
        if not quiet or finding.severity == "error":
            write_finding(finding)
    if answer.summary and not quiet:
        sys.stderr.write(f"{answer.summary}\n")


def write_finding(finding: Finding) -> None:
    """Write one finding as a line, its hint as another."""
    word = "note" if finding.severity == "info" else finding.severity
    subject = f"{finding.subject}: " if finding.subject and f"`{finding.subject}`" not in finding.message else ""
    sys.stderr.write(f"{paint(word, _COLOURS[finding.severity])}: {subject}{finding.message}\n")
    if finding.hint:
        sys.stderr.write(f"  {paint('hint', 'green')}: {finding.hint}\n")
