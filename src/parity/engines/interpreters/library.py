"""Compiling an interpreter's standard library once: nothing can be written beside it later."""

import os

from packaging.version import Version

from parity.core.errors import PythonBroken
from parity.core.interpreters import Interpreter
from parity.engines.interpreters.discover.sources import executable_in
from parity.engines.system.process import run

# What nobody imports, what is broken on purpose, and pip: a third of all bytecode for what is seldom started
_UNCOMPILED = r"[/\\](test|tests|idlelib|turtledemo|lib2to3|site-packages)[/\\]"
# `compileall -s` came with 3.9
_STRIPS_PREFIX = (3, 9)


def compile_library(prefix: str, interpreter: Interpreter, *, name: str) -> None:
    """Compile the modules below a prefix with the interpreter that is in it; `name` is what an error calls it.

    Unchecked and without the folder's name, the bytecode is the same on every machine. Some files of a library are
    not Python on purpose, so the status says nothing. Raises PythonBroken where nothing at all was compiled.
    """
    if interpreter.implementation not in {"cpython", "pypy"}:
        return
    recent = Version(interpreter.version).release >= _STRIPS_PREFIX
    flags = ["--invalidation-mode", "unchecked-hash", "-s", prefix] if recent else []
    library = os.path.join(prefix, "lib")
    # -B: what compileall itself imports must not be compiled in Python's own way
    command = [executable_in(prefix), "-I", "-B", "-m", "compileall", "-q", "-j", "0", *flags, "-x", _UNCOMPILED]
    outcome = run([*command, library])
    if not any(name.endswith(".pyc") for _, _, names in os.walk(library) for name in names):
        last = outcome.stderr.strip().splitlines()[-1:] or [f"status {outcome.status}"]
        raise PythonBroken(name, f"its library cannot be compiled: {last[0]}")
