"""Machines × packages: what several examinations of one lock found, as a table."""

from collections.abc import Mapping, Sequence
from typing import Literal

from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.lockfile.model import Lockfile
from parity.core.preflight.examine import Examined, looked_into

State = Literal["absent", "runs", "warns", "fails"]

#: The rows of what is no package: the interpreter, and the machine itself (its kind, its folders).
INTERPRETER, MACHINE = "interpreter", "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One machine: the lock's target that it takes, the verdict, and what was looked into if not all."""

    machine: str
    target: str
    verdict: Literal["runs", "fails"]
    errors: int
    warnings: int
    looked_into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One package on one machine; `version` is empty where the machine's target does not have it."""

    state: State
    version: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One package, or `interpreter` or `machine`, with a cell for each column."""

    name: str
    kind: Literal["conda", "pypi", ""]
    cells: tuple[Cell, ...]

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions that there are of it, each once, in the order of the columns."""
        return tuple(dict.fromkeys(cell.version for cell in self.cells if cell.version))

    @property
    def worst(self) -> State:
        """The state of its worst cell."""
        return max((cell.state for cell in self.cells), key=_ORDER.index, default="absent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The whole table. What is wrong stands first, the rest is in the order of names."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


_ORDER: tuple[State, ...] = ("absent", "runs", "warns", "fails")
_RANKS = {"error": "fails", "warning": "warns", "info": "runs"}


def matrix(lock: Lockfile, results: Sequence[tuple[str, Examined]]) -> Matrix:
    """Return the table of what was found on each machine (its name and what was examined there)."""
    versions = {name: _versions(lock, name) for name in {examined.target for _, examined in results}}
    kinds = {key for found in versions.values() for key in found}
    about = [_about(examined, versions[examined.target]) for _, examined in results]
    rows = [_own_row(name, results, about) for name in (MACHINE, INTERPRETER)]
    rows += [
        Row(
            name=name,
            kind="conda" if kind == "conda" else "pypi",
            cells=tuple(
                _cell(found.get(name, ()), versions[examined.target].get((name, kind), ""))
                for (_, examined), found in zip(results, about, strict=True)
            ),
        )
        for name, kind in sorted(kinds)
    ]
    return Matrix(
        columns=tuple(_column(machine, examined) for machine, examined in results),
        rows=tuple(sorted(rows, key=lambda row: (bool(row.kind), -_ORDER.index(row.worst)))),
    )


def _versions(lock: Lockfile, target: str) -> Mapping[tuple[str, str], str]:
    """Return the version of each package of a target, by name and kind."""
    found = {(package.name, "conda"): package.version for package in lock.conda_of(target)}
    return {**found, **{(wheel.name, "pypi"): wheel.version for wheel in lock.wheels_of(target)}}


def _about(examined: Examined, packages: Mapping[tuple[str, str], str]) -> Mapping[str, tuple[Finding, ...]]:
    """Return the findings by the row that they belong to; a file that is no package's is the machine's."""
    names = {name for name, _ in packages}
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in examined.findings:
        subject = finding.package or finding.subject
        row = subject if subject in names or subject == INTERPRETER else MACHINE
        found[row] = (*found.get(row, ()), finding)
    return found


def _own_row(
    name: str, results: Sequence[tuple[str, Examined]], about: Sequence[Mapping[str, tuple[Finding, ...]]]
) -> Row:
    cells = (_cell(found.get(name, ()), examined.target) for (_, examined), found in zip(results, about, strict=True))
    return Row(name=name, kind="", cells=tuple(cells))


def _cell(findings: tuple[Finding, ...], version: str) -> Cell:
    states = [_RANKS[finding.severity] for finding in findings] or ["runs" if version else "absent"]
    worst = max(_ORDER.index(state) for state in _ORDER if state in states)
    return Cell(state=_ORDER[worst], version=version, findings=findings)


def _column(machine: str, examined: Examined) -> Column:
    severities = [finding.severity for finding in examined.findings]
    return Column(
        machine=machine,
        target=examined.target,
        verdict=examined.verdict,
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        looked_into=looked_into(examined) if 0 < examined.looked_into < examined.artifacts else "",
    )
