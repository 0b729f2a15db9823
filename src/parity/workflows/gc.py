"""What nobody can reach any more goes: environments, records, and what killed processes left."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from parity.core import generations
from parity.core.amounts import counted
from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.workflows.edits import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from parity.core.generations import Generation
    from parity.core.ports import Reporter
    from parity.engines.store.collection import Collection, Stored
    from parity.engines.store.roots import Roots

KEEP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that a collection is handed.

    `sweep_caches` removes what killed processes left in the caches, `edits` returns what the user has changed in an
    environment. `finish_behind` starts another process that does what `finish` does, and says whether it could.
    """

    roots: Roots
    collection: Collection
    used_below: Callable[[str], set[str]]
    is_folder: Callable[[str], bool]
    freed: Callable[[Iterable[str]], int]
    remove: Callable[[str], None]
    sweep_caches: Callable[[], None]
    edits: Callable[[str], Sequence[str]]
    finish_behind: Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class GcResult:
    """What went, or would go: environments by key, what was left over, projects whose folder is gone, generations.

    `freed` are bytes of the disk; what an environment shared with the cache is not among them. With `background`
    another process is still removing the files.
    """

    environments: tuple[str, ...]
    leftovers: tuple[str, ...]
    projects: tuple[str, ...]
    generations: int
    freed: int
    kept: int
    background: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Project:
    """A record of the store and what of it stays; `gone` where its folder is no more, or nobody uses it any more."""

    name: str
    path: str
    past: tuple[Generation, ...]
    kept: tuple[Generation, ...]
    gone: bool
    linked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    projects: Sequence[_Project]
    doomed: Sequence[Stored]
    leftovers: Sequence[str]
    kept: Sequence[Stored]
    busy: Sequence[str]
    damaged: Sequence[str]
    edited: Mapping[str, Sequence[str]]


def collect(
    tools: Tools, *, keep: int, dry_run: bool, reporter: Reporter, discard: bool = False, wait: bool = False
) -> GcResult:
    """Remove every environment that is no kept generation's, no project's link leads to, and no program uses.

    `keep` is how many generations of each project are kept, the current one always among them. Nobody changes a
    project while it is decided; what goes disappears then in one step. Its files are removed while others go on, by a
    process that nobody has to wait for, unless to `wait` is asked. As long as any project's record is damaged, every
    whole environment stays; so does a private one in which the user has changed something, unless `discard`. With
    `dry_run` nothing is changed. Raises OSError.
    """
    removal = tools.collection.removal(waiting=lambda: reporter.phase("waiting for another collection"))
    alone = wait or removal.attempt()
    with removal if alone else nullcontext():
        decided = tools.collection.lock(waiting=lambda: reporter.phase("waiting until nobody changes a project"))
        with decided, _superseded(tools.roots) as copies:
            plan = _planned(tools, keep, copies, discard=discard)
            paths = [*(stored.path for stored in plan.doomed), *plan.leftovers]
            before = tools.collection.graves() if alone else []
            size = tools.freed([*paths, *before])
            if not dry_run:
                _carry_out(tools, plan)
        if wait and not dry_run:
            reporter.phase("removing files")
            _remove_graves(tools)
    return GcResult(
        environments=tuple(stored.key for stored in plan.doomed if stored.complete),
        leftovers=(*(stored.path for stored in plan.doomed if not stored.complete), *plan.leftovers),
        projects=tuple(project.path for project in plan.projects if project.gone),
        generations=sum(len(project.past) - len(project.kept) for project in plan.projects),
        freed=size,
        kept=len(plan.kept),
        background=not (wait or dry_run) and _goes_on_behind(tools),
        findings=(*([] if wait or not before else [_unfinished(len(before))]), *_findings(plan)),
    )


def finish(tools: Tools) -> GcResult:
    """Remove the files of what earlier collections let disappear; leave them to another process that is at it.

    Never are two at it: one that comes late goes, and one that is done looks again once it has let go. Raises OSError.
    """
    size, left = 0, []
    while graves := tools.collection.graves():
        removal = tools.collection.removal()
        if not removal.attempt():
            break
        with removal:
            size += tools.freed(graves)
            left += graves
            _remove_graves(tools)
    kept = sum(stored.complete for stored in tools.collection.stored())
    return GcResult(
        environments=(),
        leftovers=tuple(left),
        projects=(),
        generations=0,
        freed=size,
        kept=kept,
        background=bool(graves),
    )


def _goes_on_behind(tools: Tools) -> bool:
    """Have what was set aside removed by another process; where none can be started, by this one."""
    if not tools.collection.graves():
        return False
    return tools.finish_behind() or finish(tools).background


def _remove_graves(tools: Tools) -> None:
    for grave in tools.collection.graves():
        tools.remove(grave)


@contextmanager
def _superseded(roots: Roots) -> Iterator[list[str]]:
    """Return copies of manifests of which no named environment is made any more, while nobody makes one of them.

    Who does may have copied a file already, and waits for the end of the collection: those are left alone.
    """
    with ExitStack() as held:
        found = []
        for root in roots.named.roots():
            lock = roots.named.lock(root)
            if lock.attempt():
                held.enter_context(lock)
                found += roots.named.superseded(root)
        yield found


def _planned(tools: Tools, keep: int, copies: Iterable[str], *, discard: bool) -> _Plan:
    stored = tools.collection.stored()
    edited = {} if discard else _edited(tools, stored)
    every = tools.roots.every()
    damaged = [name for name, (path, _) in every.items() if not path]
    keeping = partial(_kept, keep=keep, edited=edited)
    projects = [_project(tools, name, path, rows, keeping) for name, (path, rows) in every.items() if path]
    reached = {each.key for project in projects for each in project.kept}
    reached |= {project.linked for project in projects if project.linked}
    used = tools.used_below(tools.collection.environments)
    busy = {each.key for each in stored if any(path == each.key or path.startswith(f"{each.key}/") for path in used)}
    staying = [each for each in stored if each.complete and (damaged or each.key in reached | busy | edited.keys())]
    left = [*tools.collection.leftovers(), *copies]
    for project in projects:
        left += [] if project.gone else tools.collection.project_leftovers(project.path)
    doomed = [each for each in stored if each not in staying]
    return _Plan(
        projects=projects,
        doomed=doomed,
        leftovers=[path for path in left if not any(path.startswith(f"{each.path}/") for each in doomed)],
        kept=staying,
        busy=sorted(busy - reached),
        damaged=damaged,
        edited={key: edits for key, edits in edited.items() if key not in reached},
    )


def _edited(tools: Tools, stored: Iterable[Stored]) -> dict[str, Sequence[str]]:
    """Return in which private environments the user has changed something, and what."""
    private = [each for each in stored if each.complete and each.key.startswith("private/")]
    return {each.key: edits for each in private if (edits := tools.edits(each.path))}


def _project(
    tools: Tools,
    name: str,
    path: str,
    rows: Iterable[Sequence[str]],
    keeping: Callable[[Sequence[Generation], Generation | None], tuple[Generation, ...]],
) -> _Project:
    past = generations.parse(rows)
    gone = not tools.is_folder(path) or tools.roots.named.is_stale(path)
    linked = "" if gone else tools.roots.linked(path).removeprefix(tools.roots.environment(""))
    kept = () if gone else keeping(past, generations.current(past, linked))
    return _Project(name=name, path=path, past=past, kept=kept, gone=gone, linked=linked)


def _kept(
    past: Sequence[Generation], now: Generation | None, *, keep: int, edited: Container[str]
) -> tuple[Generation, ...]:
    return generations.kept(past, now, keep, always=[each for each in past if each.key in edited])


def _carry_out(tools: Tools, plan: _Plan) -> None:
    """Let everything disappear. Records go first: a generation never names what was removed because of it."""
    for project in plan.projects:
        if tools.roots.named.is_stale(project.path):
            tools.roots.forget(project.path)
        elif project.gone:
            tools.roots.forget_record(project.name)
        elif len(project.kept) < len(project.past):
            tools.roots.keep_only(project.name, [each.number for each in project.kept])
    for stored in plan.doomed:
        tools.collection.set_aside(stored.path)
    for path in plan.leftovers:
        tools.remove(path)
    if not plan.damaged:
        locks = [each.lock for project in plan.projects for each in project.kept]
        tools.collection.forget_useless([stored.key for stored in plan.kept], locks)
    tools.sweep_caches()


def _findings(plan: _Plan) -> list[Finding]:
    return [*map(_busy, plan.busy), *map(_damaged, plan.damaged), *map(_with_edits, plan.edited.items())]


def _unfinished(count: int) -> Finding:
    what = f"{counted(count, 'folder')} that an earlier collection removes {'is' if count == 1 else 'are'}"
    return Finding(
        code="removal-unfinished",
        severity="info",
        subject="envs/v1",
        message=f"{what} still there, and nobody is at it any more",
        hint="this collection removes them; if they stay, `parity gc --wait` says why",
    )


def _busy(key: str) -> Finding:
    return Finding(
        code="environment-busy",
        severity="info",
        subject=key,
        message=f"`{key}` is no project's any more and stays, because a running program uses it",
    )


def _with_edits(each: tuple[str, Sequence[str]]) -> Finding:
    key, edits = each
    return Finding(
        code="environment-edited",
        severity="info",
        subject=key,
        message=f"`{key}` is no project's any more and stays, because of {listed(edits)}",
        hint="`parity gc --discard` removes it",
    )


def _damaged(name: str) -> Finding:
    return Finding(
        code="root-damaged",
        severity="warning",
        subject=f"roots/v1/{name}",
        message="the record of a project is damaged, so every environment stays: one of them is that project's",
        hint="run `parity sync --locked` in each project, or remove the record if its project is gone",
    )
