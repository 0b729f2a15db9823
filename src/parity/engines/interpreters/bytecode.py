"""Bytecode, made and judged by the interpreter that uses it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

from parity.core.errors import PythonBroken
from parity.engines.system.calm import Calm
from parity.engines.system.process import tended


def compile_trees(
    interpreter: str, jobs: Sequence[tuple[str, str]], progress: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Compile every module below each source folder into its target folder; return how many there were.

    `interpreter` is the program, 3.7 or newer; `progress` is told how many are done, and of how many. Raises
    PythonBroken where it cannot do it.
    """
    done = 0
    for answer in _ask(
        interpreter, "compile_trees.py", {"jobs": [list(job) for job in jobs], "workers": os.cpu_count() or 1}
    ):
        done = answer["done"]
        progress(done, answer["total"])
    return done


def foreign_bytecode(environment: str, paths: Sequence[str]) -> list[str]:
    """Return those of an environment's bytecode files that are not what their sources give.

    Raises PythonBroken where the environment's interpreter cannot say.
    """
    python = os.path.join(environment, "bin", "python")
    request = {"root": environment, "files": list(paths)}
    return [path for answer in _ask(python, "check_bytecode.py", request) for path in answer["foreign"]]


def _ask(interpreter: str, probe: str, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Run a probe and yield its answers, a line each, while it works. What it complains of is kept for the error."""
    from importlib.resources import as_file, files  # noqa: PLC0415 - seldom is anything new, and this brings a lot

    with as_file(files("parity") / "probes" / probe) as script, _temporary() as complaints:
        with tended(_started([interpreter, "-s", "-S", "-B", str(script)], complaints)) as process:
            _write(process, json.dumps(request))
            yield from map(json.loads, process.stdout or ())
        if process.returncode:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip()
            raise PythonBroken(interpreter, said.splitlines()[-1] if said else f"status {process.returncode}")


def _temporary() -> IO[bytes]:
    """Open a file without a name: in memory where the system has that, so that a kill leaves nothing.

    Elsewhere Python tries a folder out first, and leaves what it tried with if interrupted.
    """
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("complaints"), "w+b")
    with Calm():
        from tempfile import TemporaryFile  # noqa: PLC0415 - only where there is no such thing

        return TemporaryFile()


def _started(command: Sequence[str], complaints: IO[bytes]) -> "subprocess.Popen[str]":
    """Start a probe in an environment that says nothing to Python but one seed: sets are written in its order."""
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**quiet, "PYTHONHASHSEED": "0"},
            encoding="utf-8",
        )
    except OSError as error:
        raise PythonBroken(command[0], error.strerror or str(error)) from None


def _write(process: "subprocess.Popen[str]", text: str) -> None:
    """Hand a probe its request; one that died before it read it tells why by its exit status."""
    if process.stdin:
        try:
            process.stdin.write(text)
            process.stdin.close()
        except BrokenPipeError:
            process.wait()
