"""`parity python pack`: one's own interpreter as conda packages in a channel of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parity.core.amounts import counted
from parity.core.dataclass import dataclass
from parity.workflows.python import find_interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.conda.packages import Package
    from parity.core.interpreters import Interpreter
    from parity.core.ports import Reporter
    from parity.core.python_request import PythonRequest
    from parity.workflows.python import Discovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of packing.

    `pack` makes packages of an interpreter, `write` puts some into a channel's folder and returns their records.
    """

    discovered: Discovered
    inspect: Callable[[str], Interpreter]
    pack: Callable[[Interpreter], Sequence[Package]]
    write: Callable[[Path, Sequence[Package]], Sequence[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A channel, and the records of the packages that were put there."""

    channel: Path
    interpreter: Interpreter
    records: Sequence[dict[str, Any]]


def pack_python(request: PythonRequest, directory: Path, channel: Path, tools: Tools, reporter: Reporter) -> Packed:
    """Put the packages of the interpreter that answers into a channel; what else is in the channel stays.

    Of several of one version, one that was built here comes first. Raises PythonMissing, PythonUnpackable, OSError.
    """
    interpreter = find_interpreter([request], _Built.first(tools.discovered), directory, inspect=tools.inspect)
    reporter.phase(f"Packing Python {interpreter.version}")
    packages = tools.pack(interpreter)
    reporter.phase(f"Writing {counted(len(packages), 'package')}")
    return Packed(channel=channel, interpreter=interpreter, records=tools.write(channel, packages))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """What was discovered, what was built here first: between equals, the first is chosen."""

    interpreters: Sequence[Interpreter]
    findings: Sequence[Any]
    environments: Sequence[str]

    @classmethod
    def first(cls, discovered: Discovered) -> _Built:
        ordered = sorted(discovered.interpreters, key=lambda each: each.made != "built")
        return cls(interpreters=ordered, findings=discovered.findings, environments=discovered.environments)
