"""Becoming another program: same process, same terminal, same signals, its own exit code."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence
else:
    import _signal as signal  # the enumerations of `signal` would cost more than the rest of this module

NOT_FOUND = 127  # what shells and `env` return
NOT_EXECUTABLE = 126  # same
_MOST = 4096  # bytes of a line with `#!`
# Python ignores these for itself, and a program would inherit that: `yes | head` would end in an error
_IGNORED = [getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name)]


def replace_process(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Become a program that is looked for on the PATH of the given environment.

    Returns only where there is none to become: 127 where it was not found, 126 where it cannot be executed, both
    said on standard error, as a shell would.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [(number, signal.signal(number, signal.SIG_DFL)) for number in _IGNORED]
    try:
        os.execvpe(command[0], list(command), dict(environ))  # noqa: S606 - there must be no shell between
    except (FileNotFoundError, NotADirectoryError):
        status, reason = NOT_FOUND, f"there is no program `{command[0]}` in the environment or on PATH"
    except OSError as error:
        status, reason = NOT_EXECUTABLE, f"`{command[0]}` cannot be executed: {error.strerror}"
    for number, handler in kept:
        signal.signal(number, handler)
    sys.stderr.write(f"error: {reason}\n")
    return status


def script_of_python(program: str, path: str) -> str:
    """Return where the first program of a name is on a PATH, if it is a script of Python's or a shim; else nothing."""
    if "/" in program:
        return ""
    for folder in path.split(os.pathsep):
        found = os.path.join(folder, program)
        if os.path.isfile(found) and os.access(found, os.X_OK):
            with open(found, "rb") as file:
                first = file.readline(_MOST)
            return found if (first.startswith(b"#!") and b"python" in first) or folder.endswith("/shims") else ""
    return ""


def run_child(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a program to its end with this process's terminal and return its exit code, 128 and more for signals.

    Ctrl-C is the program's to answer. Raises OSError where it cannot be started.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    restored = [signal.SIGINT, *_IGNORED]
    try:
        child = os.posix_spawnp(command[0], list(command), dict(environ), setsigdef=restored)
        _, status = os.waitpid(child, 0)
    finally:
        signal.signal(signal.SIGINT, kept)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
