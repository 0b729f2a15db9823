"""Ingredients → an environment with a name or an address of its own; all of it, or nothing."""

from __future__ import annotations

from dataclasses import field, replace
from functools import cache
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.environment_names import check_new_name
from parity.core.errors import CpuRefused, EnvironmentExists, TargetNone
from parity.workflows.env_indexes import index_rows, indexes_in
from parity.workflows.env_ingredients import Asked, Ingredients, Reader
from parity.workflows.project import held_as_named
from parity.workflows.quick import LOCK_NAME
from parity.workflows.ready import make_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.ports import Reporter
    from parity.core.spec import CondaSettings, Index
    from parity.engines.store.named import Sources
    from parity.engines.store.roots import Roots
    from parity.workflows import lock as locking
    from parity.workflows import provision
    from parity.workflows.lock import Wish
    from parity.workflows.ready import Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What creating needs of the world. What depends on the new environment's folder comes as a function of it.

    `read` returns the text of a file, or None where there is none; `write` is about single files.
    """

    roots: Roots
    read: Callable[[Path], str | None]
    write: Callable[[Path, str], None]
    lock_tools: Callable[[Path], locking.Tools]
    sync_tools: Callable[[Path], Callable[[Sequence[Index], Sequence[Interpreter], CondaSettings], provision.Tools]]
    reporter: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made of what, under which name, or at which address (absolute), in the place of what is there."""

    asked: Asked = field(default_factory=Asked)
    name: str = ""
    prefix: str = ""
    replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """An environment that is there now: its folder, what the user calls it, and how it was made."""

    root: Path
    title: str
    ready: Ready


def create(tools: Tools, order: Order, wish: Wish) -> Created:
    """Make an environment that belongs to no project, from copies of what it is asked to be made of.

    If anything goes wrong, what was there before is there again. Raises EnvironmentExists, NameInvalid,
    ManifestMissing, UsageError, and what locking and syncing raise.
    """
    reader = Reader(cache(tools.read), order.asked, wish)
    try:
        return _created(tools, order, reader)
    except TargetNone as error:
        if reader.is_lock:
            raise
        raise TargetNone(error.message, hint="name one that this machine satisfies, or none at all") from error
    except CpuRefused as error:
        hint = "make it for what is left: `--target` names that"
        if reader.is_lock:
            hint = "have the lock made for a `+cpu` target too, which is taken unasked"
        raise CpuRefused(error.message, hint=f"mend what is missing, or {hint}") from error


def _created(tools: Tools, order: Order, reader: Reader) -> Created:
    wish = reader.wish
    name = order.name or ("" if order.prefix else reader.own_name())
    root = root_for(tools.roots, name, order.prefix)
    with held_as_named(tools.roots, root, tools.reporter):
        if is_free(tools.roots, root, order.prefix, replace=order.replace):
            return made(tools, root, reader.ingredients(root), order.prefix, wish)
        return changed(tools, root, reader.ingredients(root), wish, afresh=True)


def root_for(roots: Roots, name: str, prefix: str) -> Path:
    """Return the folder of an environment that is to be made. Raises NameInvalid."""
    return Path(roots.named.root_at(prefix) if prefix else roots.named.root_of(check_new_name(name)))


def is_free(roots: Roots, root: Path, prefix: str, *, replace: bool | None = None) -> bool:
    """Say whether nothing is in the way; what an interrupted parity left does not count.

    `replace` says whether what is there may be replaced; None where the command has no such option.
    Raises EnvironmentExists where something is that may not be replaced.
    """
    there = roots.named.exists(str(root)) and (not prefix or roots.named.is_published(str(root), prefix))
    if there and not replace:
        raise EnvironmentExists(
            f"there is an environment `{prefix or root.name}` already",
            hint=f"choose another name; {'' if replace is None else '`--force` replaces it, '}"
            "`parity env remove` removes it",
        )
    if prefix and not there and not replace and roots.named.was_published(str(root)):
        address = quote(prefix)
        raise EnvironmentExists(
            f"the environment at `{prefix}` is there, and its link was removed or moved",
            hint=f"`parity sync -p {address}` puts it back, `--force` makes another environment in its place; one that "
            "was moved is known at its new address after `parity sync -p` with that",
        )
    if not there and prefix and roots.named.is_taken(prefix):
        raise EnvironmentExists(
            f"`{prefix}` is here already and parity did not make it", hint="choose an address where nothing is"
        )
    return not there


def made(tools: Tools, root: Path, ingredients: Ingredients, prefix: str, wish: Wish, *, lock: str = "") -> Created:
    """Make an environment in a folder that is free; the caller holds its lock. A `lock` that still answers is kept."""
    tools.roots.forget(str(root))
    try:
        ready = _ready(tools, root, ingredients, prefix, wish, lock=lock)
        tools.roots.named.publish(str(root))
    except BaseException:
        tools.roots.forget(str(root))
        raise
    return Created(root=root, title=tools.roots.named.title(str(root)), ready=ready)


def changed(
    tools: Tools, root: Path, ingredients: Ingredients, wish: Wish, *, afresh: bool = False, lock: str = ""
) -> Created:
    """Make an environment anew in the place of one; the old one is what counts until the new one is there.

    Of its lock, or the one that is given, stays what still fits, unless it is made `afresh`. The caller holds the
    lock of its folder.
    """
    named = tools.roots.named
    before, lock_text = named.sources(str(root)), tools.roots.read_file(str(root), LOCK_NAME)
    try:
        prefix = before.prefix if before else ""
        ready = _ready(tools, root, ingredients, prefix, wish, lock=lock, afresh=afresh)
        named.publish(str(root))
    except BaseException:
        if before:
            named.note(str(root), before)
        if lock_text is not None:
            tools.write(root / LOCK_NAME, lock_text.decode())
        raise
    return Created(root=root, title=named.title(str(root)), ready=ready)


class _Pending:
    """What an environment is to be made of, while the old files still say it.

    They change places when the lock that answers the new ones does: a kill at any moment leaves files that a lock was
    found for. `hides` the lock that is there until then.
    """

    def __init__(self, tools: Tools, root: Path, sources: Sources, *, hides: bool) -> None:
        self._tools = tools
        self._root = root
        self._sources = sources
        self._hides = hides
        self.counts = False

    def lock_tools(self, lock: str, *, alone: bool) -> locking.Tools:
        """Return the tools that lock it; the caller holds the project's lock. A `lock` that is given counts at once.

        One that stands `alone` is there before what says so: the old files are not taken for its own.
        """
        if lock and alone:
            self._tools.write(self._root / LOCK_NAME, lock)
            self.note()
        elif lock:
            self._write(self._root / LOCK_NAME, lock)
        tools = self._tools.lock_tools(self._root)
        return replace(
            tools,
            read=self._read,
            write=self._write,
            manifests=self._sources.manifests,
            indexes=indexes_in(self._sources.indexes),
        )

    def note(self) -> None:
        """Have it count."""
        if not self.counts:
            self._tools.roots.named.note(str(self._root), self._sources)
            self.counts = True

    def _read(self, path: Path) -> str | None:
        if self._hides and not self.counts and path == self._root / LOCK_NAME:
            return None
        return self._tools.roots.named.read(self._sources, str(self._root), path)

    def _write(self, path: Path, text: str) -> None:
        self._tools.roots.forget_run(str(self._root))
        self.note()
        self._tools.write(path, text)


def _ready(
    tools: Tools,
    root: Path,
    ingredients: Ingredients,
    prefix: str,
    wish: Wish,
    *,
    lock: str = "",
    afresh: bool = False,
) -> Ready:
    sources = tools.roots.named.copied(str(root), ingredients.manifests, ingredients.texts, prefix)
    sources.indexes = index_rows(ingredients.indexes)
    pending = _Pending(tools, root, sources, hides=afresh)
    ready = make_ready(
        tools.roots,
        root,
        wish,
        lambda: pending.lock_tools(ingredients.lock or lock, alone=bool(ingredients.lock)),
        tools.sync_tools(root),
        mode="frozen" if ingredients.lock else "as-needed",
        reporter=tools.reporter,
    )
    pending.note()  # where the lock that was there answers the new files too
    return ready
