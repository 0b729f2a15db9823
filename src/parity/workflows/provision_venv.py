"""The venv route: an interpreter of this machine, and distributions linked from the cache."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from parity.core.environment_key import environment_key
from parity.core.errors import PythonMissing
from parity.core.interpreters import choose
from parity.core.lockfile import v1
from parity.core.lockfile.pythons import with_origin
from parity.core.places import Place
from parity.core.python_request import parse_request
from parity.workflows.gather import gather, has_bytecode, requests_of
from parity.workflows.provision import Provisioned, build_once, conflicts_of, contents_of, keyed, tag_of
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedPython, LockedTarget, Lockfile
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
        installer=tools.installer(),
        interpreter=interpreter,
        requests=requests_of(asked.wheels, asked.root, contents_of(tools, asked.root)),
        compile_trees=tools.compile_trees,
        site_of=tools.site_of,
        reporter=reporter,
        measured=tools.measured,
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
    very_same = [each for each in found if locked.sha256 and each.sha256 == locked.sha256]
    # a path, a name or `system` says which one; the lock says what it must be
    requests = [asked, exact] if asked.kind in {"path", "name", "system"} else [exact]
    chosen = choose(requests, very_same) or (None if locked.exact else choose(requests, found))
    if chosen is None and locked.exact:
        raise _very_one_missing(locked, place)
    if chosen is None:
        raise PythonMissing(
            f"the lock wants {locked.implementation} {locked.version} and no such interpreter is installed",
            hint=f"run `parity python install {locked.version}`, or `parity lock` for another one",
            place=place,
        )
    return chosen


def _very_one_missing(locked: LockedPython, place: Place) -> PythonMissing:
    """Return the error for a lock that demands one very interpreter (`interpreter = "exact"`)."""
    which, install = {
        "built": (f"the recipe {locked.sha256[:12]}", f"parity python install {locked.version} --build"),
        "prebuilt": (f"`{locked.file}`", f"parity python install {locked.version}"),
    }[locked.source]
    return PythonMissing(
        f"the lock wants the very {locked.implementation} {locked.version} of {which}, and it is not installed",
        hint=f'run `{install}` as where the lock was made, or drop `interpreter = "exact"` and run `parity lock`',
        place=place,
    )


def _build(tools: Tools, asked: Wanted, interpreter: Interpreter, trees: Mapping[str, str], key: str) -> Built:
    started = time.monotonic()
    path = tools.environments.begin(key)
    tools.installer().create_environment(path, interpreter.path)
    papers = tools.papers(
        site=tools.site_of(path),
        lock=v1.dump(_as_built(asked.slice, interpreter)),
        activation=_activation(path, asked.lock.variables),
        interpreter=tools.observe(interpreter.real_path),
    )
    parts = tools.artifacts(tag_of(interpreter)).parts(trees, bytecode=has_bytecode(interpreter))
    built = tools.environments.build(key, parts, papers)
    tools.measured("place venv", asked.count, time.monotonic() - started)
    return built


def _as_built(inside: Lockfile, interpreter: Interpreter) -> Lockfile:
    """Return the slice of an environment with the interpreter that it really has: another machine's may differ."""
    (target,) = inside.targets
    python = with_origin(target.python, interpreter, exact=target.python.exact)
    return replace(inside, targets=(replace(target, python=python),))


def _activation(path: str, variables: Mapping[str, str]) -> list[list[str]]:
    """Return what an activated environment would have set, and the manifest's own variables."""
    return [
        ["set", "VIRTUAL_ENV", path],
        ["prepend", "PATH", f"{path}/bin"],
        ["unset", "PYTHONHOME"],
        *(["set", name, value] for name, value in sorted(variables.items())),
    ]
