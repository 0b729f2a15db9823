"""Will the lock run there? A lock against a machine, and against what an environment of it contains."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parity.core.dataclass import dataclass
from parity.core.errors import ManifestError, PathMissing
from parity.core.findings import Finding
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileMissing
from parity.core.own_targets import is_file, titles
from parity.core.preflight.examine import Allowed, Examined, examine, target_for
from parity.core.preflight.machine import HERE, Machine, of_target
from parity.core.preflight.profiles import from_profile, read_profile
from parity.workflows import lock as locking
from parity.workflows.check_inside import Inside
from parity.workflows.load import unreadable
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME, is_cpu_allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.core.preflight.examine import Knowledge
    from parity.core.target import Target
    from parity.workflows.check_inside import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that checking is handed.

    `probe` returns the profile of this machine, `pythons` the versions of the interpreters that a sync could take here.
    """

    read: Callable[[Path], str | None]
    inside: Sources
    lock: Callable[[Path], locking.Tools]
    probe: Callable[..., dict[str, Any]]
    pythons: Callable[[], tuple[str, ...]]
    knowledge: Knowledge
    reporter: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What a check found on one machine. `environment` is where compiled files were looked at, if not in the caches."""

    machine: str
    examined: Examined
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A lock, what was found on each machine that was asked about, and what there is to say of the lock itself."""

    lock: Lockfile
    results: tuple[CheckResult, ...]
    findings: tuple[Finding, ...] = ()


def check(tools: Tools, root: Path, on: Sequence[str], directory: Path, *, targets: bool = False) -> Checked:
    """Say whether a project's lock runs on machines: each a target's name or file, or a profile; none: this machine.

    `targets` asks about every target of the lock besides, by its name. Reads the lock and the compiled files of the
    target that a machine takes, of its environment or of what the caches have of it. Nothing is written but what those
    files and this machine's interpreters say, into the cache. That the manifests have changed since is told, and
    decides nothing. Raises LockfileMissing, LockfileError, TargetUnknown, ManifestError, PathMissing, OverrideInvalid
    and OSError.
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
    allowed = is_cpu_allowed(tools.inside.roots, str(root))
    inside = Inside(tools.inside, root, lock)
    results = []
    for each, machine in zip(asked, machines, strict=True):
        environment, contents = inside.of(target_for(lock, machine, tools.knowledge.targets))
        there = replace(contents, there=bool(environment) and not each) if contents else None
        said: Allowed = "setting" if settled.accelerators.allow_cpu else "here" if allowed and not each else ""
        examined = examine(lock, machine, tools.knowledge, there, allowed=said, settled=bool(settled.targets))
        results.append(CheckResult(machine=machine.name, examined=examined, environment=environment))
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
