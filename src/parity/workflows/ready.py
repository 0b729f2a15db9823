"""A project made ready to work in: a lock that answers its manifests, and the environment that the lock says."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from parity.core.dataclass import dataclass
from parity.core.errors import ManifestError, ManifestMissing, TargetNone
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileMissing
from parity.core.manifests.python_version import VARIABLES
from parity.core.negotiation.errors import DistributionTwice
from parity.core.target import unsatisfied
from parity.workflows import lock as locking
from parity.workflows.lock_text import lock_text
from parity.workflows.project import held
from parity.workflows.quick import LOCK_NAME, PIN_NAME
from parity.workflows.sync import SyncResult, Taking, sync

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.core.spec import CondaSettings, Index, Settings
    from parity.engines.store.roots import Roots
    from parity.workflows.lock import LockResult, Wish
    from parity.workflows.provision import Tools

Mode = Literal["as-needed", "locked", "frozen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A project in sync. `locked` is None where the lock was taken as it is."""

    synced: SyncResult
    locked: LockResult | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Current:
    lock: Lockfile
    text: bytes
    indexes: Sequence[Index]
    settings: Settings
    result: LockResult | None


def make_ready(
    roots: Roots,
    root: Path,
    wish: Wish,
    locking_with: Callable[[], locking.Tools],
    sync_tools: Callable[[Sequence[Index], Sequence[Interpreter], CondaSettings], Tools],
    *,
    mode: Mode,
    reporter: Reporter,
    private: bool | None = None,
    with_project: bool = True,
    allow_cpu: bool | None = None,
) -> Ready:
    """Bring a project in sync: with its manifests (`as-needed`), its lock if current (`locked`) or as it is (`frozen`).

    Whoever comes second waits, and finds the work done. `locking_with` is called after the wait: what a named
    environment is made of is read by it, and may be something else by then. `private` None leaves it as it was.
    Targets of the wish that the lock is for already are the ones to take, and change nothing of it. `allow_cpu` is as
    `Taking` has it. Raises what locking and syncing raise.
    """
    with held(roots, root, reporter):
        roots.tidy(str(root))
        lock_tools = locking_with()
        named = wish.targets if mode == "frozen" or _is_for(root, wish, lock_tools) else ()
        wish = replace(wish, targets=()) if named else wish
        _refuse_targets(root, wish, lock_tools)
        whole = partial(
            _synced,
            root=root,
            lock_tools=lock_tools,
            sync_tools=sync_tools,
            mode=mode,
            reporter=reporter,
            private=roots.is_private(str(root)) if private is None else private,
            with_project=with_project,
            taking=Taking(named=named, allow_cpu=allow_cpu),
        )
        try:
            return whole(wish)
        except DistributionTwice as error:
            if mode != "as-needed":
                raise
            return whole(replace(wish, upgrade=(*wish.upgrade, *error.distributions)))


def _synced(
    wish: Wish,
    *,
    root: Path,
    lock_tools: locking.Tools,
    sync_tools: Callable[[Sequence[Index], Sequence[Interpreter], CondaSettings], Tools],
    mode: Mode,
    reporter: Reporter,
    private: bool,
    with_project: bool,
    taking: Taking,
) -> Ready:
    current = _current(root, wish, lock_tools, mode)
    found = () if current.lock.route == "conda" else lock_tools.found()  # conda brings an interpreter of its own
    tools = sync_tools(current.indexes, found, current.settings.conda)
    synced = sync(
        tools,
        root,
        current.lock,
        current.text,
        _conditions(root, current.result, lock_tools, tools),
        reporter=reporter,
        private=private,
        with_project=with_project,
        taking=replace(
            taking, settled=current.settings.accelerators.allow_cpu, declared=bool(current.settings.targets)
        ),
        reason="lock" if current.result and current.result.changed else "sync",
    )
    return Ready(synced=synced, locked=current.result)


def _is_for(root: Path, wish: Wish, tools: locking.Tools) -> bool:
    """Say whether there is a lock for all targets that are wished."""
    text = lock_text(tools.read, root) if wish.targets else None
    return text is not None and {*wish.targets} <= {target.name for target in v1.parse(text, LOCK_NAME).targets}


def _refuse_targets(root: Path, wish: Wish, tools: locking.Tools) -> None:
    """Refuse targets of which this machine satisfies none before they take the place of the lock's."""
    targets = locking.wished_targets(root, wish, tools)
    reasons = {name: unsatisfied(target, tools.host) for name, target in targets.items()}
    if reasons and all(reasons.values()):
        because = "; ".join(f"`{name}`: {reason}" for name, reason in reasons.items())
        raise TargetNone(
            f"this machine satisfies none of these targets: {because}",
            hint="name one for this machine too (`--target` may be repeated), or only lock: `parity lock`",
        )


def _current(root: Path, wish: Wish, tools: locking.Tools, mode: Mode) -> _Current:
    if mode == "frozen" or (tools.alone and not tools.manifests):
        return _frozen(root, wish, tools)
    result = locking.check(root, wish, tools) if mode == "locked" else locking.lock(root, wish, tools)
    text = (lock_text(tools.read, root) or "").encode()
    return _Current(
        lock=result.lock,
        text=text,
        indexes=result.spec.indexes,
        settings=result.spec.settings,
        result=result,
    )


def _frozen(root: Path, wish: Wish, tools: locking.Tools) -> _Current:
    text = lock_text(tools.read, root)
    if text is None:
        raise LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}`", hint="run `parity lock`")
    try:
        spec = locking.manifests_of(root, wish, tools).spec
    except (ManifestMissing, ManifestError):
        # a lock alone is enough, say in a container: what it needs is then on default ways, or those that came with it
        spec = locking.bare_spec(tools)
    lock = v1.parse(text, LOCK_NAME)
    return _Current(
        lock=lock,
        text=text.encode(),
        indexes=spec.indexes,
        settings=spec.settings,
        result=None,
    )


def _conditions(
    root: Path, result: LockResult | None, lock_tools: locking.Tools, tools: Tools
) -> list[list[str]] | None:
    """Return the facts under which this lock stays the answer: what the files say, and what the user pinned.

    None where nobody looked at the manifests, or where one was edited while the lock was made.
    """
    if lock_tools.alone:
        return []  # what it is made from changes by parity's own hand alone, and that forgets what was noted here
    if result is None:
        return None
    set_now = lock_tools.variables
    facts = [["variable", name, *([set_now[name]] if name in set_now else [])] for name in VARIABLES]
    for path in result.loaded.files:
        relative = os.path.relpath(path, root)
        if path.name != PIN_NAME or not relative.startswith(".."):  # pins above the project are looked for each time
            facts.append(tools.roots.observe_content(str(root), relative))
    same = all(lock_tools.read(path) == text for path, text in result.loaded.texts.items())
    return facts if same else None
