"""A command in many environments: each made from a lock of its own, all run side by side."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.errors import ParityError, UsageError
from parity.core.lockfile import v1
from parity.core.manifests.python_version import ASKERS
from parity.core.matrix import Cell, Result, cells
from parity.workflows.env_ingredients import Asked
from parity.workflows.lock import Wish, manifests_of, route_of
from parity.workflows.lock_text import lock_there
from parity.workflows.passing import Passing, environment_with, files_of
from parity.workflows.quick import applied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.core.spec import MatrixSettings, Spec
    from parity.engines.system.crew import Crew, Ended
    from parity.workflows import env_create


_NOT_FOUND = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a matrix needs of the world: what makes environments, and what runs programs side by side.

    `directory` is where they run; `environ` are the variables that an environment's are added to. `script_of_python`
    says where a program of a PATH is, if a Python runs it.
    """

    environments: env_create.Tools
    crew: Callable[[], AbstractContextManager[Crew]]
    script_of_python: Callable[[str, str], str]
    directory: Path
    environ: Mapping[str, str]
    reporter: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What is run, and in which environments; `asker` is where their Pythons are asked for."""

    spec: Spec
    lock: Lockfile | None
    cells: tuple[Cell, ...]
    command: tuple[str, ...]
    asker: str


def matrix_of(tools: env_create.Tools, root: Path, asked: MatrixSettings) -> Matrix:
    """Return the matrix of a project: what is `asked` for wins over `[tool.parity.matrix]`, axis by axis.

    Raises UsageError where no command is named, ManifestMissing, ManifestError, LockfileError.
    """
    spec = manifests_of(root, Wish(), tools.lock_tools(root)).spec
    settled = spec.settings.matrix
    whole = replace(
        asked,
        pythons=asked.pythons or settled.pythons,
        targets=asked.targets or settled.targets,
        more=asked.more or settled.more,
    )
    command = asked.command or settled.command
    if not command:
        hint = (
            "write it behind `--`, as in `parity matrix -p 3.12 -- pytest`, or as `command` of `[tool.parity.matrix]`"
        )
        raise UsageError("there is no command to run", hint=hint)
    lock = lock_there(tools.roots, root)
    asker = ASKERS[0] if asked.pythons else ASKERS[1]
    return Matrix(spec=spec, lock=lock, cells=tuple(cells(whole)), command=command, asker=asker)


def run_matrix(tools: Tools, root: Path, matrix: Matrix, tell: Callable[[Result], None]) -> tuple[Result, ...]:
    """Run the command in every cell and return how each ended, in their order; `tell` hears of each when it is done.

    Environments are made one after the other, each by as many processors as there are; a command starts as soon as its
    own is there. A cell that can have none is told and counts. Raises OSError where nothing can be started.
    """
    done: dict[Cell, Result] = {}

    def settle(result: Result) -> None:
        done[result.cell] = result
        tell(result)

    ended: SimpleQueue[tuple[Cell, str, Future[Ended]]] = SimpleQueue()
    with tools.crew() as crew:
        running = 0
        for number, cell in enumerate(matrix.cells, start=1):
            tools.reporter.phase(f"making environment {number} of {len(matrix.cells)}: {cell.title}")
            try:
                environment = _environment(tools, root, matrix, cell)
            except ParityError as error:
                settle(Result(cell=cell, outcome="missing", reason=_reason(error)))
                continue
            variables = applied(tools.environments.roots.activation(environment), tools.environ)
            if foreign := _foreign(tools, matrix.command[0], environment, variables.get("PATH", "")):
                settle(
                    Result(cell=cell, outcome="failed", exit_code=_NOT_FOUND, environment=environment, output=foreign)
                )
                continue
            future = _started(tools, crew, matrix.command, variables)
            future.add_done_callback(partial(_put, ended, cell, environment))
            running += 1
            while not ended.empty():
                settle(_result(*ended.get()))
                running -= 1
        for left in range(running, 0, -1):
            tools.reporter.phase(f"running in {left} of {len(matrix.cells)}")
            settle(_result(*ended.get()))
    return tuple(done[cell] for cell in matrix.cells)


def _environment(tools: Tools, root: Path, matrix: Matrix, cell: Cell) -> str:
    """Return the environment of a cell; its Python takes the place of what `.python-version` says."""
    making, spec, lock = tools.environments, matrix.spec, matrix.lock
    if cell.python:
        plain = making.lock_tools
        making = replace(making, lock_tools=lambda place: replace(plain(place), variables={matrix.asker: cell.python}))
    files = files_of(root, spec.manifests)
    said = (str(root), cell.python, cell.target, *cell.more, "--", *(making.read(file) or "" for file in files))
    base = Passing(
        root=Path(making.roots.named.passing_root("matrix", *said)),
        asked=Asked(files=files),
        wish=Wish(
            route=route_of(spec, Wish(), lock),
            targets=(cell.target,) if cell.target else (),
            groups=lock.groups if lock else None,
            extras=lock.extras if lock else None,
        ),
        lock=v1.dump(replace(lock, project="")) if lock else "",
    )
    return environment_with(making, base, cell.more, tools.environ, own=root if spec.project else None)


def _foreign(tools: Tools, program: str, environment: str, path: str) -> str:
    """Return what is to be said of a program that another Python than the cell's would run; nothing of any other."""
    found = tools.script_of_python(program, path)
    if not found or found.startswith(f"{environment}/"):
        return ""
    return (
        f"`{program}` is not in this environment, and `{found}` would run in another Python: add it to what is locked, "
        f"or with `--with {program}`\n"
    )


def _started(tools: Tools, crew: Crew, command: Sequence[str], variables: Mapping[str, str]) -> Future[Ended]:
    words = ["python", *command] if command[0].endswith(".py") else list(command)
    return crew.start(words, cwd=str(tools.directory), env=variables)


def _put(
    queue: SimpleQueue[tuple[Cell, str, Future[Ended]]], cell: Cell, environment: str, future: Future[Ended]
) -> None:
    queue.put((cell, environment, future))


def _result(cell: Cell, environment: str, future: Future[Ended]) -> Result:
    ended = future.result()
    return Result(
        cell=cell,
        outcome="failed" if ended.status else "passed",
        exit_code=ended.status,
        seconds=ended.seconds,
        environment=environment,
        output=ended.output.decode(errors="replace"),
    )


def _reason(error: ParityError) -> str:
    faults = "; ".join(f"{fault.place}: {fault.message}" for fault in error.faults)
    return ": ".join(filter(None, (error.message, faults))) + (f" ({error.hint})" if error.hint else "")
