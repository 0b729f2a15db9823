"""What an environment that belongs to no project is made of: copies of manifests, or of a lock."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.environment_names import check_new_name
from parity.core.errors import ManifestMissing, UsageError
from parity.core.export.json_form import Reading, is_json_form, parse_json_form, relocated_form
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileError
from parity.core.lockfile.relocate import relocated
from parity.core.places import Place
from parity.workflows.env_indexes import indexes_in
from parity.workflows.load import Loaded, load
from parity.workflows.lock import Wish
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from parity.core.spec import Index
    from parity.engines.store.roots import Roots

COMMAND_LINE = "command-line.yml"

# one of these stands in every lock and every exported lock, however damaged
_PARITYS = ("made-with", "parity-export/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user names: absolute `files`, and the `text` of a manifest that says what the command line does."""

    files: tuple[Path, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredients:
    """Manifests in their order, with the texts of all files they need, or the text of a lock that says it all.

    A manifest of parity's own has no folder in its name; every other one is named by its whole path. `indexes` are
    those that an exported lock brings along.
    """

    manifests: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    lock: str = ""
    indexes: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what is asked for. `read` returns the text of a file, or None where there is none."""

    read: Callable[[Path], str | None]
    asked: Asked
    wish: Wish

    @property
    def is_lock(self) -> bool:
        """Say whether a lock is among the files: by its name, or by the mark of an exported one."""
        return any(file.name.endswith((".lock", ".json")) or self._is_exported(file) for file in self.asked.files)

    def own_name(self) -> str:
        """Return the name that a file has for the environment. Raises UsageError where none has, NameInvalid."""
        asked = self._manifests()
        if self.is_lock and (name := self._reading(self.asked.files[0]).name):
            return check_new_name(name, Place(file=asked[0], key="name"))
        if not self.is_lock:
            spec = self._loaded(Path("/")).spec
            if spec.name and all(name.endswith((".yml", ".yaml")) for name in spec.manifests):
                return check_new_name(spec.name, Place(file=asked[0], key="name"))
        hint = "give it one with `-n NAME`, or an address with `-p PREFIX`"
        raise UsageError("the environment has no name", hint=hint)

    def ingredients(self, root: Path) -> Ingredients:
        """Return what an environment in a folder is made of. Raises ManifestMissing, UsageError, ManifestError."""
        if self.is_lock:
            if len(self.asked.files) > 1 or self.asked.text or self.wish != Wish():
                raise UsageError("a lock says everything: nothing can be added to it", hint="give the lock alone")
            reading = self._reading(self.asked.files[0])
            return Ingredients(lock=v1.dump(reading.lock), indexes=reading.indexes)
        loaded = self._loaded(root)
        texts = {str(path): self.read(path) for path in loaded.files if path.parent != root}
        texts |= {COMMAND_LINE: self.asked.text} if self.asked.text else {}
        there = {path: text for path, text in texts.items() if text is not None}
        return Ingredients(manifests=self._manifests(), texts=there)

    def _is_exported(self, file: Path) -> bool:
        with suppress(UnicodeDecodeError):  # then it is none, and loading it says where
            return is_json_form(self.read(file) or "")
        return False

    def _manifests(self) -> tuple[str, ...]:
        """Return the files by the names under which they are loaded, each of which is there."""
        for file in self.asked.files:
            with suppress(UnicodeDecodeError):  # loading it says so, with its place
                self._refuse_missing(self.read(file), file)
        if not self.asked.files and not self.asked.text:
            raise UsageError("nothing says what the environment is made of", hint="name a file with `-f`, or packages")
        own = (COMMAND_LINE,) if self.asked.text else ()
        return (*(posixpath.normpath(file) for file in self.asked.files), *own)

    def _loaded(self, root: Path) -> Loaded:
        def read(path: Path) -> str | None:
            return self.asked.text if path == root / COMMAND_LINE else self.read(path)

        groups, extras = self.wish.groups, self.wish.extras
        return load(root, read=read, manifests=self._manifests(), groups=groups, extras=extras, alone=True)

    def _reading(self, file: Path) -> Reading:
        """Return a lock, or an exported one, whose folders mean the same from everywhere."""
        text = self._refuse_missing(self.read(file), file)
        try:
            return self._parsed(text, file)
        except LockfileError as error:
            if any(word in text for word in _PARITYS):
                raise
            raise LockfileError(
                f"`{file}` is no lock of parity's",
                hint="name a `parity.lock`, what `parity export --format json` wrote, or a manifest; "
                "`parity import` takes another tool's lock over into a project",
            ) from error

    def _parsed(self, text: str, file: Path) -> Reading:
        if file.name.endswith(".json") or is_json_form(text):
            return relocated_form(parse_json_form(text, str(file)), file.parent.as_posix())
        return Reading(name="", lock=relocated(v1.parse(text, str(file)), file.parent.as_posix()), indexes=())

    def _refuse_missing(self, text: str | None, file: Path) -> str:
        if text is None:
            raise ManifestMissing(f"there is no file `{file}`", hint="name a manifest or a lock that is there")
        return text


def kept(roots: Roots, root: str) -> Ingredients:
    """Return what a named environment was made of, from its copies. Raises CopyDamaged."""
    sources = roots.named.sources(root)
    if sources is None or not sources.manifests:
        indexes = indexes_in(sources.indexes) if sources else ()
        return Ingredients(lock=v1.decode(roots.read_file(root, LOCK_NAME) or b"", LOCK_NAME), indexes=indexes)
    texts = {path: roots.named.copy(sources, root, path) for path in sources.files}
    return Ingredients(manifests=sources.manifests, texts=texts)


def joined(old: Ingredients, new: Ingredients) -> Ingredients:
    """Return both together: a file that is named again takes the place of its older copy.

    A new lock says everything. Raises UsageError where an old one did: nothing can be added to it.
    """
    if new.lock:
        return new
    if old.lock:
        raise UsageError(
            "the environment was made of a lock, to which nothing can be added",
            hint="`--prune` has the file in its place: what the file does not ask for goes",
        )
    manifests = tuple(dict.fromkeys((*old.manifests, *new.manifests)))
    return Ingredients(manifests=manifests, texts={**old.texts, **new.texts})
