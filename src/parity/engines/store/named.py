"""Environments that belong to no project: each has a folder in the store that stands in a project's place.

named/v1/<name>/            `-n NAME`; `names/NAME` is a link to this folder's `.venv`
prefixes/v1/<digest>/       `-p PREFIX`; what stands at PREFIX is such a link
passing/v1/<digest>/        what a script or `--with` needs; no link leads there, and it goes when it is not used
tools/v1/<name>/            a command-line tool; links to its programs stand in a folder of the user's

`names` is what conda calls a folder of environments (`envs_dirs`). In a folder of either kind: `parity.lock`, `.venv`,
`files/` with copies of the manifests, and `sources`, which says what they are copies of. Part of `parity run -n NAME`:
imports only what costs nothing.
"""

from __future__ import annotations

import os
import time

from parity.engines.store import records
from parity.engines.system.calm import Calm
from parity.engines.system.digests import digest
from parity.engines.system.facts import read_bytes
from parity.engines.system.locks import Lock

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_HEAD = ["parity-named", "1"]
_END = ["end"]
_LINK = ".venv"
_MONTH = 30 * 24 * 3600  # seconds


class Sources:
    """What a named environment is made of.

    `manifests` are the files that count, in their order; without any, the lock alone does. `files` maps the path of
    every file that was read to the name of its copy; one that the command line wrote has no folder. `prefix` is the
    user's address for it, or empty. `indexes` are those that came with a lock: name, address, and which of `default`,
    `flat` and `explicit` it is.
    """

    __slots__ = ("files", "indexes", "manifests", "prefix")

    def __init__(
        self, manifests: Iterable[str], files: Mapping[str, str], prefix: str, indexes: Iterable[Sequence[str]] = ()
    ) -> None:
        self.manifests = tuple(manifests)
        self.files = dict(files)
        self.prefix = prefix
        self.indexes = [list(index) for index in indexes]


class Named:
    """The named environments of one store. Every path is text; every method raises OSError where the disk says no."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._names = os.path.join(home, "named", "v1", "")
        self._links = os.path.join(home, "names", "")
        self._prefixes = os.path.join(home, "prefixes", "v1", "")
        self._passing = os.path.join(home, "passing", "v1", "")
        self._tools = os.path.join(home, "tools", "v1", "")

    def root_of(self, name: str) -> str:
        """Return the folder of a name, which must be one that may become a folder."""
        return self._names + name

    def root_at(self, prefix: str) -> str:
        """Return the folder of an address: the one that its link leads to, else the one it would have."""
        return self._linked(prefix) or self._prefixes + digest(os.fsencode(os.path.abspath(prefix)))[:32]

    def passing_root(self, *said: str) -> str:
        """Return the folder of what is needed in passing, by everything that decides it."""
        return self._passing + digest("\0".join(said).encode("utf-8", "surrogateescape"))[:32]

    def tool_root(self, name: str) -> str:
        """Return the folder of a command-line tool, whose name must be one that may become a folder."""
        return self._tools + name

    def tool_roots(self) -> list[str]:
        """Return the folders of all tools, by name."""
        names = sorted(os.listdir(self._tools)) if os.path.isdir(self._tools) else []
        return [self._tools + name for name in names if self.exists(self._tools + name)]

    def is_hidden(self, root: str) -> bool:
        """Say whether an environment is one that no name or address of the user's leads to."""
        return root.startswith((self._passing, self._tools))

    def touch(self, root: str) -> None:
        """Note that what is needed in passing is used now."""
        os.utime(root)

    def is_stale(self, root: str) -> bool:
        """Say whether a folder is one of what was needed in passing, and has not been used for a month."""
        try:
            return root.startswith(self._passing) and os.stat(root).st_mtime < time.time() - _MONTH
        except FileNotFoundError:
            return False

    def lock(self, root: str, waiting: Callable[[], None] | None = None) -> Lock:
        """Return the lock that whoever makes or removes a named environment holds, outside of its project's lock."""
        name = digest(os.fsencode(root))[:32]
        return Lock(os.path.join(self._home, "locks", "v1", f"named-{name}"), waiting)

    def is_root(self, root: str) -> bool:
        """Say whether a folder is, or would be, that of a named environment."""
        return root.startswith((self._names, self._prefixes, self._passing, self._tools))

    def exists(self, root: str) -> bool:
        """Say whether an environment was made in a folder: until its link is there, it is none."""
        return os.path.islink(os.path.join(root, _LINK))

    def roots(self) -> list[str]:
        """Return the folders of all named environments: by name, then those at addresses."""
        return [
            folder + name
            for folder in (self._names, self._prefixes)
            for name in (sorted(os.listdir(folder)) if os.path.isdir(folder) else [])
            if self.exists(folder + name)
        ]

    def title(self, root: str) -> str:
        """Return what the user calls the environment of a folder: its name, or its address."""
        for folder in (self._names, self._tools, self._passing):
            if root.startswith(folder):
                return root[len(folder) :]
        sources = self.sources(root)
        return sources.prefix if sources else root

    # --- what it is made of ----------------------------------------------------------------------------------------

    def sources(self, root: str) -> Sources | None:
        """Return what the environment of a folder is made of, or None where nothing is noted."""
        rows = records.read(os.path.join(root, "sources"))
        if not rows or rows[0] != _HEAD or rows[-1] != _END:
            return None
        return Sources(
            manifests=[row[1] for row in rows if row[0] == "manifest"],
            files={row[1]: row[2] for row in rows if row[0] == "file"},
            prefix=next((row[1] for row in rows if row[0] == "prefix"), ""),
            indexes=[row[1:] for row in rows if row[0] == "index"],
        )

    def read(self, sources: Sources, root: str, path: str | os.PathLike[str]) -> str | None:
        """Return the text of a file as it was when it was copied, or None where there was none.

        The environment's own files, its lock among them, are read as they are. Raises CopyDamaged.
        """
        asked = os.path.normpath(os.fspath(path))
        inside = os.path.dirname(asked) == root
        key = os.path.basename(asked) if inside else asked
        if key in sources.files:
            return self.copy(sources, root, key)
        data = read_bytes(asked) if inside else None
        return None if data is None else data.decode("utf-8", "surrogateescape")

    def copy(self, sources: Sources, root: str, key: str) -> str:
        """Return the text of one of the files of `sources`. Raises CopyDamaged where it is not what was copied."""
        data = read_bytes(os.path.join(root, "files", sources.files[key]))
        if data is not None and digest(data) == sources.files[key]:
            return data.decode("utf-8", "surrogateescape")
        from parity.core.errors import CopyDamaged  # noqa: PLC0415 - only who fails pays for it

        title = self.title(root)
        which = f"-{'p' if '/' in title else 'n'} {title}"
        raise CopyDamaged(
            f"the copy of `{key}` that `{title}` is made of is {'gone' if data is None else 'not what it was'}",
            hint=f"say anew what it is made of: `parity env update --prune {which} -f FILE`",
        )

    def copied(self, root: str, manifests: Iterable[str], texts: Mapping[str, str], prefix: str) -> Sources:
        """Return what an environment is to be made of, of which there are copies now: it counts once it is noted."""
        folder = os.path.join(root, "files")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        files = {path: _keep(folder, text.encode("utf-8", "surrogateescape")) for path, text in texts.items()}
        return Sources(manifests, files, prefix)

    def note(self, root: str, sources: Sources) -> None:
        """Note what an environment is made of, of copies that are there. In one step: before it, the old ones count."""
        rows = [["manifest", name] for name in sources.manifests]
        rows += [["file", path, name] for path, name in sources.files.items()]
        rows += [["prefix", sources.prefix]] if sources.prefix else []
        rows += [["index", *index] for index in sources.indexes]
        records.write(os.path.join(root, "sources"), [_HEAD, *rows, _END], durable=True)

    # --- the address of the user's choice --------------------------------------------------------------------------

    def address(self, root: str) -> str:
        """Return where the link to the environment of a folder is, for whoever wants it as a folder of its own."""
        sources = None if root.startswith(self._names) else self.sources(root)
        return sources.prefix if sources else self._links + os.path.basename(root)

    def publish(self, root: str) -> None:
        """Have the link at its address lead to the environment of a folder.

        Raises FileExistsError where the user's own address is taken.
        """
        address = self.address(root)
        if self.is_hidden(root) or self._linked(address) == root:
            return
        os.makedirs(os.path.dirname(address), exist_ok=True)
        if not root.startswith(self._names):
            os.symlink(os.path.join(root, _LINK), address)
            return
        beside = os.path.join(root, "link.tmp")  # in its own folder: `names` is read by conda too
        if os.path.lexists(beside):
            os.unlink(beside)
        with Calm():
            os.symlink(os.path.join(root, _LINK), beside)
            os.rename(beside, address)

    def withdraw(self, root: str) -> None:
        """Remove the link at its address, if it is the one to this folder."""
        address = self.address(root)
        if not self.is_hidden(root) and self._linked(address) == root:
            os.unlink(address)

    def is_taken(self, prefix: str) -> bool:
        """Say whether anything stands at an address that is not a link of this store's."""
        return os.path.lexists(prefix) and not self._linked(prefix)

    def discard(self, root: str) -> None:
        """Remove a folder and the copies in it, where it is there."""
        from shutil import rmtree  # noqa: PLC0415 - only who removes pays for it

        if os.path.lexists(root):
            rmtree(root)

    def is_published(self, root: str, prefix: str) -> bool:
        """Say whether the link at an address leads to the environment of this folder."""
        return self._linked(prefix) == root

    def _linked(self, prefix: str) -> str:
        try:
            leads_to = os.readlink(prefix)
        except OSError:
            return ""
        root, _, name = leads_to.rpartition(os.sep)
        return root if name == _LINK and self.is_root(root) else ""


def _keep(folder: str, data: bytes) -> str:
    name = digest(data)
    beside = os.path.join(folder, f"{name}.{os.getpid()}.tmp")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())  # what it is made of is noted durably, and names it
    os.rename(beside, os.path.join(folder, name))
    return name
