"""The table of a whole run: what was measured, beside what, and whether its budget is kept."""

import os
import platform
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.measuring import Figure

BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table in Markdown."""
    rows = [["what", "measured", "beside", "budget", ""], ["---"] * 5, *map(_row, figures)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(figure: Figure) -> list[str]:
    bound = f"{'≥' if figure.least else '≤'} {figure.budget:g} {figure.unit}"
    measured = f"{_shown(figure.value)} {figure.unit}"
    return [figure.what, measured, figure.beside or "-", bound, "kept" if figure.kept else "**missed**"]


def _shown(value: float) -> str:
    """Return a number with three digits that mean something."""
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def machine(day: date) -> str:
    """Return a sentence about when and on what class of machine something was measured."""
    described = f"{os.cpu_count()} processors ({_processor()}), {platform.system()} {platform.release()}"
    return f"Measured on {day.isoformat()}: {described}, Python {platform.python_version()}.\n"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def with_table(page: str, measured: str) -> str:
    """Return a page with what was measured between its markers. Ends the program where it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"the page has no `{BEGIN}` with `{END}` behind it")
    return f"{before}{begin}\n\n{measured.strip()}\n\n{end}{after}"
