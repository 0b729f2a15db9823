"""Whether all is well: this installation, the shell, the store, every environment, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.errors import ParityError
from parity.core.findings import Finding
from parity.core.health import remarks
from parity.workflows.env_list import list_environments
from parity.workflows.lock_text import read_lock
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from parity.core.health import Surroundings
    from parity.engines.store.collection import Collection
    from parity.engines.store.environments import Environments
    from parity.engines.store.roots import Roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of looking. `distrust` says why a folder must not be trusted, `exists` whether a path is there.

    `uv` returns the version of uv, and raises ParityError where there is none that will do. `merges_half` says whether
    the repository of a project asks for a merge driver that this clone has not.
    """

    roots: Roots
    environments: Environments
    collection: Collection
    surroundings: Callable[[], Surroundings]
    read: Callable[[Path], str | None]
    exists: Callable[[str], bool]
    is_folder: Callable[[str], bool]
    distrust: Callable[[str], str]
    shims_outdated: Callable[[], bool]
    uv: Callable[[], str]
    merges_half: Callable[[Path], bool]
    cache: str
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorResult:
    """How many environments and projects were looked at, and every remark, what is broken first."""

    environments: int
    projects: int
    findings: tuple[Finding, ...]


def doctor(tools: Tools, root: Path | None) -> DoctorResult:
    """Look at everything; `root` is the project around the caller, if there is one. Nothing is changed."""
    found = [*_store(tools)]
    if found:  # what is not to be trusted is not read either
        return DoctorResult(environments=0, projects=0, findings=(*found, *remarks(tools.surroundings())))
    stored, every = tools.collection.stored(), tools.roots.every()
    found += [*_engines(tools), *remarks(tools.surroundings())]
    found += [*_projects(tools, every), *_named(tools)]
    found += [_incomplete(each.key) for each in stored if not each.complete]
    found += [remark for each in stored if each.complete for remark in _environment(tools, each.path, each.key)]
    found += [*_project(tools, root)] if root else []
    ranked = sorted(found, key=lambda each: ("error", "warning", "info").index(each.severity))
    return DoctorResult(environments=sum(each.complete for each in stored), projects=len(every), findings=tuple(ranked))


def _store(tools: Tools) -> Iterator[Finding]:
    for what, folder in (("store", tools.roots.home), ("cache", tools.cache)):
        if reason := tools.distrust(folder):
            yield Finding(
                code="folder-untrusted",
                severity="error",
                subject=what,
                message=f"`{folder}` is not yours alone: {reason}",
                hint=f"run `chmod -R go-w {folder}`, and `chown` it where it is another user's",
            )


def _engines(tools: Tools) -> Iterator[Finding]:
    try:
        tools.uv()
    except ParityError as error:
        yield Finding(
            code="installation-broken",
            severity="error",
            subject="uv",
            message=error.message,
            hint=error.hint or "install parity again",
        )
    if tools.shims_outdated():
        yield Finding(
            code="shims-outdated",
            severity="warning",
            subject="shims",
            message="Python versions came or went since the shims were made",
            hint="run `parity pyenv rehash`",
        )


def _projects(tools: Tools, every: Mapping[str, tuple[str, list[list[str]]]]) -> Iterator[Finding]:
    for name, (project, past) in every.items():
        if not project:
            yield Finding(
                code="root-damaged",
                severity="error",
                subject=f"roots/v1/{name}",
                message="the record of a project is damaged, so nothing of the store can be collected",
                hint="run `parity sync --locked` in each project, or remove the record if its project is gone",
            )
        elif not tools.is_folder(project):
            yield Finding(
                code="project-gone",
                severity="info",
                subject=project,
                message="the folder of this project is gone, and its environments are still in the store",
                hint="run `parity gc`",
            )
        elif past and not tools.roots.named.is_root(project):
            yield from _link(tools, project)


def _link(tools: Tools, project: str) -> Iterator[Finding]:
    linked = tools.roots.linked(project)
    if linked and not tools.roots.is_complete(linked):
        yield Finding(
            code="environment-broken",
            severity="error",
            subject=project,
            message=f"`.venv` leads to `{linked}`, where there is no environment",
            hint=f"run `parity sync -C {project}`",
        )


def _named(tools: Tools) -> Iterator[Finding]:
    for each in list_environments(tools.roots, tools.environments, tools.environ):
        if each.broken:
            option = f"-n {each.name}" if each.name else f"-p {each.prefix}"
            yield Finding(
                code="environment-broken",
                severity="error",
                subject=each.name or each.prefix,
                message=f"this environment cannot be used: {each.broken}",
                hint=f"run `parity sync {option}`, or `parity env remove {option}`",
            )


def _incomplete(key: str) -> Finding:
    return Finding(
        code="build-interrupted",
        severity="warning",
        subject=key,
        message="a build of this environment was interrupted, and what it left takes room",
        hint="run `parity gc`",
    )


def _environment(tools: Tools, path: str, key: str) -> Iterator[Finding]:
    recorded = tools.environments.recorded(path)
    gone = (
        [word for word in recorded.interpreter if word.startswith("/") and not tools.exists(word)] if recorded else []
    )
    if gone:
        yield Finding(
            code="environment-broken",
            severity="error",
            subject=key,
            message=f"the interpreter that this environment stands on is gone: `{gone[0]}`",
            hint="install it again (`parity python install`), or run `parity sync` in its project",
        )


def _project(tools: Tools, root: Path) -> Iterator[Finding]:
    """Yield what is wrong with the lock of the project around the caller, where it has one."""
    if tools.merges_half(root):
        yield Finding(
            code="merge-driver-missing",
            severity="info",
            subject=".gitattributes",
            message=f"this repository has git merge `{LOCK_NAME}` by meaning, and this clone was not told how",
            hint="run `parity git-setup`",
        )
    try:
        if tools.exists(str(root / LOCK_NAME)):
            read_lock(tools.read, root)
    except ParityError as error:
        yield Finding(
            code="lock-unreadable", severity="error", subject=LOCK_NAME, message=error.message, hint=error.hint
        )
