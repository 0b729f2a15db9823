"""Will the lock run there? A lock against a machine, and against what an environment of it contains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.core.errors import ManifestError, PathMissing
from parity.core.findings import Finding
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileMissing
from parity.core.own_targets import is_file, titles
from parity.core.preflight.examine import Allowed, Contents, Examined, Knowledge, examine
from parity.core.preflight.machine import HERE, Machine, of_target
from parity.core.preflight.profiles import from_profile, read_profile
from parity.workflows import lock as locking
from parity.workflows.load import unreadable
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME, is_cpu_allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from parity.core.contents import Entry
    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.core.preflight.accelerators import Rules
    from parity.core.preflight.conda import Answers
    from parity.core.preflight.symbols import SharedObject
    from parity.core.target import Target, Targets
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
    lock: Callable[[Path], locking.Tools]
    probe: Callable[..., dict[str, Any]]
    pythons: Callable[[], tuple[str, ...]]
    answers: Answers
    rules: Rules
    targets: Targets
    reporter: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What a check found on one machine. `looked_into` is the environment whose files were looked at, if any."""

    machine: str
    examined: Examined
    looked_into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A lock, what was found on each machine that was asked about, and what there is to say of the lock itself."""

    lock: Lockfile
    results: tuple[CheckResult, ...]
    findings: tuple[Finding, ...] = ()


def check(tools: Tools, root: Path, on: Sequence[str], directory: Path, *, targets: bool = False) -> Checked:
    """Say whether a project's lock runs on machines: each a target's name or file, or a profile; none: this machine.

    `targets` asks about every target of the lock besides, by its name. Reads the lock and, where the project has an
    environment of the target that a machine takes, its compiled files. Nothing is written but what those files and
    this machine's interpreters say, into the cache. That the manifests have changed since is told, and decides
    nothing. Raises LockfileMissing, LockfileError, TargetUnknown, ManifestError, PathMissing, OverrideInvalid, OSError.
    """
    text = lock_text(tools.read, root)
    if text is None:
        raise LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}` to check", hint="run `parity lock`")
    lock = v1.parse(text, LOCK_NAME)
    asked = list(dict.fromkeys([*(on or [""]), *(target.name for target in lock.targets if targets)]))
    locked_with = tools.lock(root)

    def target_of(word: str) -> Target:
        found = locking.found_targets(root, (word,), locked_with, lock, by_flag=True)
        return next(iter(found.targets.values()))

    named = {**titles(asked), "": HERE}
    machines = [replace(_machine(tools, each, directory, lock.route, target_of), name=named[each]) for each in asked]
    reasons, settled = locking.outdated(root, locked_with)
    allowed = is_cpu_allowed(tools.roots, str(root))
    environment, contents = _inside(tools, root, lock)
    knowledge = Knowledge(targets=tools.targets, rules=tools.rules, answers=tools.answers)
    results = []
    for each, machine in zip(asked, machines, strict=True):
        there = {name: replace(inside, there=not each) for name, inside in contents.items()}
        said: Allowed = "setting" if settled.accelerators.allow_cpu else "here" if allowed and not each else ""
        examined = examine(lock, machine, knowledge, there, allowed=said, settled=bool(settled.targets))
        looked_into = environment if examined.target in contents else ""
        results.append(CheckResult(machine=machine.name, examined=examined, looked_into=looked_into))
    return Checked(lock=lock, results=tuple(results), findings=tuple(_about_lock(reasons)))


def _about_lock(reasons: Sequence[str]) -> Iterator[Finding]:
    """Yield the remark that something else would be locked by now."""
    if reasons:
        yield Finding(
            code="lock-outdated",
            severity="warning",
            subject=LOCK_NAME,
            message=f"`{LOCK_NAME}` is not current: {'; '.join(reasons)}",
            hint="`parity lock` makes it so; this is about the lock as it is",
        )


def _machine(tools: Tools, on: str, directory: Path, route: str, target_of: Callable[[str], Target]) -> Machine:
    if not on:
        tools.reporter.phase("asking this machine what it is")
        machine = from_profile(tools.probe(asked=False), HERE)
        # what chose the lock's interpreter looks in more places than a probe, which runs where there is no parity
        return replace(machine, pythons=tools.pythons() if route == "venv" else None)
    if on.endswith(".json") or ("/" in on and not is_file(on)):
        try:
            text = tools.read(directory / on)
        except UnicodeDecodeError as error:
            raise ManifestError([unreadable(on, error)]) from None
        if text is None:
            raise PathMissing(f"there is no profile `{on}`", hint="`parity probe` on the machine writes one")
        return read_profile(text, on)
    return of_target(target_of(str(directory / on) if is_file(on) else on))


def _inside(tools: Tools, root: Path, lock: Lockfile) -> tuple[str, dict[str, Contents]]:
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
        )
    }


def _identities(lock: Lockfile, target: str) -> set[tuple[str, str, str]]:
    """Return which packages a lock has for a target; the project's own, of which there is no artifact, is no matter."""
    packages = [(each.name, each.version, each.sha256) for each in lock.conda_of(target)]
    return {*packages, *((each.name, each.version, each.sha256) for each in lock.wheels_of(target) if each.sha256)}
