"""Will the lock run there? A lock against a machine, and against what an environment of it contains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.core.errors import PathMissing
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileMissing
from parity.core.lockfile.recorded import recorded
from parity.core.preflight.examine import Contents, Examined, Knowledge, examine
from parity.core.preflight.machine import Machine, from_profile, of_target, read_profile
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from parity.core.contents import Entry
    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.core.preflight.accelerators import Rules
    from parity.core.preflight.conda import Answers
    from parity.core.preflight.symbols import SharedObject
    from parity.core.target import Targets
    from parity.engines.store.environments import Environments
    from parity.engines.store.roots import Roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that checking is handed.

    `probe` returns the profile of this machine, `pythons` the versions of the interpreters that a sync could take here.
    """

    read: Callable[[Path], str | None]
    roots: Roots
    environments: Environments
    objects: Callable[[Path, Mapping[str, Entry]], dict[str, SharedObject]]
    probe: Callable[..., dict[str, Any]]
    pythons: Callable[[], tuple[str, ...]]
    answers: Answers
    rules: Rules
    targets: Targets
    reporter: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What a check found. `looked_into` is the environment whose files were looked at, empty where there was none."""

    machine: str
    examined: Examined
    looked_into: str


def check(tools: Tools, root: Path, on: str, directory: Path) -> CheckResult:
    """Say whether a project's lock runs on a machine: `on` is a target's name or a profile's file, else this machine.

    Reads the lock and, where the project has an environment of the target that the machine takes, its compiled files.
    Nothing is written but what those files and this machine's interpreters say, into the cache. Raises
    LockfileMissing, LockfileError, TargetUnknown, ProfileInvalid, PathMissing and OSError.
    """
    text = lock_text(tools.read, root)
    if text is None:
        raise LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}` to check", hint="run `parity lock`")
    lock = v1.parse(text, LOCK_NAME)
    machine = _machine(tools, on, directory, lock)
    environment, contents = _inside(tools, root, lock, here=not on)
    knowledge = Knowledge(targets=tools.targets, rules=tools.rules, answers=tools.answers)
    examined = examine(lock, machine, knowledge, contents)
    return CheckResult(
        machine=machine.name, examined=examined, looked_into=environment if examined.target in contents else ""
    )


def _machine(tools: Tools, on: str, directory: Path, lock: Lockfile) -> Machine:
    if not on:
        tools.reporter.phase("asking this machine what it is")
        machine = from_profile(tools.probe(host_name=False), "this machine")
        # a probe runs where there is no parity, and looks in fewer places than what chose the lock's interpreter
        return replace(machine, pythons=tools.pythons()) if lock.route == "venv" else machine
    if on.endswith(".json") or "/" in on:
        text = tools.read(directory / on)
        if text is None:
            raise PathMissing(f"there is no profile `{on}`", hint="`parity probe` on the machine writes one")
        return read_profile(text, on)
    return of_target(tools.targets.knowing(recorded(lock, tools.targets)).named(on))


def _inside(tools: Tools, root: Path, lock: Lockfile, *, here: bool) -> tuple[str, dict[str, Contents]]:
    """Return the project's environment and what is in it, where it is one of the lock as it stands."""
    environment = tools.roots.linked(str(root))
    if not environment or not tools.roots.is_complete(environment):
        return "", {}
    built = v1.parse(tools.environments.read_lock(environment), ".parity/lock")
    name = built.targets[0].name
    if _identities(built, name) != _identities(lock, name):
        return "", {}
    tools.reporter.phase("looking into compiled files")
    entries = tools.environments.entries(environment)
    files = {path: entry for path, (entry, _) in entries.items() if entry.kind == "f"}
    return environment, {
        name: Contents(
            objects=tools.objects(Path(environment), files),
            packages={path: package for path, (_, package) in entries.items()},
            size=sum(entry.size for entry, _ in entries.values()),
            files=len(entries),
            there=here,
        )
    }


def _identities(lock: Lockfile, target: str) -> set[tuple[str, str, str]]:
    """Return which packages a lock has for a target; the project's own, of which there is no artifact, is no matter."""
    packages = [(each.name, each.version, each.sha256) for each in lock.conda_of(target)]
    return {*packages, *((each.name, each.version, each.sha256) for each in lock.wheels_of(target) if each.sha256)}
