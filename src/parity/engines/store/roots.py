"""Who uses what: a project's link, its generations, and the record that lets the next start do nothing.

Part of every `parity run`: imports only what costs nothing.
"""

from __future__ import annotations

import os
import time

from parity.engines.store import records
from parity.engines.store.home import distrust
from parity.engines.store.named import Named
from parity.engines.system import facts
from parity.engines.system.digests import digest
from parity.engines.system.locks import Lock

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_RUN = ["parity-run", "1"]
_ROOT = ["parity-root", "1"]
_MEMO = ["parity-memo", "1"]
_END = ["end"]  # without it a record is not whole: conditions that were cut off would count as holding


class Roots:
    """The records of one store. Every path is text; every method raises OSError where the disk says no."""

    def __init__(self, home: str) -> None:
        self.home = home
        self._folder = os.path.join(home, "roots", "v1")
        self._environments = os.path.join(home, "envs", "v1", "")
        self.named = Named(home)

    def lock(self, project: str, waiting: Callable[[], None] | None = None) -> Lock:
        """Return the lock that whoever changes a project's lock, link or records holds.

        `waiting` is called if another process holds it.
        """
        return Lock(os.path.join(self.home, "locks", "v1", f"project-{_name(project)}"), waiting)

    def environment(self, key: str) -> str:
        """Return where the environment of a key is, or would be."""
        return self._environments + key

    def is_complete(self, environment: str) -> bool:
        """Say whether a folder is an environment: its marker is written last."""
        return os.path.exists(os.path.join(environment, ".parity", "complete"))

    def activation(self, environment: str) -> list[list[str]]:
        """Return what has to be set to work in an environment: `set NAME VALUE`, `prepend NAME VALUE`, `unset NAME`."""
        return records.read(os.path.join(environment, ".parity", "activation")) or []

    # --- what is on disk -------------------------------------------------------------------------------------------

    def trusted(self) -> bool:
        """Say whether the store is this user's alone."""
        return not distrust(self.home)

    def distrust(self) -> str:
        """Return why the store is not to be trusted, or nothing."""
        return distrust(self.home)

    def find_project(self, directory: str, names: Sequence[str]) -> str:
        """Return the nearest folder with a lock or a manifest, or nothing."""
        return facts.nearest(directory, names)

    def read_file(self, project: str, name: str) -> bytes | None:
        """Return what is in a file of the project, or None where there is none."""
        return facts.read_bytes(os.path.join(project, name))

    def digest(self, data: bytes) -> str:
        """Return the SHA-256 of some bytes, in hexadecimal."""
        return digest(data)

    def observe(self, project: str, name: str) -> list[str]:
        """Return the fact about a file of the project as it is now."""
        return facts.observe(os.path.join(project, name))

    def observe_content(self, project: str, name: str) -> list[str]:
        """Return the fact about what is in a file of the project."""
        return facts.observe_content(project, name)

    def hold(self, rows: Sequence[Sequence[str]], environ: Mapping[str, str], project: str) -> bool:
        """Say whether all facts among the rows still hold."""
        return facts.hold(rows, environ, project)

    def pinned_above(self, project: str, name: str) -> bool:
        """Say whether a folder above the project has a file of this name."""
        return bool(facts.nearest(os.path.dirname(project), [name]))

    def pins_above(self, project: str, name: str) -> list[list[str]]:
        """Return the facts about a file of this name in every folder above the project, up to the first that has it.

        There are none for a named environment: nothing above the store counts for it.
        """
        rows, folder = [], os.path.dirname(project)
        if self.named.is_root(project):
            return []
        while True:
            rows.append(facts.observe(os.path.join(folder, name)))
            if rows[-1][0] == "file" or folder == os.path.dirname(folder):
                return rows
            folder = os.path.dirname(folder)

    # --- the record of the last sync -------------------------------------------------------------------------------

    def read_run(self, project: str) -> list[list[str]] | None:
        """Return the facts under which a project was last in sync, or None."""
        return _versioned(records.read(os.path.join(self._folder, f"{_name(project)}.run")), _RUN)

    def write_run(self, project: str, rows: Iterable[records.Row]) -> None:
        """Keep the facts under which a project is in sync now."""
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        records.write(os.path.join(self._folder, f"{_name(project)}.run"), [_RUN, *rows, _END])

    def forget_run(self, project: str) -> None:
        """Have the next start look at everything."""
        path = os.path.join(self._folder, f"{_name(project)}.run")
        if os.path.exists(path):
            os.unlink(path)

    def forget(self, project: str) -> None:
        """Remove a named environment's folder and what is noted about it. Its link goes first: then it is none."""
        if not self.named.is_root(project):
            raise ValueError(project)  # a project's folder is its owner's
        for path in (
            os.path.join(project, ".venv"),
            os.path.join(self._folder, f"{_name(project)}.run"),
            os.path.join(self._folder, _name(project)),
        ):
            if os.path.lexists(path):
                os.unlink(path)
        self.named.discard(project)

    def rename(self, old: str, new: str) -> None:
        """Take a named environment, with its history, from one folder to another, where nothing is."""
        rows = _versioned(records.read(os.path.join(self._folder, _name(old))), _ROOT) or []
        moved = [["project", new] if row[0] == "project" else row for row in rows]
        records.write(os.path.join(self._folder, _name(new)), [_ROOT, *moved, _END])
        self.named.withdraw(old)
        os.makedirs(os.path.dirname(new), mode=0o700, exist_ok=True)
        os.rename(old, new)
        self.forget(old)

    # --- which environment a lock's text led to --------------------------------------------------------------------

    def read_memo(self, lock_digest: str) -> list[list[str]] | None:
        """Return what a lock with this digest led to last time, and under which conditions, or None."""
        return _versioned(records.read(os.path.join(self.home, "memos", "v1", lock_digest)), _MEMO)

    def write_memo(self, lock_digest: str, rows: Iterable[records.Row]) -> None:
        """Keep what a lock led to."""
        folder = os.path.join(self.home, "memos", "v1")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        records.write(os.path.join(folder, lock_digest), [_MEMO, *rows, _END])

    # --- generations and the link ----------------------------------------------------------------------------------

    def generations(self, project: str) -> list[list[str]]:
        """Return a project's history, oldest first: number, key, time (seconds since 1970), lock digest, reason."""
        rows = _versioned(records.read(os.path.join(self._folder, _name(project))), _ROOT) or []
        return [row[1:] for row in rows if row[0] == "generation"]

    def switch(self, project: str, key: str, lock_text: bytes, reason: str) -> int:
        """Make `.venv` lead to the environment of a key and return the number of the generation.

        The history is written first, so that nothing collects an environment that a link already leads to. The
        caller holds the project's lock. Raises OSError; FileExistsError where `.venv` is not parity's to replace.
        """
        lock_digest = digest(lock_text)
        past = self.generations(project)
        if not past or past[-1][1] != key or past[-1][3] != lock_digest:
            number = int(past[-1][0]) + 1 if past else 1
            past.append([str(number), key, str(int(time.time())), lock_digest, reason])
            self._keep_lock(lock_digest, lock_text)
            rows = [_ROOT, ["project", project], *(["generation", *row] for row in past), _END]
            records.write(os.path.join(self._folder, _name(project)), rows)
        self._relink(project, self.environment(key))
        return int(past[-1][0])

    def leads_to(self, project: str, environment: str) -> bool:
        """Say whether the project's link leads to this environment."""
        try:
            return os.readlink(os.path.join(project, ".venv")) == environment
        except OSError:
            return False

    def linked(self, project: str) -> str:
        """Return the environment of this store that the project's link leads to, or nothing."""
        try:
            leads_to = os.readlink(os.path.join(project, ".venv"))
        except OSError:
            return ""
        return leads_to if leads_to.startswith(self._environments) else ""

    def is_private(self, project: str) -> bool:
        """Say whether the project has an environment of its own that may be written to."""
        return self.leads_to_private(self.linked(project))

    def leads_to_private(self, environment: str) -> bool:
        """Say whether an environment may be written to."""
        return environment.startswith(os.path.join(self._environments, "private", ""))

    def move_aside(self, project: str) -> str:
        """Rename a `.venv` that parity did not make, and return its new name; nothing where there is none."""
        if self.owns_link(project):
            return ""
        number, aside = 1, ".venv.aside"
        while os.path.lexists(os.path.join(project, aside)):
            number, aside = number + 1, f".venv.aside-{number + 1}"
        os.rename(os.path.join(project, ".venv"), os.path.join(project, aside))
        return aside

    def owns_link(self, project: str) -> bool:
        """Say whether the project's `.venv` is free, or a link of parity's, into whichever store."""
        try:
            leads_to = os.path.join(project, os.readlink(os.path.join(project, ".venv")))
        except FileNotFoundError:
            return True
        except OSError:
            return False
        gone = f"{os.sep}envs{os.sep}v1{os.sep}" in leads_to and not os.path.exists(leads_to)
        return gone or leads_to.startswith(self._environments) or self.is_complete(leads_to)

    def _relink(self, project: str, environment: str) -> None:
        link = os.path.join(project, ".venv")
        if not self.owns_link(project):
            raise FileExistsError(link)
        beside = f"{link}.parity-new"
        if os.path.lexists(link) and os.readlink(link) == environment:
            return
        if os.path.lexists(beside):
            os.unlink(beside)
        os.symlink(environment, beside)
        os.rename(beside, link)

    def _keep_lock(self, lock_digest: str, lock_text: bytes) -> None:
        folder = os.path.join(self._folder, "locks")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, lock_digest)
        if not os.path.exists(path):
            beside = f"{path}.{os.getpid()}.tmp"
            with open(beside, "wb") as file:
                file.write(lock_text)
            os.rename(beside, path)


def _name(project: str) -> str:
    return digest(os.fsencode(os.path.realpath(project)))[:32]


def _versioned(rows: list[list[str]] | None, head: list[str]) -> list[list[str]] | None:
    """Take head and end off; a record in another version's form, or half of one, counts as none."""
    return rows[1:-1] if rows and rows[0] == head and rows[-1] == _END else None
