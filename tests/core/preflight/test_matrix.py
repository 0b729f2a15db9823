"""What several examinations found, as a table."""

from dataclasses import replace

from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.preflight.examine import Examined
from parity.core.preflight.matrix import INTERPRETER, MACHINE, matrix

PYTHON = LockedPython(implementation="cpython", version="3.12", request="3.12")


def wheel(name: str, version: str, *targets: str) -> LockedWheel:
    """Return a locked wheel."""
    return LockedWheel(name=name, version=version, targets=targets, file=f"{name}-{version}-py3-none-any.whl")


LOCK = Lockfile(
    route="conda",
    manifests={},
    made_with={},
    targets=(LockedTarget(name="old", python=PYTHON), LockedTarget(name="new", python=PYTHON)),
    wheels=(wheel("app", "1.0", "old"), wheel("app", "2.0", "new"), wheel("extra", "1.0", "new")),
    conda=(LockedConda(name="libgreet", version="1.1", build="0", channel="c", subdir="linux-64", file="f",
                       sha256="0", targets=("old", "new")),),
)  # fmt: skip


def finding(severity: str, subject: str, package: str = "") -> Finding:
    """Return a finding."""
    assert severity in {"error", "warning", "info"}
    return Finding(code="some-code", severity=severity, subject=subject, message="why", package=package)  # type: ignore[arg-type]  # as just asserted


def examined(target: str, *findings: Finding) -> Examined:
    """Return what was found on a machine."""
    fails = any(each.severity == "error" for each in findings)
    return Examined(target=target, verdict="fails" if fails else "runs", findings=findings)


def test_a_cell_says_what_of_a_package_is_on_a_machine() -> None:
    """Its version there, the worst of its findings; nothing where the machine's target does not have it."""
    made = matrix(
        LOCK,
        [
            ("server", examined("old", finding("warning", "app", "app"), finding("error", "app", "app"))),
            ("laptop", examined("new", finding("info", "extra", "extra"))),
        ],
    )
    rows = {row.name: row for row in made.rows}
    assert ["fails", "runs"] == [cell.state for cell in rows["app"].cells]
    assert ("1.0", "2.0") == rows["app"].versions
    assert 2 == len(rows["app"].cells[0].findings)
    assert ["absent", "runs"] == [cell.state for cell in rows["extra"].cells]
    assert ["runs", "runs"] == [cell.state for cell in rows["libgreet"].cells]
    assert [("server", "old", "fails", 1, 1), ("laptop", "new", "runs", 0, 0)] == [
        (each.machine, each.target, each.verdict, each.errors, each.warnings) for each in made.columns
    ]


def test_a_column_says_what_was_not_looked_into() -> None:
    """Where only some artifacts were at hand; all or none need no word."""
    said = [
        matrix(LOCK, [("server", replace(examined("old"), looked_into=number, artifacts=3))]).columns[0].looked_into
        for number in (0, 2, 3)
    ]
    assert ["", "2 of 3 artifacts looked into", ""] == said


def test_what_is_no_packages_has_rows_of_its_own() -> None:
    """The interpreter's, and the machine's for its kind, its folders and files that nobody brings."""
    stray = finding("warning", "lib/libstray.so")
    made = matrix(
        LOCK, [("server", examined("old", finding("error", "target"), finding("warning", INTERPRETER), stray))]
    )
    rows = {row.name: row.cells[0] for row in made.rows}
    assert ("fails", "warns") == (rows[MACHINE].state, rows[INTERPRETER].state)
    assert stray in rows[MACHINE].findings


def test_what_is_wrong_stands_first() -> None:
    """The machine and the interpreter, then what fails, what is warned about, the rest; each in the order of names."""
    found = examined("new", finding("warning", "app", "app"), finding("error", "libgreet", "libgreet"))
    assert [MACHINE, INTERPRETER, "libgreet", "app", "extra"] == [row.name for row in matrix(LOCK, [("m", found)]).rows]
