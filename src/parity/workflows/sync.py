"""lock → environment → `.venv`: take the target this machine satisfies, build beside the old, switch in one step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.environment_key import is_own
from parity.core.errors import ArtifactCorrupt
from parity.core.findings import Finding
from parity.core.lockfile.select import accelerated, select
from parity.workflows.edits import edits_in, found_again, left_behind
from parity.workflows.project import refuse_foreign
from parity.workflows.provision import wanted
from parity.workflows.quick import CPU_ALLOWED, LOCK_NAME, is_cpu_allowed, run_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from parity.core.lockfile.model import LockedTarget, Lockfile
    from parity.core.ports import Reporter
    from parity.engines.store.roots import Roots
    from parity.workflows.provision import Provisioned, Tools, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Which target is taken: the best of those that are `named`, where any are.

    `allow_cpu` allows one without an accelerator in this project, as `select` has it, from now on, or takes that back;
    None leaves it as it was. `settled` says that the project's settings allow it, `declared` that they name targets.
    """

    named: Collection[str] = ()
    allow_cpu: bool | None = None
    settled: bool = False
    declared: bool = False


_UNASKED = Taking()


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
    taking: Taking = _UNASKED,
) -> SyncResult:
    """Make a project's environment what its lock says and return what was done.

    The caller holds the project's lock. `conditions` are the facts under which the lock answers the manifests: as long
    as they hold, the next sync has nothing to do; None where nobody looked at them. `private` makes an environment of
    the project's own that may be written to. `with_project` leaves the project's own package out where it is false.
    Raises StoreUntrusted, VenvForeign, OSError, and what `select` and either route raise.
    """
    root, started = str(project), time.monotonic()
    refuse_foreign(tools.roots, root)
    target, chosen = _taken(tools, root, lock, taking)
    asked = wanted(root, lock, target, private=private, with_project=with_project)
    provisioned = _provisioned(tools, asked, reporter)
    finished = time.monotonic()
    # without the project, the next sync has it to add
    allowed = chosen and taking.allow_cpu is not False
    lasting = _lasting(tools, lock, conditions, allowed=allowed) if with_project else None
    edits = _edits(tools, root, provisioned)
    before = tools.roots.linked(root)
    generation = _switch(tools, asked, provisioned, lock_text, lasting, reason=reason, chosen=chosen)
    return SyncResult(
        environment=tools.environments.path(provisioned.key),
        key=provisioned.key,
        reused=provisioned.built is None,
        generation=generation,
        target=target.name,
        route=lock.route,
        packages=asked.count,
        seconds=_seconds(provisioned, started, finished),
        findings=(*provisioned.findings, *edits, *_about_link(tools.roots, root, before)),
    )


def _taken(tools: Tools, root: str, lock: Lockfile, taking: Taking) -> tuple[LockedTarget, bool]:
    """Return the target, and whether it is that by what somebody said in this project."""
    if taking.allow_cpu is False:
        tools.roots.forget_run(root)
    here = taking.allow_cpu or is_cpu_allowed(tools.roots, root)
    unasked = here or (taking.settled and taking.allow_cpu is None)
    target = select(lock, tools.host, tools.targets, named=taking.named, allow_cpu=unasked, settled=taking.declared)
    return target, bool(here or taking.named)


def _seconds(provisioned: Provisioned, started: float, finished: float) -> dict[str, float]:
    return {
        "gather": round(provisioned.gathered - started, 3),
        "build": round(finished - provisioned.gathered, 3),
        "flush": round(provisioned.built.flushed, 3) if provisioned.built else 0.0,
    }


def _lasting(
    tools: Tools, lock: Lockfile, conditions: Sequence[Sequence[str]] | None, *, allowed: bool
) -> Sequence[Sequence[str]] | None:
    """Return the facts under which a target stays the right one, and what was allowed beside them."""
    if conditions is None:
        return None
    if not accelerated(lock, tools.host, tools.targets):
        return [*conditions, *tools.overrides]
    return [*conditions, *tools.overrides, *tools.accelerator_facts(), *([CPU_ALLOWED] if allowed else [])]


def _about_link(roots: Roots, root: str, before: str) -> list[Finding]:
    """Return what is to be said of a link that has not been there before: git is not to take it for a file."""
    if before:
        return []
    lines = (roots.read_file(root, ".gitignore") or b"") + b"\n" + (roots.read_file(root, ".git/info/exclude") or b"")
    said = {line.strip().removeprefix(b"/") for line in lines.splitlines()}
    if said & {b".venv", b".venv*", b".*"}:
        return []
    if b".venv/" in said:
        return [
            Finding(
                code="gitignore-folder",
                severity="info",
                subject=".gitignore",
                message="`.venv/` in `.gitignore` is about a folder, and `.venv` is a link",
                hint="write `.venv` there, without the slash, or git takes it for a file of yours",
            )
        ]
    if roots.read_file(root, ".git/HEAD") is None:
        return []
    return [
        Finding(
            code="gitignore-missing",
            severity="info",
            subject=".gitignore",
            message="git is not told to leave `.venv` alone",
            hint="write `.venv` into `.gitignore`; `parity.lock` belongs into the repository",
        )
    ]


def _provisioned(tools: Tools, asked: Wanted, reporter: Reporter) -> Provisioned:
    if asked.lock.route == "conda":
        from parity.workflows.provision_conda import provision_conda as provide  # noqa: PLC0415 - one of the two routes
    else:
        from parity.workflows.provision_venv import provision_venv as provide  # noqa: PLC0415 - same
    try:
        return provide(tools, asked, reporter)
    except ArtifactCorrupt:  # what was damaged is out of the cache by now
        return provide(tools, asked, reporter)


def build(tools: Tools, project: Path, lock: Lockfile, *, reporter: Reporter, private: bool = False) -> str:
    """Have the environment that a lock asks for without switching to it, and return its key.

    The caller holds the project's lock. Raises what `sync` raises.
    """
    # what was once taken here has been allowed
    target = select(lock, tools.host, tools.targets, allow_cpu=True)
    asked = wanted(str(project), lock, target, private=private, with_project=True)
    return _provisioned(tools, asked, reporter).key


def _edits(tools: Tools, root: str, provisioned: Provisioned) -> list[Finding]:
    """Return what has to be said of edits: in the private environment that is left, in the one that is come back to."""
    old, new = tools.roots.linked(root), tools.environments.path(provisioned.key)
    private = tools.environments.path("private/")
    if old == new:
        return []
    found = []
    if old.startswith(private) and (edits := edits_in(tools.environments, tools.present, old)):
        key = old.removeprefix(tools.environments.path(""))
        numbers = [row[0] for row in tools.roots.generations(root) if row[1] == key]
        found.append(left_behind(edits, old, numbers[-1] if numbers else ""))
    if new.startswith(private) and not provisioned.built:
        edits = edits_in(tools.environments, tools.present, new)
        found += [found_again(edits)] if edits else []
    return found


def _switch(
    tools: Tools,
    asked: Wanted,
    provisioned: Provisioned,
    lock_text: bytes,
    conditions: Sequence[Sequence[str]] | None,
    *,
    reason: str,
    chosen: bool,
) -> int:
    """Make the project's link lead to what was built, and note under which facts it stays right.

    What somebody has `chosen` or allowed in this project is not for others that have the same lock.
    """
    refuse_foreign(tools.roots, asked.root)
    key = provisioned.key
    generation = tools.roots.switch(asked.root, key, lock_text, reason)
    tools.make_shims(tools.environments.path(key))
    if conditions is None:
        tools.roots.forget_run(asked.root)
        return generation
    facts = [*conditions, *provisioned.facts]
    locked = ["content", LOCK_NAME, tools.roots.digest(lock_text)]
    environment = tools.environments.path(key)
    tools.roots.write_run(asked.root, run_rows(tools.roots, asked.root, environment, [*facts, locked]))
    # a named environment has looked at copies: what it found says nothing about the manifests of a project
    own = asked.private or tools.roots.named.is_root(asked.root) or any(map(is_own, asked.wheels))
    if not own and not chosen:
        tools.roots.write_memo(tools.roots.digest(lock_text), [["key", key], *facts])
    return generation
