"""`parity python`: what is here, what answers, what can be had."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from parity.core.dataclass import dataclass
from parity.core.errors import ManifestError
from parity.core.findings import Finding
from parity.core.interpreters import Interpreter, choose, missing, preferred_order
from parity.core.manifests.python_version import choosing_variable, parse_python_version, parse_variables
from parity.core.ports import Reporter
from parity.core.python_request import PythonRequest

_PIN = ".python-version"


class Discovered(Protocol):
    """What was found on this machine."""

    @property
    def interpreters(self) -> Sequence[Interpreter]:
        """Every interpreter, in the order of the sources."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What is broken."""

    @property
    def environments(self) -> Sequence[str]:
        """Names of virtual environments that could be taken for interpreters."""


class Offered(Protocol):
    """A prebuilt interpreter that can be had."""

    @property
    def interpreter(self) -> Interpreter:
        """What it will be."""


class Fetched(Protocol):
    """A prebuilt interpreter that is here now."""

    @property
    def interpreter(self) -> Interpreter:
        """What it is."""

    @property
    def file(self) -> str:
        """The archive it was made from."""

    @property
    def sha256(self) -> str:
        """The archive's hash."""

    @property
    def reused(self) -> bool:
        """Whether it was here before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Interpreters as a person wants to read them, the one that is pinned here, and remarks."""

    interpreters: tuple[Interpreter, ...]
    current: Interpreter | None
    findings: tuple[Finding, ...]


def list_interpreters(
    discovered: Discovered,
    directory: Path,
    *,
    read: Callable[[Path], str | None],
    environ: Mapping[str, str],
    everything: bool = False,
) -> Listing:
    """Return the interpreters of this machine, and which of them is pinned in a directory.

    An alias of another one and conda's environments are left out unless `everything` is wanted.
    """
    findings = [*discovered.findings]
    try:
        pins = pinned(directory, read=read, environ=environ)
    except ManifestError as error:
        # a list is what somebody needs who is about to mend the pin
        pins = ()
        findings.extend(_remark(fault.message, str(fault.place)) for fault in error.faults)
    current = choose(pins, discovered.interpreters) if pins else None
    if pins and current is None:
        absent = missing(pins, discovered.interpreters, environments=discovered.environments)
        findings.append(replace(_remark(absent.message), hint=absent.hint))
    shown = [each for each in discovered.interpreters if everything or not _is_secondary(each, discovered.interpreters)]
    return Listing(interpreters=tuple(preferred_order(shown)), current=current, findings=tuple(findings))


def pinned(
    directory: Path, *, read: Callable[[Path], str | None], environ: Mapping[str, str]
) -> tuple[PythonRequest, ...]:
    """Return what is pinned for a directory: by a variable, else by the nearest `.python-version` above it.

    Raises ManifestError where that is no version.
    """
    if choosing_variable(environ):
        return parse_variables(environ)
    for folder in (directory, *directory.parents):
        text = read(folder / _PIN)
        if text is not None:
            return parse_python_version(text, Path(os.path.relpath(folder / _PIN, directory)).as_posix())
    return ()


def find_interpreter(
    requests: Sequence[PythonRequest],
    discovered: Discovered,
    directory: Path,
    *,
    inspect: Callable[[str], Interpreter],
) -> Interpreter:
    """Return the interpreter that answers; paths are relative to a directory.

    Raises PythonMissing where none does: nothing else is ever taken instead. Raises what `inspect` does where a
    request names the path of something that is no interpreter.
    """
    found = [*discovered.interpreters]
    located = []
    for request in requests:
        if request.kind == "path":
            named = inspect(str(Path(os.path.normpath(directory / Path(request.text).expanduser()))))
            located.append(replace(request, text=named.path))
            found.append(named)
        else:
            located.append(request)
    chosen = choose(located, found)
    if chosen is None:
        raise missing(located, found, environments=discovered.environments)
    return chosen


def install_python(
    requests: Sequence[PythonRequest],
    *,
    find: Callable[[Sequence[PythonRequest]], Any],
    install: Callable[[Any], Fetched],
    reporter: Reporter,
) -> tuple[Fetched, ...]:
    """Install a prebuilt interpreter for each request, all of them looked up before the first is fetched.

    Raises what `find` and `install` do: PythonUnavailable, PythonDownloadUnhashed, PythonBroken, NetworkFailed, …
    """
    reporter.phase("Looking for prebuilt Pythons")
    offers: list[Offered] = [find([request]) for request in requests]
    fetched = []
    for number, offer in enumerate(offers):
        reporter.phase(f"Installing Python {offer.interpreter.version}")
        reporter.progress(number, len(offers))
        fetched.append(install(offer))
    return tuple(fetched)


def _is_secondary(each: Interpreter, found: Sequence[Interpreter]) -> bool:
    if each.source == "conda":
        return each.name != "base"
    same = [other for other in found if other.real_path == each.real_path]
    # of several names of one executable the folder that really holds it is the first
    return len(same) > 1 and each != min(same, key=_aliased)


def _aliased(each: Interpreter) -> tuple[bool, str]:
    return Path(each.path).parent != Path(each.real_path).parent, each.name


def _remark(message: str, subject: str = "interpreter") -> Finding:
    return Finding(code="python-pin", severity="warning", subject=subject, message=message)
