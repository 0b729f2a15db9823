"""Colour on a terminal, where nobody asked to do without. Nothing depends on it."""

import os
import sys

_CODES = {"red": "31;1", "yellow": "33;1", "green": "32;1", "cyan": "36;1"}


def paint(text: str, colour: str) -> str:
    """Return the text in a colour if standard error is a terminal that shows it."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\033[{_CODES[colour]}m{text}\033[0m"
