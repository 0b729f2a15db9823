"""One command in many environments: the cells of a matrix, how each ended, and what is written about them."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Literal
from xml.etree import ElementTree as ET

from parity.core.dataclass import dataclass
from parity.core.spec import MatrixSettings

Outcome = Literal["passed", "failed", "missing"]
_ILLEGAL = {code: " " for code in range(32) if chr(code) not in "\t\n"}  # XML 1.0 has no way to say them


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One environment of a matrix. What is empty is as the project has it; `more` is asked for beside that."""

    python: str = ""
    target: str = ""
    more: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What tells it from the others."""
        return ", ".join([*filter(None, (self.python, self.target)), *self.more]) or "as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a command ended in a cell. `missing`: there was no environment to run it in, and `reason` says why.

    `seconds` are those of the command, `output` what it wrote to both of its streams.
    """

    cell: Cell
    outcome: Outcome
    exit_code: int | None = None
    seconds: float = 0.0
    environment: str = ""
    output: str = ""
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as `parity matrix --json` has it."""
        return {
            "python": self.cell.python or None,
            "target": self.cell.target or None,
            "with": list(self.cell.more),
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "seconds": round(self.seconds, 3),
            "environment": self.environment or None,
            "reason": self.reason or None,
            "output": self.output,
        }


def cells(settings: MatrixSettings) -> Iterator[Cell]:
    """Yield every cell: each Python with each target with each set of further packages, in the order they are named."""
    for python, target, more in product(settings.pythons or ("",), settings.targets or ("",), settings.more or ((),)):
        yield Cell(python=python, target=target, more=more)


def junit(results: Sequence[Result], command: str) -> str:
    """Return the results as JUnit's XML, a cell a test case; one without an environment is an error.

    Source: the schema that Jenkins and its kin read (`testsuite`, `testcase`, `failure`, `error`, `system-out`).
    """
    counts = {name: sum(each.outcome == name for each in results) for name in ("failed", "missing")}
    seconds = sum(each.seconds for each in results)
    totals = {"tests": str(len(results)), "failures": str(counts["failed"]), "errors": str(counts["missing"])}
    suites = ET.Element("testsuites", totals | {"time": f"{seconds:.3f}"})
    suite = ET.SubElement(suites, "testsuite", {"name": command} | totals | {"time": f"{seconds:.3f}"})
    for each in results:
        said = {"classname": "parity.matrix", "name": each.cell.title, "time": f"{each.seconds:.3f}"}
        case = ET.SubElement(suite, "testcase", said)
        if each.outcome == "failed":
            ET.SubElement(case, "failure", {"message": f"exit code {each.exit_code}"})
        elif each.outcome == "missing":
            ET.SubElement(case, "error", {"message": _legal(each.reason)})
        if each.output:
            ET.SubElement(case, "system-out").text = _legal(each.output)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _legal(text: str) -> str:
    return text.translate(_ILLEGAL)
