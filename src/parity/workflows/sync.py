"""lock → environment → `.venv`: take the target this machine satisfies, build beside the old, switch in one step."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.core.environment_key import is_own
from parity.core.errors import ArtifactCorrupt, StoreUntrusted, VenvForeign
from parity.core.findings import Finding
from parity.core.lockfile.select import select
from parity.core.places import Place
from parity.workflows.provision import wanted
from parity.workflows.provision_conda import provision_conda
from parity.workflows.provision_venv import provision_venv
from parity.workflows.quick import LOCK_NAME, run_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.engines.store.roots import Roots
    from parity.workflows.provision import Provisioned, Tools, Wanted


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
) -> SyncResult:
    """Make a project's environment what its lock says and return what was done.

    The caller holds the project's lock. `conditions` are the facts under which the lock answers the manifests: as long
    as they hold, the next sync has nothing to do; None where nobody looked at them. `private` makes an environment of
    the project's own that may be written to. `with_project` leaves the project's own package out where it is false.
    Raises StoreUntrusted, VenvForeign, TargetNone, OSError, and what either route raises.
    """
    root = str(project)
    _refuse(tools, root)
    started = time.monotonic()
    target = select(lock, tools.host, tools.targets)
    asked = wanted(root, lock, target, private=private, with_project=with_project)
    provisioned = _provisioned(tools, asked, reporter)
    finished = time.monotonic()
    lasting = conditions if with_project else None  # without it, the next sync has the project itself to add
    before = tools.roots.linked(root)
    generation = _switch(tools, asked, provisioned, lock_text, lasting, reason=reason)
    return SyncResult(
        environment=tools.environments.path(provisioned.key),
        key=provisioned.key,
        reused=provisioned.built is None,
        generation=generation,
        target=target.name,
        route=lock.route,
        packages=asked.count,
        seconds={
            "gather": round(provisioned.gathered - started, 3),
            "build": round(finished - provisioned.gathered, 3),
            "flush": round(provisioned.built.flushed, 3) if provisioned.built else 0.0,
        },
        findings=(*provisioned.findings, *_about_link(tools.roots, asked, before, provisioned.key)),
    )


def _about_link(roots: Roots, asked: Wanted, before: str, key: str) -> list[Finding]:
    """Return what to say of a link that is new, or that has left an environment with edits of the user's in it."""
    if not before and _ignores_folder_alone((roots.read_file(asked.root, ".gitignore") or b"").splitlines()):
        return [
            Finding(
                code="gitignore-folder",
                severity="info",
                subject=".gitignore",
                message="`.venv/` in `.gitignore` is about a folder, and `.venv` is a link",
                hint="write `.venv` there, without the slash, or git takes it for a file of yours",
            )
        ]
    if not asked.private or before in {"", roots.environment(key)} or not roots.leads_to_private(before):
        return []
    return [
        Finding(
            code="private-left",
            severity="warning",
            subject=before,
            message=f"the private environment is a new one: what was changed in the old one stays in `{before}`",
            hint="take from there what you need: nothing uses it any more",
        )
    ]


def _ignores_folder_alone(lines: Sequence[bytes]) -> bool:
    said = {line.strip().removeprefix(b"/") for line in lines}
    return b".venv/" in said and not said & {b".venv", b".venv*", b".*"}


def _provisioned(tools: Tools, asked: Wanted, reporter: Reporter) -> Provisioned:
    provide = provision_conda if asked.lock.route == "conda" else provision_venv
    try:
        return provide(tools, asked, reporter)
    except ArtifactCorrupt:  # what was damaged is out of the cache by now
        return provide(tools, asked, reporter)


def _refuse(tools: Tools, root: str) -> None:
    if not tools.roots.trusted():
        raise StoreUntrusted(
            f"the store `{tools.roots.home}` is not yours alone: {tools.roots.distrust()}",
            hint="make it yours (`chown`, `chmod go-w`), or name another with `PARITY_HOME`",
        )
    if not tools.roots.owns_link(root):
        raise VenvForeign(
            "`.venv` is here already and parity did not make it",
            hint="run `parity sync --move-aside` to keep it as `.venv.aside` and continue",
            place=Place(file=".venv"),
        )


def _switch(
    tools: Tools,
    asked: Wanted,
    provisioned: Provisioned,
    lock_text: bytes,
    conditions: Sequence[Sequence[str]] | None,
    *,
    reason: str,
) -> int:
    """Make the project's link lead to what was built, and note under which facts it stays right."""
    _refuse(tools, asked.root)
    key = provisioned.key
    generation = tools.roots.switch(asked.root, key, lock_text, reason)
    if conditions is None:
        tools.roots.forget_run(asked.root)
        return generation
    facts = [*conditions, *provisioned.facts]
    locked = ["content", LOCK_NAME, tools.roots.digest(lock_text)]
    environment = tools.environments.path(key)
    tools.roots.write_run(asked.root, run_rows(tools.roots, asked.root, environment, [*facts, locked]))
    # a named environment has looked at copies: what it found says nothing about the manifests of a project
    own = asked.private or tools.roots.named.is_root(asked.root) or any(map(is_own, asked.wheels))
    if not own:
        tools.roots.write_memo(tools.roots.digest(lock_text), [["key", key], *facts])
    return generation
