"""Which program a name means here: the project's environment's, a pinned version's, or the system's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.errors import ProgramMissing, PythonMissing
from parity.core.interpreters import choose, missing
from parity.core.manifests.python_version import choosing_variable, parse_python_version, parse_variables
from parity.workflows import shims

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.core.python_request import PythonRequest

PIN = ".python-version"
_OF_PYTHON = ("pip", "pypy", "python")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of finding a program. `environ` are the caller's variables, `directory` where he stands."""

    made: shims.Tools
    read: Callable[[Path], str | None]
    search: Callable[[str, Sequence[str]], str]
    is_program: Callable[[str], bool]
    environ: Mapping[str, str]
    directory: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """The versions that are asked for here, and who asks: a variable, a file, or nobody (the system's is meant)."""

    requests: tuple[PythonRequest, ...] = ()
    origin: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A program. `environment` is the project's where it is in one, `prefix` the version's; both empty: the system's.

    `origin` says who chose: a variable's name, a file, a project's folder.
    """

    path: str
    version: str
    origin: str
    environment: str = ""
    prefix: str = ""


def pins(tools: Tools) -> Pins:
    """Return which environment or versions are meant here.

    `PARITY_PYTHON` and `PYENV_VERSION` come first, then the nearest folder, from here up, with an environment of
    parity's or a `.python-version`, then the global pin. Raises ManifestError for what is no version.
    """
    if name := choosing_variable(tools.environ):
        return Pins(requests=parse_variables(tools.environ), origin=name)
    for folder in (tools.directory, *tools.directory.parents):
        if environment := tools.made.roots.vouched(str(folder)):
            return Pins(origin=str(folder), environment=environment)
        text = tools.read(folder / PIN)
        if text is not None:
            file = Path(os.path.relpath(folder / PIN, tools.directory)).as_posix()
            return Pins(requests=parse_python_version(text, file), origin=str(folder / PIN))
    everywhere = Path(tools.made.pyenv, "version")
    text = tools.read(everywhere)
    return (
        Pins() if text is None else Pins(requests=parse_python_version(text, str(everywhere)), origin=str(everywhere))
    )


def locate(command: str, tools: Tools) -> Located:
    """Return the program that a command means here.

    Raises PythonMissing where a version is asked for that is not installed (unless `PARITY_MISSING` is `system`),
    ProgramMissing where nothing has the program, ManifestError.
    """
    asked = pins(tools)
    if asked.environment:
        return _in_environment(command, asked, tools)
    absent: list[PythonRequest] = []
    for request in asked.requests or ():
        if request.kind == "system":
            found = _of_system(command, asked, tools)
        else:
            prefix, found = _of_version(command, request, asked, tools)
            if not prefix:
                absent.append(request)
        if found:
            return found
    if absent and tools.environ.get("PARITY_MISSING") != "system":
        raise _absent(absent, tools)
    if found := _of_system(command, asked, tools):
        return found
    raise _unknown(command, asked, tools)


def whence(command: str, tools: Tools) -> list[tuple[str, str]]:
    """Return the installed versions that have a program, by name, with its path."""
    paths = [(name, f"{prefix}/bin/{command}") for name, prefix in shims.installed(tools.made).items()]
    return [(name, path) for name, path in paths if tools.is_program(path)]


def _in_environment(command: str, asked: Pins, tools: Tools) -> Located:
    path = f"{asked.environment}/bin/{command}"
    if tools.is_program(path):
        return Located(path=path, version="", origin=asked.origin, environment=asked.environment)
    if not command.startswith(_OF_PYTHON) and (path := _system_path(command, tools)):
        return Located(path=path, version="system", origin=asked.origin, environment=asked.environment)
    raise ProgramMissing(
        f"the environment of `{asked.origin}` has no `{command}`",
        hint="add the package that brings it to the manifest, and run `parity sync`",
    )


def _of_version(command: str, request: PythonRequest, asked: Pins, tools: Tools) -> tuple[str, Located | None]:
    """Return the prefix of a version and its program, each empty where there is none."""
    if tools.made.shims.outdated(tools.made.pyenv):
        shims.refresh(tools.made)
    prefix = tools.made.shims.prefix(request.text.removeprefix("python-"))
    if not prefix or not tools.is_program(f"{prefix}/bin/python"):
        prefix = _unmanaged(request, tools)
    if prefix and tools.is_program(path := f"{prefix}/bin/{command}"):
        return prefix, Located(path=path, version=request.text, origin=asked.origin, prefix=prefix)
    return prefix, None


def _unmanaged(request: PythonRequest, tools: Tools) -> str:
    """Return the prefix of an interpreter that nobody manages but that answers all the same, or nothing."""
    chosen = choose([request], tools.made.discovered().interpreters)
    return chosen.path.rpartition("/")[0].removesuffix("/bin") if chosen else ""


def _of_system(command: str, asked: Pins, tools: Tools) -> Located | None:
    path = _system_path(command, tools)
    return Located(path=path, version="system", origin=asked.origin) if path else None


def _system_path(command: str, tools: Tools) -> str:
    return tools.search(command, [tools.made.shims.folder, f"{tools.made.pyenv}/shims"])


def _absent(absent: Sequence[PythonRequest], tools: Tools) -> PythonMissing:
    discovered = tools.made.discovered()
    return missing(absent, discovered.interpreters, environments=discovered.environments)


def _unknown(command: str, asked: Pins, tools: Tools) -> ProgramMissing:
    others = [name for name, _ in whence(command, tools)]
    wanted = ", ".join(f"`{request.text}`" for request in asked.requests)
    if others:
        return ProgramMissing(
            f"{wanted or 'the system'} has no `{command}`, but {', '.join(f'`{name}`' for name in others)} has",
            hint=f"choose that version here: `parity pyenv local {others[-1]}`, or name several in `.python-version`",
        )
    return ProgramMissing(f"there is no command `{command}`, neither here nor in any installed version")
