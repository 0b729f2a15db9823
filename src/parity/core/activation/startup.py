"""A shell's start-up file, from pyenv's lines to parity's."""

import re

from parity.core.dataclass import dataclass

_INIT = re.compile(r"^(?!\s*#).*\bpyenv\s+(?:virtualenv-)?init\b.*$")
_OURS = re.compile(r"^(?!\s*#).*\bparity hook\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A start-up file as it would be: its text, and the numbers (from 1) of the lines that were pyenv's."""

    text: str
    lines: tuple[int, ...]


def line_of_ours(text: str) -> int:
    """Return the number (from 1) of the line with which a start-up file reads parity's integration; 0: it has none."""
    found = _OURS.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def rewritten(text: str, line: str) -> Rewritten:
    """Return a start-up file with pyenv's `init` lines commented out, and parity's line after the last of them.

    Nothing else is changed; where there is none of pyenv's lines, nothing is.
    """
    lines = text.split("\n")
    found = [index for index, each in enumerate(lines) if _INIT.match(each)]
    for index in found:
        lines[index] = f"# {lines[index]}"
    if found and not line_of_ours(text):
        lines.insert(found[-1] + 1, line)
    return Rewritten(text="\n".join(lines), lines=tuple(index + 1 for index in found))
