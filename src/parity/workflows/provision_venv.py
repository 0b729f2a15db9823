"""The venv route: an interpreter of this machine, and distributions linked from the cache."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from parity.core.environment_key import environment_key
from parity.core.errors import PythonMissing
from parity.core.interpreters import choose
from parity.core.lockfile import v1
from parity.core.places import Place
from parity.core.python_request import parse_request
from parity.workflows.gather import gather, has_bytecode, requests_of
from parity.workflows.provision import Provisioned, build_once, conflicts_of, contents_of, keyed, tag_of
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedTarget
    from parity.core.ports import Reporter
    from parity.engines.store.environments import Built
    from parity.workflows.provision import Tools, Wanted


def provision_venv(tools: Tools, asked: Wanted, reporter: Reporter) -> Provisioned:
    """Have the environment that is asked for, on the venv route.

    Raises PythonMissing, NetworkFailed, UvFailed, ArtifactCorrupt, OSError.
    """
    interpreter = locked_interpreter(asked.target, tools.found)
    trees = gather(
        asked.wheels,
        artifacts=tools.artifacts(tag_of(interpreter)),
        installer=tools.installer,
        interpreter=interpreter,
        requests=requests_of(asked.wheels, asked.root, contents_of(tools, asked.root)),
        torch_backend=asked.target.torch_backend,
        compile_trees=tools.compile_trees,
        site_of=tools.site_of,
        reporter=reporter,
    )
    key = environment_key(
        platform=interpreter.platform,
        interpreter=tools.identify(interpreter.real_path),
        trees=trees,
        variables=asked.lock.variables,
    )
    key = keyed(tools, asked, key)
    gathered = time.monotonic()
    build = partial(_build, tools, asked, interpreter, trees, key)
    built = build_once(tools.environments, key, asked.count, reporter, build)
    return Provisioned(
        key=key,
        built=built,
        gathered=gathered,
        facts=(tools.observe(interpreter.real_path),),
        findings=conflicts_of(built),
    )


def locked_interpreter(target: LockedTarget, found: Sequence[Interpreter]) -> Interpreter:
    """Return the interpreter of this machine that a lock's target asks for. Raises PythonMissing."""
    locked = target.python
    place = Place(file=LOCK_NAME, key=f"target[{target.name}].python")
    threads = "t" if locked.free_threaded else ""
    exact = parse_request(f"{locked.implementation}-{locked.version}{threads}", place)
    asked = parse_request(locked.request, Place(file="request")) if locked.request else exact
    # a path, a name or `system` says which one; the lock says what it must be
    chosen = choose([asked, exact], found) if asked.kind in {"path", "name", "system"} else choose([exact], found)
    if chosen is None:
        raise PythonMissing(
            f"the lock wants {locked.implementation} {locked.version} and no such interpreter is installed",
            hint=f"run `parity python install {locked.version}`, or `parity lock` for another one",
            place=place,
        )
    return chosen


def _build(tools: Tools, asked: Wanted, interpreter: Interpreter, trees: Mapping[str, str], key: str) -> Built:
    path = tools.environments.begin(key)
    tools.installer.create_environment(path, interpreter.path)
    papers = tools.papers(
        site=tools.site_of(path),
        lock=v1.dump(asked.slice),
        activation=_activation(path, asked.lock.variables),
        interpreter=tools.observe(interpreter.real_path),
    )
    parts = tools.artifacts(tag_of(interpreter)).parts(trees, bytecode=has_bytecode(interpreter))
    return tools.environments.build(key, parts, papers)


def _activation(path: str, variables: Mapping[str, str]) -> list[list[str]]:
    """Return what an activated environment would have set, and the manifest's own variables."""
    return [
        ["set", "VIRTUAL_ENV", path],
        ["prepend", "PATH", f"{path}/bin"],
        ["unset", "PYTHONHOME"],
        *(["set", name, value] for name, value in sorted(variables.items())),
    ]
