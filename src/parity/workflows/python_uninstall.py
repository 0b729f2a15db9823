"""`parity python uninstall`: interpreters of parity's own go, where nothing stands on them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from parity.core.builds.errors import PythonForeign, PythonInUse
from parity.core.dataclass import dataclass
from parity.core.interpreters import answering, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.interpreters import Interpreter
    from parity.core.ports import Reporter
    from parity.core.python_request import PythonRequest
    from parity.workflows.python import Discovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of removing.

    `name_of` returns the name of the folder that an interpreter of parity's own is in; `users` the environments that
    stand on what is below a folder, each with the project that uses it, if one does; `remove` removes by name.
    """

    discovered: Discovered
    name_of: Callable[[Interpreter], str]
    users: Callable[[str], Sequence[tuple[str, str]]]
    folder: Callable[[str], str]
    remove: Callable[[str], None]


def uninstall_python(
    requests: Sequence[PythonRequest], directory: Path, tools: Tools, reporter: Reporter
) -> tuple[Interpreter, ...]:
    """Remove the interpreters that answer, all of them looked at before the first is gone.

    Raises PythonMissing, PythonForeign where it is another program's or where several answer, PythonInUse with the
    environments and projects that stand on it, OSError.
    """
    chosen = dict.fromkeys(_own(request, directory, tools) for request in requests)
    for each in chosen:
        users = tools.users(tools.folder(tools.name_of(each)))
        if users:
            raise _in_use(each, users)
    for each in chosen:
        reporter.phase(f"Removing Python {each.version}")
        tools.remove(tools.name_of(each))
    return tuple(chosen)


def _own(request: PythonRequest, directory: Path, tools: Tools) -> Interpreter:
    found = tools.discovered.interpreters
    if request.kind == "path":
        path = os.path.realpath(directory / request.text)
        matching = [each for each in found if each.real_path == path or each.real_path.startswith(path + os.sep)]
    else:
        matching = answering(request, found)
    own = [each for each in matching if each.source == "parity"]
    if len(own) == 1:
        return own[0]
    if own:
        paths = ", ".join(f"`{each.path}`" for each in own)
        raise PythonForeign(f"several interpreters answer `{request.text}`: {paths}", hint="name one by its path")
    if matching:
        other = matching[0]
        raise PythonForeign(
            f"`{other.path}` is not parity's own: it was found in {_PLACES.get(other.source, 'another place')}",
            hint="remove it with what installed it",
        )
    raise missing([request], found, environments=tools.discovered.environments)


_PLACES = {
    "pyenv": "pyenv's versions",
    "uv": "uv's folder",
    "conda": "a conda installation",
    "system": "the system",
    "path": "a folder of PATH",
}


def _in_use(each: Interpreter, users: Sequence[tuple[str, str]]) -> PythonInUse:
    projects = sorted({project for _, project in users if project})
    idle = sorted(environment for environment, project in users if not project)
    who = [*(f"the project `{project}`" for project in projects), *(f"`{environment}`" for environment in idle)]
    hints = ["have those projects use another Python and run `parity sync` there"] if projects else []
    hints += ["environments that no project uses are collected with `parity gc`"] if idle else []
    return PythonInUse(f"Python {each.version} is used by {', '.join(who)}", hint="; ".join(hints))
