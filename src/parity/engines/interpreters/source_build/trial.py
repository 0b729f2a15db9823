"""Trying out an interpreter that was just built, before anybody can see it."""

import json
import os
from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from pathlib import Path

from parity.engines.system.process import Outcome, run


class TrialFailed(Exception):
    """An interpreter was built and does not work; the text says in what."""


def try_out(prefix: str, scratch: str, extensions: Sequence[str], *, version: str) -> None:
    """Start an interpreter, import its modules, make a virtual environment with pip in it, look at its folders.

    `scratch` is a folder that may be filled. Raises TrialFailed.
    """
    python = os.path.join(prefix, "bin", "python")
    said = _run([python, "-I", "-B", "-c", "import platform; print(platform.python_version())"], "starting it")
    if said.stdout.strip().rstrip("+") != version:
        raise TrialFailed(f"it says that it is {said.stdout.strip()}")
    with as_file(files("parity") / "probes" / "try_interpreter.py") as probe:
        answer = json.loads(_run([python, "-I", "-B", str(probe), json.dumps([*extensions])], "asking it").stdout)
    failed = [f"`{name}` cannot be imported ({reason})" for name, reason in answer["failed"].items()]
    if problems := [*failed, *answer["misplaced"]]:
        raise TrialFailed("; ".join(problems))
    _try_pip(prefix, os.path.join(scratch, "trial"))


def _try_pip(prefix: str, environment: str) -> None:
    programs = os.path.join(prefix, "bin")
    _run([os.path.join(programs, "python"), "-I", "-B", "-m", "venv", environment], "making a virtual environment")
    inside = os.path.join(environment, "bin")
    _run([os.path.join(inside, "python"), "-I", "-B", "-m", "pip", "--version"], "starting pip in it")
    for name in ("pip3", "pydoc3"):
        path = os.path.join(programs, name)
        if os.path.exists(path) and not _starts_here(path, programs):
            raise TrialFailed(f"`{path}` is started by another interpreter")


def _starts_here(script: str, programs: str) -> bool:
    """Say whether a script's first lines name this interpreter, also where a long path takes a shell to write it."""
    head = Path(script).read_bytes()[:4096]
    return os.fsencode(programs) in head.split(b"import", 1)[0]


def _run(command: Sequence[str], doing: str, call: Callable[[Sequence[str]], Outcome] = run) -> Outcome:
    outcome = call(command)
    if outcome.status != 0:
        last = (outcome.stderr.strip() or outcome.stdout.strip()).splitlines()[-1:]
        raise TrialFailed(f"{doing} fails: {last[0] if last else f'status {outcome.status}'}")
    return outcome
