"""What a check found as one page for a browser: machines × packages, findings by click, nothing to fetch.

The same answer gives the same bytes: no date, no name of this machine, everything in a fixed order. All text is
escaped; the page works without its script too, by its links.
"""

import re
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from itertools import count

from parity.core.amounts import counted
from parity.core.findings import Finding
from parity.core.lockfile.model import Lockfile
from parity.core.preflight.matrix import Cell, Column, Matrix, Row, State

_SIGNS: dict[State, str] = {"absent": "", "runs": "✓", "warns": "▲", "fails": "✕"}
_WORDS: dict[State, str] = {"absent": "not there", "runs": "runs", "warns": "warning", "fails": "fails"}
_SEVERITIES: dict[str, State] = {"error": "fails", "warning": "warns", "info": "runs"}


def page(lock: Lockfile, matrix: Matrix) -> str:
    """Return the whole page."""
    verdict: State = "fails" if any(each.verdict == "fails" for each in matrix.columns) else "runs"
    parts = {
        "verdict": verdict,
        "sign": _SIGNS[verdict],
        "headline": _headline(matrix),
        "about": _about(lock, matrix),
        "machines": "".join(_machine(each, number) for number, each in enumerate(matrix.columns)),
        "head": "".join(_column(each, number) for number, each in enumerate(matrix.columns)),
        "body": "",
        "findings": "",
    }
    body, found, numbers = [], [], count(1)
    for row in matrix.rows:
        cells = []
        for column, cell in zip(matrix.columns, row.cells, strict=True):
            number = next(numbers) if cell.findings else 0
            cells.append(_cell(row, column, cell, number))
            found += [_details(row, column, cell, number)] if number else []
        body.append(_row(row, cells))
    parts |= {"body": "\n".join(body), "findings": "\n".join(found) or '<p class="none">No findings.</p>'}
    template = (files("parity.cli.render") / "report.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def _headline(matrix: Matrix) -> str:
    runs = sum(each.verdict == "runs" for each in matrix.columns)
    total = len(matrix.columns)
    if total == 1:
        (only,) = matrix.columns
        return f"{'Runs' if runs else 'Fails'} on {escape(only.machine)}"
    if runs == total:
        return f"Runs on all {total} machines"
    return f"Fails on all {total} machines" if not runs else f"Fails on {total - runs} of {total} machines"


def _about(lock: Lockfile, matrix: Matrix) -> str:
    packages = sum(bool(row.kind) for row in matrix.rows)
    pythons = sorted({each.python.version for each in lock.targets if each.python.version})
    said = [
        f"route {lock.route}",
        counted(packages, "package"),
        *([f"Python {', '.join(pythons)}"] if pythons else []),
    ]
    return " · ".join(map(escape, said))


def _machine(column: Column, number: int) -> str:
    state: State = "fails" if column.errors else "warns" if column.warnings else "runs"
    said = [f"{column.errors} failing"] if column.errors else []
    said += [counted(column.warnings, "warning")] if column.warnings else []
    told = [f"takes {column.target}", *([column.looked_into] if column.looked_into else [])]
    return (
        f'<li class="{state}"><a href="#m{number}"><b>{_sign(state)} {escape(column.machine)}</b>'
        f"<span>{escape(', '.join(said) or 'runs')}</span>"
        f"<small>{escape(' · '.join(told))}</small></a></li>"
    )


def _column(column: Column, number: int) -> str:
    state: State = "fails" if column.errors else "warns" if column.warnings else "runs"
    name = f'<span class="name">{escape(column.machine)}</span>'
    return f'<th scope="col" id="m{number}" class="{state}">{name}{_sign(state)}</th>'


def _row(row: Row, cells: list[str]) -> str:
    version = ", ".join(row.versions) if row.kind else ""
    shown = f"<small>{escape(version)}</small>" if version else ""
    kind = row.kind or "own"
    return (
        f'<tr class="{row.worst} {kind}" data-name="{escape(row.name.lower())}">'
        f'<th scope="row"><span title="{escape(f"{row.name} {version}".strip())}">{escape(row.name)}</span>{shown}</th>'
        f"{''.join(cells)}</tr>"
    )


def _cell(row: Row, column: Column, cell: Cell, number: int) -> str:
    said = f"{row.name} on {column.machine}: {_WORDS[cell.state]}"
    sign = f'<span class="sign" aria-hidden="true">{_SIGNS[cell.state]}</span>'
    if number:
        inside = f'<a href="#f{number}" aria-label="{escape(said)}, show why">{sign}</a>'
    else:
        inside = f'{sign}<span class="said">{escape(_WORDS[cell.state])}</span>'
    return f'<td class="{cell.state}" title="{escape(said)}">{inside}</td>'


def _details(row: Row, column: Column, cell: Cell, number: int) -> str:
    version = f" {cell.version}" if row.kind and cell.version else ""
    items = "".join(_finding(finding) for finding in cell.findings)
    return (
        f'<section class="finding {cell.state}" id="f{number}" data-name="{escape(row.name.lower())}" tabindex="-1">'
        f"<h3>{_sign(cell.state)} {escape(row.name)}{escape(version)} <small>on {escape(column.machine)}</small></h3>"
        f"<ul>{items}</ul></section>"
    )


def _finding(finding: Finding) -> str:
    hint = f'<p class="hint"><b>What to do:</b> {_prose(finding.hint)}</p>' if finding.hint else ""
    state = _SEVERITIES[finding.severity]
    return (
        f'<li class="{state}"><p>{_prose(finding.message)}</p>{hint}'
        f"<p><code>{escape(finding.code)}</code> · {escape(finding.severity)}</p></li>"
    )


def _prose(text: str) -> str:
    """Return a sentence as HTML; what stands between backticks is code."""
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    for number, piece in enumerate(text.split("`")):
        yield f"<code>{escape(piece)}</code>" if number % 2 else escape(piece)


def _sign(state: State) -> str:
    return f'<span class="sign {state}" role="img" aria-label="{_WORDS[state]}">{_SIGNS[state]}</span>'
