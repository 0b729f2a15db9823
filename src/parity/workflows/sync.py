"""lock → environment → `.venv`: take the target this machine satisfies, build beside the old, switch in one step."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parity.core.environment_key import environment_key, is_own
from parity.core.errors import PythonMissing
from parity.core.findings import Finding
from parity.core.interpreters import choose
from parity.core.lockfile import v1
from parity.core.lockfile.select import select
from parity.core.places import Place
from parity.core.python_request import parse_request
from parity.workflows.gather import gather, has_bytecode, requests_of
from parity.workflows.project import refuse_foreign
from parity.workflows.quick import LOCK_NAME, run_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedTarget, LockedWheel, Lockfile
    from parity.core.ports import Reporter
    from parity.core.target import Host, Targets
    from parity.engines.pypi.install import UvInstaller
    from parity.engines.store.artifacts import Artifacts
    from parity.engines.store.environments import Built, Environments, Papers
    from parity.engines.store.roots import Roots
    from parity.workflows.gather import CompileTrees

CONTENT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that a sync is handed (workflows/wiring.py builds them)."""

    roots: Roots
    environments: Environments
    artifacts: Callable[[str], Artifacts]
    installer: UvInstaller
    compile_trees: CompileTrees
    site_of: Callable[[str], str]
    papers: type[Papers]
    identify: Callable[[str], Mapping[str, str]]
    observe: Callable[[str], list[str]]
    host: Host
    targets: Targets
    found: Sequence[Interpreter]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What a sync did. `seconds` tells how long its steps took: `gather`, `build` and, of that, `flush`."""

    environment: str
    key: str
    reused: bool
    generation: int
    target: str
    route: str
    packages: int
    seconds: Mapping[str, float]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One environment to be made: which, from what."""

    lock: Lockfile
    target: LockedTarget
    wheels: tuple[LockedWheel, ...]
    interpreter: Interpreter
    trees: Mapping[str, str]
    key: str


def sync(
    tools: Tools,
    project: Path,
    lock: Lockfile,
    lock_text: bytes,
    conditions: Sequence[Sequence[str]] | None,
    *,
    reporter: Reporter,
    private: bool = False,
    with_project: bool = True,
    reason: str = "sync",
) -> SyncResult:
    """Make a project's environment what its lock says and return what was done.

    The caller holds the project's lock. `conditions` are the facts under which the lock answers the manifests: as long
    as they hold, the next sync has nothing to do; None where nobody looked at them. `private` makes an environment of
    the project's own that may be written to. `with_project` leaves the project's own package out where it is false.
    Raises StoreUntrusted, VenvForeign, TargetNone, PythonMissing, NetworkFailed, UvFailed, ArtifactCorrupt, OSError.
    """
    root = str(project)
    refuse_foreign(tools.roots, root)
    started = time.monotonic()
    job = _prepare(tools, root, lock, reporter, private=private, with_project=with_project)
    gathered = time.monotonic()
    built = _build(tools, job, reporter)
    finished = time.monotonic()
    lasting = conditions if with_project else None  # without it, the next sync has the project itself to add
    generation = _switch(tools, root, job, lock_text, lasting, memo=not private, reason=reason)
    return SyncResult(
        environment=tools.environments.path(job.key),
        key=job.key,
        reused=built is None,
        generation=generation,
        target=job.target.name,
        route=lock.route,
        packages=len(job.wheels),
        seconds={
            "gather": round(gathered - started, 3),
            "build": round(finished - gathered, 3),
            "flush": round(built.flushed, 3) if built else 0.0,
        },
        findings=_conflicts(built),
    )


def build(tools: Tools, project: Path, lock: Lockfile, *, reporter: Reporter, private: bool = False) -> str:
    """Have the environment that a lock asks for without switching to it, and return its key.

    The caller holds the project's lock. Raises what `sync` raises.
    """
    job = _prepare(tools, str(project), lock, reporter, private=private, with_project=True)
    _build(tools, job, reporter)
    return job.key


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


def tag_of(interpreter: Interpreter) -> str:
    """Return the kind of interpreter for which an unpacked distribution, and its bytecode, is the same."""
    version = interpreter.version if interpreter.prerelease else interpreter.minor
    threads = "t" if interpreter.free_threaded else ""
    return "-".join(
        filter(None, [interpreter.implementation, version + threads, interpreter.platform, interpreter.libc])
    )


def _prepare(tools: Tools, root: str, lock: Lockfile, reporter: Reporter, *, private: bool, with_project: bool) -> _Job:
    target = select(lock, tools.host, tools.targets)
    interpreter = locked_interpreter(target, tools.found)
    wheels = tuple(
        wheel for wheel in lock.wheels_of(target.name) if with_project or not (wheel.path == "." and wheel.editable)
    )
    trees = gather(
        wheels,
        artifacts=tools.artifacts(tag_of(interpreter)),
        installer=tools.installer,
        interpreter=interpreter,
        requests=requests_of(wheels, root, lambda path: content(tools, root, path)),
        torch_backend=target.torch_backend,
        compile_trees=tools.compile_trees,
        site_of=tools.site_of,
        reporter=reporter,
    )
    key = environment_key(
        platform=interpreter.platform,
        interpreter=tools.identify(interpreter.real_path),
        trees=trees,
        variables=lock.variables,
    )
    if private:
        key = f"private/{key[:8]}{tools.roots.digest(root.encode('utf-8', 'surrogateescape'))[:12]}"
    return _Job(lock=lock, target=target, wheels=wheels, interpreter=interpreter, trees=trees, key=key)


def content(tools: Tools, root: str, path: str) -> Mapping[str, str]:
    """Return the digests of the files that decide how a folder of the project is built."""
    rows = (tools.roots.observe_content(root, f"{path}/{name}") for name in CONTENT_FILES)
    return {row[1]: row[2] if len(row) > 2 else "" for row in rows}  # noqa: PLR2004 - a row's length


def _build(tools: Tools, job: _Job, reporter: Reporter) -> Built | None:
    """Build the environment unless it is there; whoever comes second waits, and finds it."""
    environments = tools.environments
    if environments.is_complete(job.key):
        return None
    with environments.lock(job.key):
        if environments.is_complete(job.key):
            return None
        reporter.phase(f"building an environment of {len(job.wheels)} packages")
        try:
            return _built(tools, job)
        except BaseException:
            if not environments.is_complete(job.key):
                environments.begin(job.key)  # whoever is interrupted takes away what he has begun
            raise


def _built(tools: Tools, job: _Job) -> Built:
    path = tools.environments.begin(job.key)
    tools.installer.create_environment(path, job.interpreter.path)
    site = tools.site_of(path)
    papers = tools.papers(
        site=site,
        lock=v1.dump(_slice(job)),
        activation=_activation(path, job.lock.variables),
        interpreter=tools.observe(job.interpreter.real_path),
    )
    artifacts = tools.artifacts(tag_of(job.interpreter))
    parts = artifacts.parts(job.trees, bytecode=has_bytecode(job.interpreter))
    return tools.environments.build(job.key, parts, papers)


def _switch(
    tools: Tools,
    root: str,
    job: _Job,
    lock_text: bytes,
    conditions: Sequence[Sequence[str]] | None,
    *,
    memo: bool,
    reason: str,
) -> int:
    """Make the project's link lead to what was built, and note under which facts it stays right."""
    refuse_foreign(tools.roots, root)
    generation = tools.roots.switch(root, job.key, lock_text, reason)
    if conditions is None:
        tools.roots.forget_run(root)
        return generation
    facts = [*conditions, tools.observe(job.interpreter.real_path)]
    locked = ["content", LOCK_NAME, tools.roots.digest(lock_text)]
    tools.roots.write_run(root, run_rows(tools.roots, root, tools.environments.path(job.key), [*facts, locked]))
    if memo and not any(map(is_own, job.wheels)):
        tools.roots.write_memo(tools.roots.digest(lock_text), [["key", job.key], *facts])
    return generation


def _slice(job: _Job) -> Lockfile:
    """Return of a lock what one environment is made of: nothing that another project's lock would say differently."""
    wheels = tuple(replace(wheel, targets=(job.target.name,), requested=False) for wheel in job.wheels)
    return replace(job.lock, manifests={}, targets=(job.target,), wheels=wheels, groups=(), extras=())


def _activation(path: str, variables: Mapping[str, str]) -> list[list[str]]:
    """Return what an activated environment would have set, and the manifest's own variables."""
    return [
        ["set", "VIRTUAL_ENV", path],
        ["prepend", "PATH", f"{path}/bin"],
        ["unset", "PYTHONHOME"],
        *(["set", name, value] for name, value in sorted(variables.items())),
    ]


def _conflicts(built: Built | None) -> tuple[Finding, ...]:
    """Return one finding for each two packages that bring different files of the same path."""
    shared: dict[tuple[str, str], list[str]] = {}
    for conflict in built.conflicts if built else ():
        if not conflict.same and not conflict.path.endswith(".pyc"):  # bytecode goes the way of its source
            shared.setdefault((conflict.kept, conflict.dropped), []).append(conflict.path)
    return tuple(
        Finding(
            code="file-conflict",
            severity="warning",
            subject=paths[0],
            message=f"`{kept}` and `{dropped}` both bring {_counted(paths)}; what `{kept}` brings is kept",
            package=dropped,
        )
        for (kept, dropped), paths in shared.items()
    )


def _counted(paths: Sequence[str]) -> str:
    return f"`{paths[0]}`" if len(paths) == 1 else f"`{paths[0]}` and {len(paths) - 1} more files"
