"""Command-line tools in environments of their own: installed with links to their programs, or run in passing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.editing.errors import ProgramTaken, ToolUnknown
from parity.core.editing.requests import Terms, read_request
from parity.core.environment_names import check_name
from parity.core.errors import ProgramMissing
from parity.core.lockfile import v1
from parity.core.spelling import did_you_mean
from parity.workflows.env_create import changed, made
from parity.workflows.env_ingredients import Asked, Reader
from parity.workflows.env_packages import as_environment
from parity.workflows.env_remove import forget
from parity.workflows.lock import Wish
from parity.workflows.lock_text import lock_of
from parity.workflows.passing import Passing, environment_for
from parity.workflows.project import held, held_as_named
from parity.workflows.quick import LOCK_NAME
from parity.workflows.ready import make_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from parity.core.lockfile.diff import Change
    from parity.core.lockfile.model import Lockfile
    from parity.engines.store.named import Sources
    from parity.engines.store.roots import Roots
    from parity.engines.store.tool_links import ToolLinks
    from parity.workflows import env_create


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What tools need of the world: making environments, links to programs, and which programs a package brings."""

    making: env_create.Tools
    links: ToolLinks
    programs_of: Callable[[str, str], tuple[str, ...]]

    @property
    def roots(self) -> Roots:
        """The records of the store."""
        return self.making.roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A tool: a word of the command line for its package, what it needs beside it, and whether conda has it."""

    word: str
    more: tuple[str, ...] = ()
    conda: bool = False
    channels: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its package. Raises ManifestError for a word that asks for nothing."""
        return check_name(
            read_request(self.word, Terms(kind="conda" if self.conda else "pypi"), conda_first=False).name
        )

    @property
    def asked(self) -> Asked:
        """What its environment is made of."""
        words = [self.word, *self.more]
        if self.conda:
            return Asked(text=as_environment(words, channels=self.channels or ("conda-forge",), pip=()))
        return Asked(text=as_environment((), channels=(), pip=words))

    @property
    def wish(self) -> Wish:
        """How it is locked."""
        return Wish(route="conda" if self.conda else "venv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that is installed: its version, and its programs with their folder."""

    name: str
    version: str
    programs: tuple[str, ...]
    folder: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What a tool is made of, its lock, and its generation as the history has it."""

    sources: Sources
    lock: Lockfile
    generation: list[str]


def install(tools: Tools, request: Request) -> Tool:
    """Install a tool, or make it what is asked for now. Nothing that stands in the folder of programs is written over.

    Raises ProgramTaken, ProgramMissing for a package without programs, and what locking and syncing raise; the tool is
    then what it was.
    """
    named, name = tools.roots.named, request.name
    root = Path(named.tool_root(name))
    with held_as_named(tools.roots, root, tools.making.reporter):
        before = _state(tools, root)
        ingredients = Reader(tools.making.read, request.asked, request.wish).ingredients(root)
        if before is None:
            made(tools.making, root, ingredients, "", request.wish)
        else:
            changed(tools.making, root, ingredients, request.wish, afresh=True)
        return _linked(tools, root, before)


def upgrade(tools: Tools, name: str) -> Tool:
    """Take the newest versions that fit for a tool. Raises ToolUnknown, and what `install` raises, as it does."""
    root = _root_of(tools, name)
    with held_as_named(tools.roots, root, tools.making.reporter):
        before = _state(tools, _root_of(tools, name))  # it may be gone after the wait
        ready = make_ready(
            tools.roots,
            root,
            Wish(upgrade=("*",)),
            lambda: tools.making.lock_tools(root),
            tools.making.sync_tools(root),
            mode="as-needed",
            reporter=tools.making.reporter,
        )
        return _linked(tools, root, before, ready.locked.changes if ready.locked else ())


def uninstall(tools: Tools, name: str) -> Tool:
    """Remove a tool and the links to its programs, and return what it was. Raises ToolUnknown, OSError."""
    root = _root_of(tools, name)
    with held_as_named(tools.roots, root, tools.making.reporter), held(tools.roots, root, tools.making.reporter):
        gone = _described(tools, str(_root_of(tools, name)))  # it may be gone after the wait
        tools.links.publish(str(root), ())
        forget(tools.roots, root)
    return gone


def installed(tools: Tools) -> tuple[Tool, ...]:
    """Return all tools, by name. Raises LockfileError, OSError."""
    return tuple(_described(tools, root) for root in tools.roots.named.tool_roots())


def passing_environment(tools: Tools, request: Request, environ: Mapping[str, str]) -> str:
    """Return the environment of a tool that is run in passing. Raises what locking and syncing raise."""
    said = (request.word, *request.more, "-c", *request.channels, str(request.conda))
    root = Path(tools.roots.named.passing_root("tool", *said))
    return environment_for(tools.making, Passing(root=root, asked=request.asked, wish=request.wish), environ)


def _state(tools: Tools, root: Path) -> _State | None:
    """Return what a tool is, to go back to; None where there is none."""
    roots = tools.roots
    sources = roots.named.sources(str(root)) if roots.named.exists(str(root)) else None
    past = roots.generations(str(root))
    return _State(sources=sources, lock=lock_of(roots, root), generation=past[-1]) if sources and past else None


def _linked(tools: Tools, root: Path, before: _State | None, changes: tuple[Change, ...] = ()) -> Tool:
    """Have links to a tool's programs; where they cannot be, the tool is what it was before."""
    try:
        programs = _published(tools, root)
    except BaseException:
        if before is None:
            tools.links.publish(str(root), ())
            tools.roots.forget(str(root))
        else:
            _restore(tools, root, before)
        raise
    found = _described(tools, str(root))
    return Tool(name=found.name, version=found.version, programs=programs, folder=found.folder, changes=changes)


def _restore(tools: Tools, root: Path, before: _State) -> None:
    number, key, _, digest, *_ = before.generation
    with held(tools.roots, root, tools.making.reporter):
        tools.roots.named.note(str(root), before.sources)
        tools.making.write(root / LOCK_NAME, v1.dump(before.lock))
        tools.roots.switch_back(str(root), key, digest, int(number))
        tools.roots.forget_run(str(root))


def _published(tools: Tools, root: Path) -> tuple[str, ...]:
    programs = tools.programs_of(tools.roots.linked(str(root)), root.name)
    if not programs:
        raise ProgramMissing(f"`{root.name}` brings no programs", hint="a library belongs into a project: `parity add`")
    if taken := tools.links.taken(str(root), programs):
        raise ProgramTaken(
            f"there is a `{taken[0]}` in `{tools.links.folder}` already, which parity did not make for `{root.name}`",
            hint="move it away, or name another folder with `PARITY_TOOL_BIN`",
        )
    tools.links.publish(str(root), programs)
    return programs


def _described(tools: Tools, root: str) -> Tool:
    lock = lock_of(tools.roots, Path(root))
    name = tools.roots.named.title(root)
    versions = [wheel.version for wheel in lock.wheels if wheel.name == name]
    versions += [package.version for package in lock.conda if package.name == name]
    return Tool(
        name=name, version=versions[0] if versions else "", programs=tools.links.owned(root), folder=tools.links.folder
    )


def _root_of(tools: Tools, name: str) -> Path:
    root = tools.roots.named.tool_root(check_name(name))
    if tools.roots.named.exists(root):
        return Path(root)
    known = [tools.roots.named.title(each) for each in tools.roots.named.tool_roots()]
    hint = did_you_mean(name, known, "`parity tool list` shows those that are there")
    raise ToolUnknown(f"there is no tool `{name}`", hint=hint)
