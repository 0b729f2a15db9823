"""Bytecode, made and judged by the interpreter that uses it."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from typing import Any

from parity.core.errors import PythonBroken


def compile_trees(interpreter: str, jobs: Sequence[tuple[str, str]]) -> int:
    """Compile every module below each source folder into its target folder; return how many there were.

    `interpreter` is the program, 3.7 or newer. Raises PythonBroken where it cannot do it.
    """
    request = {"jobs": [list(job) for job in jobs], "workers": os.cpu_count() or 1}
    return int(_ask(interpreter, "compile_trees.py", request)["compiled"])


def foreign_bytecode(environment: str, paths: Sequence[str]) -> list[str]:
    """Return those of an environment's bytecode files that are not what their sources give.

    Raises PythonBroken where the environment's interpreter cannot say.
    """
    request = {"root": environment, "files": list(paths)}
    return list(_ask(os.path.join(environment, "bin", "python"), "check_bytecode.py", request)["foreign"])


def _ask(interpreter: str, probe: str, request: Mapping[str, Any]) -> dict[str, Any]:
    with as_file(files("parity") / "probes" / probe) as script:
        done = subprocess.run(
            [interpreter, "-I", "-S", "-B", str(script)],
            input=json.dumps(request),
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="surrogateescape",
        )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise PythonBroken(interpreter, last[0])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
