"""manifests, packages or a lock → an environment with a name or an address of its own; all of it, or nothing."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from parity.core.environment_names import check_name
from parity.core.errors import EnvironmentExists, ManifestMissing, UsageError
from parity.core.lockfile import v1
from parity.core.lockfile.relocate import relocated
from parity.core.places import Place
from parity.workflows.load import Loaded, load
from parity.workflows.lock import Wish
from parity.workflows.quick import LOCK_NAME
from parity.workflows.ready import make_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.ports import Reporter
    from parity.core.spec import CondaSettings, Index
    from parity.engines.store.roots import Roots
    from parity.workflows import lock as locking
    from parity.workflows import provision
    from parity.workflows.ready import Ready

COMMAND_LINE = "command-line.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What creating needs of the world. What depends on the new environment's folder comes as a function of it.

    `read` returns the text of a file, or None where there is none; `write` and `remove` are about single files.
    """

    roots: Roots
    read: Callable[[Path], str | None]
    write: Callable[[Path, str], None]
    remove: Callable[[Path], None]
    lock_tools: Callable[[Path], locking.Tools]
    sync_tools: Callable[[Path], Callable[[Sequence[Index], Sequence[Interpreter], CondaSettings], provision.Tools]]
    reporter: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made of what. `files` and `prefix` are absolute; `text` is a manifest of the command line's."""

    files: tuple[Path, ...] = ()
    text: str = ""
    name: str = ""
    prefix: str = ""
    replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """An environment that is there now: its folder, what the user calls it, and how it was made."""

    root: Path
    title: str
    ready: Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ingredients:
    """What an environment is made of: manifests with the texts of all files they need, or the text of a lock."""

    manifests: tuple[str, ...] = ()
    texts: Mapping[str, str]
    lock: str = ""


def create(tools: Tools, order: Order, wish: Wish) -> Created:
    """Make an environment that belongs to no project, from copies of what it is asked to be made of.

    If anything goes wrong, what was there before is there again. Raises EnvironmentExists, NameInvalid,
    ManifestMissing, UsageError, and what locking and syncing raise.
    """
    tools = replace(tools, read=cache(tools.read))
    name = order.name or ("" if order.prefix else _own_name(tools, order, wish))
    named = tools.roots.named
    root = Path(named.root_at(order.prefix) if order.prefix else named.root_of(check_name(name)))
    with named.lock(str(root), waiting=lambda: tools.reporter.phase("waiting for another parity that makes it")):
        if not _is_free(tools, root, order):
            return _replaced(tools, root, order, wish)
        tools.roots.forget(str(root))
        try:
            ready = _made(tools, root, _ingredients(tools, root, order, wish), order.prefix, wish)
            named.publish(str(root))
        except BaseException:
            tools.roots.forget(str(root))
            raise
    return Created(root=root, title=order.prefix or name, ready=ready)


def _is_free(tools: Tools, root: Path, order: Order) -> bool:
    """Say whether an environment may be made; what an interrupted one left does not count. Raises EnvironmentExists."""
    named = tools.roots.named
    there = named.exists(str(root)) and (not order.prefix or named.is_published(str(root), order.prefix))
    if there and not order.replace:
        title = order.prefix or root.name
        raise EnvironmentExists(
            f"there is an environment `{title}` already", hint="`--force` replaces it, `parity env remove` removes it"
        )
    if not there and order.prefix and named.is_taken(order.prefix):
        raise EnvironmentExists(
            f"`{order.prefix}` is here already and parity did not make it", hint="choose an address where nothing is"
        )
    return not there


def _replaced(tools: Tools, root: Path, order: Order, wish: Wish) -> Created:
    """Make an environment anew in the place of one; the old one is what counts until the new one is there."""
    named = tools.roots.named
    before, lock_text = named.sources(str(root)), tools.roots.read_file(str(root), LOCK_NAME)
    ingredients = _ingredients(tools, root, order, wish)
    try:
        tools.roots.forget_run(str(root))
        tools.remove(root / LOCK_NAME)
        ready = _made(tools, root, ingredients, order.prefix, wish)
        if not named.is_published(str(root), named.address(str(root))):
            named.publish(str(root))
    except BaseException:
        if before:
            named.note(str(root), before)
        if lock_text is not None:
            tools.write(root / LOCK_NAME, lock_text.decode())
        raise
    return Created(root=root, title=order.prefix or root.name, ready=ready)


def _made(tools: Tools, root: Path, ingredients: _Ingredients, prefix: str, wish: Wish) -> Ready:
    tools.roots.named.keep(str(root), ingredients.manifests, ingredients.texts, prefix)
    if ingredients.lock:
        tools.write(root / LOCK_NAME, ingredients.lock)
    return make_ready(
        tools.roots,
        root,
        wish,
        tools.lock_tools(root),
        tools.sync_tools(root),
        mode="frozen" if ingredients.lock else "as-needed",
        reporter=tools.reporter,
    )


def _own_name(tools: Tools, order: Order, wish: Wish) -> str:
    """Return the name that a file has for the environment. Raises UsageError where none has."""
    asked = _as_manifests(tools, order)
    if asked and not _is_lock(order.files):
        spec = _loaded(tools, Path("/"), order, wish).spec
        if spec.name and all(name.endswith((".yml", ".yaml")) for name in spec.manifests):
            return check_name(spec.name, Place(file=asked[0], key="name"))
    raise UsageError("the environment has no name", hint="give it one with `-n NAME`, or an address with `-p PREFIX`")


def _ingredients(tools: Tools, root: Path, order: Order, wish: Wish) -> _Ingredients:
    if _is_lock(order.files):
        if len(order.files) > 1 or order.text or wish != Wish():
            raise UsageError("a lock says everything: nothing can be added to it", hint="give the lock alone")
        return _Ingredients(texts={}, lock=_lock_text(tools, order.files[0]))
    loaded = _loaded(tools, root, order, wish)
    texts = {str(path): tools.read(path) for path in loaded.files if path.parent != root}
    if order.text:
        texts[str(root / COMMAND_LINE)] = order.text
    there = {path: text for path, text in texts.items() if text is not None}
    return _Ingredients(manifests=(*_as_manifests(tools, order), *([COMMAND_LINE] if order.text else [])), texts=there)


def _loaded(tools: Tools, root: Path, order: Order, wish: Wish) -> Loaded:
    def read(path: Path) -> str | None:
        return order.text if path == root / COMMAND_LINE else tools.read(path)

    manifests = (*_as_manifests(tools, order), *([COMMAND_LINE] if order.text else []))
    return load(root, read=read, manifests=manifests, groups=wish.groups, extras=wish.extras, alone=True)


def _as_manifests(tools: Tools, order: Order) -> tuple[str, ...]:
    """Return the files by the names under which they are loaded. Raises ManifestMissing where one is not there."""
    for file in order.files:
        with suppress(UnicodeDecodeError):  # loading it says so, with its place
            if tools.read(file) is None:
                raise ManifestMissing(f"there is no file `{file}`", hint="name a manifest that is there")
    if not order.files and not order.text:
        raise UsageError("nothing says what the environment is made of", hint="name a file with `-f`, or packages")
    return tuple(posixpath.normpath(file) for file in order.files)


def _is_lock(files: Sequence[Path]) -> bool:
    return any(file.name.endswith(".lock") for file in files)


def _lock_text(tools: Tools, file: Path) -> str:
    """Return the text of a lock whose folders mean the same from everywhere."""
    text = tools.read(file)
    if text is None:
        raise ManifestMissing(f"there is no file `{file}`", hint="name a lock that is there")
    return v1.dump(relocated(v1.parse(text, str(file)), file.parent.as_posix()))
