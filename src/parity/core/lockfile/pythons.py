"""Which Python a lock is for, and how much of it is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from parity.core.interpreters import Interpreter
from parity.core.lockfile.model import LockedPython
from parity.core.python_request import PythonRequest

_PATCHES = 100
_PLACES = frozenset({"path", "name", "system"})


def request_text(requests: Sequence[PythonRequest], python: LockedPython | None = None) -> str:
    """Return what is asked for in one text: the first pin that `python` answers, else all ranges together.

    Nothing where nothing is asked for.
    """
    pins = [request for request in requests if request.kind not in {"range", "any"}]
    answered = [pin.text for pin in pins if python is None or oldest_version(python, [pin])]
    if pins:
        return (answered or [pins[0].text])[0]
    ranges = [request.version for request in requests if request.kind == "range"]
    return str(SpecifierSet(",".join(ranges))) if ranges else ""


def locked_python(requests: Sequence[PythonRequest], interpreter: Interpreter, *, exact: bool) -> LockedPython:
    """Return what a lock says of an interpreter that was chosen for these requests.

    The minor version, unless a request names the patch release, an interpreter by its place, or `exact` wants it.
    """
    patch = exact or any(request.exactness == "patch" for request in requests)
    version = interpreter.version if patch or interpreter.prerelease else interpreter.minor
    locked = LockedPython(
        implementation=interpreter.implementation,
        version=version,
        request=interpreter.minor,
        free_threaded=interpreter.free_threaded,
    )
    asked = request_text(requests, locked) or interpreter.minor
    return with_origin(replace(locked, request=asked), interpreter, exact=exact)


def without_origin(locked: LockedPython) -> LockedPython:
    """Return what is locked where nobody knows how the interpreter came to be."""
    return replace(locked, source="found", build="", file="", sha256="", exact=False)


def with_origin(locked: LockedPython, interpreter: Interpreter, *, exact: bool) -> LockedPython:
    """Return what is locked with how an interpreter came to be: nothing, unless it is one of parity's own."""
    if not interpreter.made:
        return without_origin(locked)
    return replace(
        locked,
        source=interpreter.made,
        build=interpreter.build if interpreter.made == "prebuilt" else "",
        file=interpreter.file,
        sha256=interpreter.sha256,
        exact=exact,
    )


def is_locked(interpreter: Interpreter, locked: LockedPython) -> bool:
    """Say whether an interpreter is the very one of the lock, where that asks for it."""
    return not locked.exact or interpreter.sha256 == locked.sha256


def still_answers(locked: LockedPython, requests: Sequence[PythonRequest], *, exact: bool) -> bool:
    """Say whether the Python of an older lock answers today's requests as it is written there."""
    if locked.source == "conda":
        return bool(locked.version) and bool(oldest_version(locked, requests))
    if any(request.kind in _PLACES for request in requests):
        return locked.request == request_text(requests, locked)
    patch = exact or any(request.exactness == "patch" for request in requests)
    if locked.sha256 and locked.exact != exact:
        return False
    has_patch = len(Version(locked.version).release) > len(("3", "11"))
    return patch == has_patch and bool(oldest_version(locked, requests))


def oldest_version(locked: LockedPython, requests: Sequence[PythonRequest]) -> str:
    """Return the oldest full version of a locked Python that answers the requests; empty where none does.

    What is resolved for it can be installed on every later patch release too.
    """
    release = Version(locked.version)
    if len(release.release) > len(("3", "11")) or release.pre:
        candidates = [locked.version]
    else:
        candidates = [f"{locked.version}.{patch}" for patch in range(_PATCHES)]
    return next((version for version in candidates if _answers(locked, version, requests)), "")


def _answers(locked: LockedPython, version: str, requests: Sequence[PythonRequest]) -> bool:
    """Say whether every file is answered; the requests of one file are alternatives."""
    files: Mapping[str, list[PythonRequest]] = {request.place.file: [] for request in requests}
    for request in requests:
        files[request.place.file].append(request)
    return all(any(_answers_one(locked, version, request) for request in group) for group in files.values())


def _answers_one(locked: LockedPython, version: str, request: PythonRequest) -> bool:
    if request.kind == "any":
        return True
    if request.kind == "range":
        return SpecifierSet(request.version).contains(Version(version), prereleases=True)
    return request.matches(version, implementation=locked.implementation, free_threaded=locked.free_threaded)
