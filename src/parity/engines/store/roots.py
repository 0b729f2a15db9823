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
from parity.engines.system.calm import Calm
from parity.engines.system.digests import digest
from parity.engines.system.locks import Lock

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_RUN = ["parity-run", "1"]
_ROOT = ["parity-root", "1"]
_MEMO = ["parity-memo", "1"]
_NAME = 32  # letters of a record's name
PLACE = ".parity-environment"  # the link, in the store's picture of a project's path, to its environment
_END = ["end"]  # without it a record is not whole: conditions that were cut off would count as holding


class Roots:
    """The records of one store. Every path is text; every method raises OSError where the disk says no."""

    def __init__(self, home: str) -> None:
        self.home = home
        self._folder = os.path.join(home, "roots", "v1")
        self._environments = os.path.join(home, "envs", "v1", "")
        self._places = os.path.join(home, "projects", "v1")
        self.named = Named(home)

    def lock(self, project: str, waiting: Callable[[], None] | None = None) -> Lock:
        """Return the lock that whoever changes a project's lock, link or records holds.

        `waiting` is called if another process holds it. While anybody holds one, nothing is collected.
        """
        # before anything is put there, for this user alone whatever the umask says
        os.makedirs(self.home, mode=0o700, exist_ok=True)
        folder = os.path.join(self.home, "locks", "v1")
        collection = Lock(os.path.join(folder, "collection"), waiting, shared=True)
        return Lock(os.path.join(folder, f"project-{_name(project)}"), waiting, ahead=collection)

    def tidy(self, project: str) -> None:
        """Remove what a killed process left in the folder of a project. The caller holds its lock."""
        from parity.engines.store.half_written import tidy  # noqa: PLC0415 - a start with nothing to do has no use for it

        tidy(project, self._environments)

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

    # --- a generation that is held ---------------------------------------------------------------------------------

    def hold_at(self, project: str, environment: str, number: int) -> None:
        """Have every start take this environment, whatever the lock says, until the next `write_run`."""
        records.write(self._notice(project), [[str(number)]])
        self.write_run(project, [["environment", environment], ["held", str(number)]])

    def held(self, project: str) -> str:
        """Return the number of the generation that is held, or nothing."""
        rows = self.read_run(project) or []
        return rows[1][1] if len(rows) > 1 and rows[1][0] == "held" else ""

    def take_notice(self, project: str) -> bool:
        """Say whether it has still to be told that a generation is held. Only the first who asks is told yes."""
        try:
            os.unlink(self._notice(project))
        except FileNotFoundError:
            return False
        return True

    def _notice(self, project: str) -> str:
        return os.path.join(self._folder, f"{_name(project)}.notice")

    def forget(self, project: str) -> None:
        """Remove a named environment's folder and what is noted about it. Its link goes first: then it is none."""
        if not self.named.is_root(project):
            raise ValueError(project)  # a project's folder is its owner's
        link = os.path.join(project, ".venv")
        if os.path.lexists(link):
            os.unlink(link)
        self.forget_record(_name(project))
        self.named.discard(project)

    def rename(self, old: str, new: str) -> None:
        """Take a named environment, with its history, from one folder to another, where nothing is."""
        self._write_root(_name(new), new, self.generations(old))
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
        """Return a project's history, oldest first.

        A row has number, key, time (seconds since 1970), lock digest, reason and, of a rollback, the number of the
        generation that it went back to.
        """
        rows = self._read_root(_name(project)) or []
        return [row[1:] for row in rows if row[0] == "generation"]

    def switch(self, project: str, key: str, lock_text: bytes, reason: str) -> int:
        """Make `.venv` lead to the environment of a key and return the number of the generation.

        The history is written first, so that nothing collects an environment that a link already leads to. The
        caller holds the project's lock. Raises OSError; FileExistsError where `.venv` is not parity's to replace.
        """
        return self._append(project, [key, digest(lock_text), reason], lock_text)

    def switch_back(self, project: str, key: str, lock_digest: str, origin: int) -> int:
        """Do what `switch` does for a lock whose text is kept, as a rollback to generation `origin`."""
        return self._append(project, [key, lock_digest, "rollback", str(origin)], None)

    def read_lock(self, lock_digest: str) -> bytes | None:
        """Return the text of the lock that a generation was made for, or None where it is not what it was."""
        text = facts.read_bytes(os.path.join(self._folder, "locks", lock_digest))
        return text if text is not None and digest(text) == lock_digest else None

    def every(self) -> dict[str, tuple[str, list[list[str]]]]:
        """Return each record of this store by its name: the project, and its generations.

        Of one that is not what was written, both are empty.
        """
        found = {}
        for name in sorted(os.listdir(self._folder)) if os.path.isdir(self._folder) else []:
            if len(name) == _NAME:
                rows = self._read_root(name) or []
                project = next((row[1] for row in rows if row[0] == "project" and len(row) > 1), "")
                found[name] = (project, [row[1:] for row in rows if row[0] == "generation" and project])
        return found

    def forget_record(self, name: str) -> None:
        """Remove the record of a project, and what belongs to it; nobody holds its lock."""
        for ending in (".run", ".notice", ""):
            path = os.path.join(self._folder, name + ending)
            if os.path.exists(path):
                os.unlink(path)

    def keep_only(self, name: str, numbers: Iterable[int]) -> None:
        """Take all generations but these out of a project's record; nobody holds its lock."""
        project, past = self.every()[name]
        kept = set(numbers)
        self._write_root(name, project, [row for row in past if int(row[0]) in kept])

    def _write_root(self, name: str, project: str, past: Iterable[records.Row]) -> None:
        rows: list[records.Row] = [["project", project], *(["generation", *row] for row in past)]
        said = ["digest", digest(records.encode(rows))]
        records.write(os.path.join(self._folder, name), [_ROOT, *rows, said, _END])

    def _read_root(self, name: str) -> list[list[str]] | None:
        """Return project and generations, or None where there is no record, or one that is not what was written."""
        rows = _versioned(records.read(os.path.join(self._folder, name)), _ROOT)
        if rows and rows[-1][0] == "digest" and rows[-1][1:] != [digest(records.encode(rows[:-1]))]:
            return None
        return rows

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

    def vouched(self, folder: str) -> str:
        """Return the environment that a folder's `.venv` leads to if it is whole and this store knows the folder.

        Empty otherwise: a `.venv` that came with a folder of somebody else's is not to be acted on.
        """
        environment = self.linked(os.path.realpath(folder))
        try:
            named = os.readlink(self._place(folder))
        except OSError:
            return ""
        return environment if environment == named and self.is_complete(environment) else ""

    def in_use(self) -> list[str]:
        """Return the environments that the projects of this store stand in now, each once."""
        found: dict[str, None] = {}
        for folder, _, _ in os.walk(self._places):
            if os.path.islink(link := os.path.join(folder, PLACE)):
                found[os.readlink(link)] = None
        return [environment for environment in found if self.is_complete(environment)]

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

    def _append(self, project: str, words: Sequence[str], lock_text: bytes | None) -> int:
        key, lock_digest, *why = words
        past = self.generations(project)
        if not past or past[-1][1] != key or past[-1][3] != lock_digest:
            number = int(past[-1][0]) + 1 if past else 1
            past.append([str(number), key, str(int(time.time())), lock_digest, *why])
            if lock_text is not None:
                self._keep_lock(lock_digest, lock_text)
            self._write_root(_name(project), project, past)
        self._relink(project, self.environment(key))
        return int(past[-1][0])

    def _relink(self, project: str, environment: str) -> None:
        link = os.path.join(project, ".venv")
        if not self.owns_link(project):
            raise FileExistsError(link)
        _link(environment, self._place(project))
        _link(environment, link)

    def _place(self, project: str) -> str:
        """Return the link that shims and hooks compare a project's `.venv` with.

        It lies in the store, at the project's own path below a folder, so that a shell finds it by putting two texts
        together: nobody but this store's user can have said that this path leads to this environment.
        """
        return os.path.join(f"{self._places}{os.path.realpath(project)}", PLACE)

    def _keep_lock(self, lock_digest: str, lock_text: bytes) -> None:
        folder = os.path.join(self._folder, "locks")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, lock_digest)
        if not os.path.exists(path):
            beside = f"{path}.{os.getpid()}.tmp"
            with Calm():
                try:
                    with open(beside, "wb") as file:
                        file.write(lock_text)
                    os.rename(beside, path)
                except BaseException:
                    os.unlink(beside)
                    raise


def _link(target: str, link: str) -> None:
    """Make a link lead somewhere, in one step."""
    try:
        if os.readlink(link) == target:
            return
    except FileNotFoundError:
        os.makedirs(os.path.dirname(link), mode=0o700, exist_ok=True)
    beside = f"{link}.parity-new"
    if os.path.lexists(beside):
        os.unlink(beside)
    with Calm():
        os.symlink(target, beside)
        os.rename(beside, link)


def _name(project: str) -> str:
    return digest(os.fsencode(os.path.realpath(project)))[:_NAME]


def _versioned(rows: list[list[str]] | None, head: list[str]) -> list[list[str]] | None:
    """Take head and end off; a record in another version's form, or half of one, counts as none."""
    return rows[1:-1] if rows and rows[0] == head and rows[-1] == _END else None
