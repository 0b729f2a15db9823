"""An error for people: one sentence, where it is, what to do."""

import sys

from parity.cli.render.colour import paint
from parity.core.errors import Fault, ParityError


def write(error: ParityError) -> None:
    """Write an error to standard error, with every single fault that it stands for."""
    lines = [f"{paint('error', 'red')}: {error.message}"]
    if error.place is not None:
        lines.append(f"  at {error.place}")
    for fault in error.faults:
        lines.extend(_fault_lines(fault))
    lines.extend(f"  | {line}" for line in error.said.splitlines())
    if error.hint:
        lines.append(f"{paint('hint', 'green')}: {error.hint}")
    sys.stderr.write("\n".join(lines) + "\n")


def _fault_lines(fault: Fault) -> list[str]:
    lines = [f"  {fault.place}: {fault.message}"]
    if fault.hint:
        lines.append(f"    {paint('hint', 'green')}: {fault.hint}")
    return lines
