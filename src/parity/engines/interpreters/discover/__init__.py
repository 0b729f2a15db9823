"""The interpreters of this machine, without starting them one by one."""

import os
from collections.abc import Sequence
from dataclasses import replace

from parity.core.dataclass import dataclass
from parity.core.errors import PythonBroken
from parity.core.findings import Finding
from parity.core.interpreters import Interpreter, Source
from parity.engines.interpreters.discover.sources import (
    Candidate,
    candidates,
    conda_name,
    executable_in,
    is_environment,
)
from parity.engines.interpreters.discover.surroundings import Surroundings
from parity.engines.interpreters.inspect import NotAnInterpreter, inspect_running, inspect_statically
from parity.engines.interpreters.marker import read_marker
from parity.engines.interpreters.static import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found: interpreters in the order of their sources, what is broken, and the names of environments.

    `environments` are folders among pyenv's versions that are virtual environments, not interpreters.
    """

    interpreters: tuple[Interpreter, ...]
    findings: tuple[Finding, ...] = ()
    environments: tuple[str, ...] = ()


def discover(surroundings: Surroundings) -> Discovery:
    """Return every interpreter that can be found, each once; pyenv's aliases are kept, since they are names.

    A broken one is a finding, not an error.
    """
    found: list[Interpreter] = []
    findings: list[Finding] = []
    environments: list[str] = []
    seen: set[str] = set()
    owned = tuple(
        os.path.realpath(root) + os.sep for root in (surroundings.parity, surroundings.pyenv, surroundings.uv)
    )
    for candidate in candidates(surroundings):
        real_path = os.path.realpath(candidate.path)
        unmanaged = candidate.source in {"path", "system", "conda"}
        if unmanaged and (real_path in seen or real_path.startswith(owned)):
            continue
        if is_environment(candidate.prefix):
            environments.extend([candidate.name] if candidate.source == "pyenv" else [])
            continue
        try:
            found.append(inspect_candidate(candidate, surroundings.cache))
            seen.add(real_path)
        except NotAnInterpreter as error:
            findings.extend(_broken(candidate, error))
    return Discovery(interpreters=tuple(found), findings=tuple(findings), environments=tuple(environments))


def inspect_candidate(candidate: Candidate, cache: str) -> Interpreter:
    """Return what an executable is, started only where nothing else says it. Raises NotAnInterpreter."""
    if not candidate.path:
        raise NotAnInterpreter("there is no `bin/python` in it")
    facts = inspect_statically(candidate.path) or inspect_running(candidate.path, cache)
    real_path = os.path.realpath(candidate.path)
    source, name = candidate.source, candidate.name
    prefix = os.path.dirname(os.path.dirname(real_path))
    if source in {"path", "system"} and os.path.isdir(os.path.join(prefix, "conda-meta")):
        # an active conda environment stands first on PATH: it is conda's all the same
        source, name = "conda", conda_name(prefix)
    interpreter = to_interpreter(facts, path=candidate.path, source=source, name=name)
    if source != "parity":
        return interpreter
    # what it was made from is how a lock knows it again
    return with_origin(interpreter, os.path.dirname(candidate.prefix))


def with_origin(interpreter: Interpreter, folder: str) -> Interpreter:
    """Add what the marker of a folder of parity's own says of how an interpreter came to be; a damaged one, nothing."""
    try:
        marker = read_marker(folder)
    except (OSError, ValueError):
        return interpreter
    built = "recipe" in marker
    return replace(
        interpreter,
        made="built" if built else "prebuilt",
        file="" if built else str(marker.get("file", "")),
        sha256=str(marker.get("sha256", "")),
    )


def inspect_path(path: str, cache: str) -> Interpreter:
    """Return the interpreter that a user names by its path: an executable, or the folder that it is installed in.

    Raises PythonBroken where it is none, or a virtual environment on top of one.
    """
    executable = executable_in(path) if os.path.isdir(path) else path
    prefix = path if os.path.isdir(path) else os.path.dirname(os.path.dirname(path))
    if is_environment(prefix):
        raise PythonBroken(path, "it is a virtual environment, not an interpreter")
    try:
        return inspect_candidate(Candidate(path=executable, source="path", prefix=prefix), cache)
    except NotAnInterpreter as error:
        raise PythonBroken(path, str(error)) from error


def to_interpreter(facts: Facts, *, path: str, source: Source, name: str = "") -> Interpreter:
    """Join what an executable is with where it was found."""
    return Interpreter(
        implementation=facts.implementation,
        version=facts.version,
        path=path,
        real_path=os.path.realpath(path),
        source=source,
        free_threaded=facts.free_threaded,
        debug=facts.debug,
        name=name,
        build=facts.build,
        platform=facts.platform,
        libc=facts.libc,
        cache_tag=facts.cache_tag,
        abi=facts.abi,
    )


def _broken(candidate: Candidate, error: NotAnInterpreter) -> Sequence[Finding]:
    if candidate.source in {"path", "system"} and error.is_script:
        # a shim or a wrapper of another tool: not broken, only not an interpreter
        return ()
    where = candidate.path or candidate.prefix
    message = f"`{where}` is not a Python that works: {error}"
    return (Finding(code="interpreter-broken", severity="warning", subject="interpreter", message=message),)
