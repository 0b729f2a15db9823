"""Which Python a project is locked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parity.core.errors import PythonMissing
from parity.core.interpreters import choose, nearest
from parity.core.lockfile.pythons import (
    is_locked,
    locked_python,
    request_text,
    still_answers,
    with_origin,
    without_origin,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedPython, Lockfile
    from parity.core.python_request import PythonRequest
    from parity.core.spec import Spec
    from parity.core.target import Target


def settle_python(
    spec: Spec, old: Lockfile | None, found: Sequence[Interpreter]
) -> tuple[LockedPython, Interpreter | None]:
    """Return the Python to lock for, and an interpreter of this machine that is one, if there is.

    An older lock's is kept while it answers, whatever newer ones this machine has. How it came to be differs from
    target to target: `python_of` says. Raises PythonMissing where nothing on this machine answers the requests.
    """
    requests = spec.python
    exact = spec.settings.interpreter == "exact"
    for target in old.targets if old else ():
        kept = target.python
        if still_answers(kept, requests, exact=exact):
            same = [each for each in found if _is(each, kept)]
            return replace(kept, request=request_text(requests, kept) or kept.request), choose(requests, same)
    chosen = choose(requests, found)
    if chosen is None:
        raise _missing(spec, found)
    return locked_python(requests, chosen, exact=exact), chosen


def python_of(
    target: Target, python: LockedPython, interpreter: Interpreter | None, old: Lockfile | None, *, exact: bool
) -> LockedPython:
    """Return what a target's Python is: the older lock's where it is the same, else this machine's where it fits."""
    for before in old.targets if old else ():
        same = (before.python.implementation, before.python.version, before.python.free_threaded)
        if before.name == target.name and same == (python.implementation, python.version, python.free_threaded):
            kept = replace(before.python, request=python.request)
            if not kept.sha256 or kept.exact == exact:
                return kept
    if interpreter is None or interpreter.platform != target.platform:
        return without_origin(python)
    return with_origin(python, interpreter, exact=exact)


def _is(interpreter: Interpreter, locked: LockedPython) -> bool:
    kind = (interpreter.implementation, interpreter.free_threaded)
    return (
        kind == (locked.implementation, locked.free_threaded)
        and locked.version in {interpreter.version, interpreter.minor}
        and is_locked(interpreter, locked)
    )


def _missing(spec: Spec, found: Sequence[Interpreter]) -> PythonMissing:
    if not spec.python:
        return PythonMissing("this machine has no stable Python", hint="run `parity python install 3.13`")
    pins = [request for request in spec.python if request.kind not in {"range", "any"}]
    asked = (pins or spec.python)[0]
    near = ", ".join(nearest(asked, found))
    return PythonMissing(
        f"no installed Python answers `{asked.text}` (asked for by `{asked.place}`)",
        hint=f"run `parity python install {_quoted(asked)}`" + (f"; installed and near are {near}" if near else ""),
        place=asked.place,
    )


def _quoted(request: PythonRequest) -> str:
    """Return a request as a shell takes it for one word: a range has letters that mean something to it."""
    return f"'{request.text}'" if request.kind == "range" else request.text
