"""What is installed in an environment, read from the disk: every file, whatever a record says of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from parity.core import fingerprint as fingerprints
from parity.core.conda import relocation
from parity.core.dataclass import dataclass
from parity.core.environment_key import is_own
from parity.core.fingerprint import INTERPRETER, PROJECT, Fingerprint, Piece
from parity.core.lockfile import v1
from parity.core.verification import source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.core.conda.relocation import Rewritten
    from parity.core.contents import Entry
    from parity.core.lockfile.model import Lockfile
    from parity.engines.store.environments import Environments

_SETTINGS = "pyvenv.cfg"
_EXECUTABLE = 0o111


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that a fingerprint is taken with."""

    environments: Environments
    present: Callable[[str], list[Entry]]
    digests: Callable[[str, Sequence[str]], list[str]]
    digest_of_bytecode: Callable[[str, str], str]
    digest_nameless: Callable[[str, str], str]
    digest_without: Callable[[str, str, str, str], tuple[str, bool]]
    read_text: Callable[[str, str], str]
    leads_to: Callable[[str, str, str], bool]


def take(tools: Tools, environment: str, project: str) -> Fingerprint:
    """Return the fingerprint of an environment of the project in a folder.

    What Python has cached since is left out; it is `verify` that judges it. Raises LockfileError, OSError.
    """
    reader = _Reader(tools, environment, project)
    return Fingerprint(
        interpreter=reader.interpreter(),
        packages=fingerprints.packages_of(reader.lock.conda, reader.lock.wheels),
        pieces=fingerprints.sorted_pieces(reader.pieces()),
        variables=dict(reader.lock.variables),
    )


class _Reader:
    """Reads one environment."""

    def __init__(self, tools: Tools, environment: str, project: str) -> None:
        self._tools = tools
        self._environment = environment
        self._project = project
        self._recorded = tools.environments.recorded(environment)
        self._expected: Mapping[str, tuple[Entry, str]] = tools.environments.entries(environment)
        self.lock: Lockfile = v1.parse(tools.environments.read_lock(environment), ".parity/lock")
        self._own = {wheel.name for wheel in self.lock.wheels if is_own(wheel)}
        self._conda = {package.name for package in self.lock.conda}
        self._rewritten = self._read_records() if self._conda else {}

    def interpreter(self) -> str:
        """Return implementation and version, as whoever made the environment wrote it down."""
        python = self.lock.targets[0].python
        inside = next((package.version for package in self.lock.conda if package.name == "python"), "")
        settings = {}
        if _SETTINGS in self._expected:
            settings = fingerprints.settings_of(self._tools.read_text(self._environment, _SETTINGS))
        version = settings.get("version_info") or inside or python.version
        return f"{python.implementation} {version}{'t' if python.free_threaded else ''}"

    def pieces(self) -> list[Piece]:
        """Return every file and link, each with the digest of what it is."""
        found = [entry for entry in self._tools.present(self._environment) if not self._is_cached(entry)]
        special = {entry.path: self._special(entry) for entry in found if self._is_special(entry)}
        plain = [entry.path for entry in found if entry.kind == "f" and entry.path not in special]
        known = dict(zip(plain, self._tools.digests(self._environment, plain), strict=True)) | special
        known |= {path: self._nameless(path, known[path]) for path in self._rewritten.keys() & set(plain)}
        moved = self._moved(known) if self._own else set()
        return [self._piece(entry, known) for entry in found if entry.path not in moved]

    def _piece(self, entry: Entry, known: Mapping[str, str]) -> Piece:
        site = self._recorded.site if self._recorded else ""
        digest = known.get(entry.path) or fingerprints.link_of(entry.digest, self._environment)
        executable = entry.kind == "f" and bool(entry.mode & _EXECUTABLE)
        return Piece(fingerprints.path_of(entry.path, site), entry.kind, executable, digest, self._package(entry.path))

    def _package(self, path: str) -> str:
        return self._expected[path][1] if path in self._expected else ""

    def _is_cached(self, entry: Entry) -> bool:
        return entry.kind == "f" and entry.path not in self._expected and source_of(entry.path) in self._expected

    def _is_special(self, entry: Entry) -> bool:
        if entry.kind != "f":
            return entry.kind == "l" and not self._package(entry.path)
        if entry.path == _SETTINGS or self._package(entry.path) in self._own or self._is_private(entry.path):
            return True
        return bool(self._conda) and (relocation.is_record(entry.path) or not self._package(entry.path))

    def _is_private(self, path: str) -> bool:
        private = self._tools.environments.path("private/") in self._environment
        ground = path in self._expected and self._expected[path][0].path == path  # conda's packages bring it like that
        return private and bool(source_of(path)) and not ground

    def _special(self, entry: Entry) -> str:
        tools, environment = self._tools, self._environment
        if entry.kind == "l":
            python = self._recorded.interpreter[1] if self._recorded and len(self._recorded.interpreter) > 1 else ""
            return INTERPRETER if python and tools.leads_to(environment, entry.path, python) else entry.digest
        if entry.path == _SETTINGS:
            return fingerprints.settings_digest(tools.read_text(environment, entry.path))
        if self._is_private(entry.path):
            return tools.digest_of_bytecode(environment, entry.path)
        if self._conda and relocation.is_record(entry.path):
            return relocation.record_digest(tools.read_text(environment, entry.path))
        if self._conda and not self._package(entry.path):
            return tools.digest_nameless(environment, entry.path)
        return tools.digest_without(environment, entry.path, self._project, PROJECT)[0]

    def _read_records(self) -> dict[str, Rewritten]:
        """Return which files name the environment's address, by path, as the records of conda's packages say."""
        found: dict[str, Rewritten] = {}
        for path in filter(relocation.is_record, self._expected):
            with suppress(FileNotFoundError):
                found |= relocation.rewritten(self._tools.read_text(self._environment, path))
        return found

    def _nameless(self, path: str, digest: str) -> str:
        """Return the digest of a file that names the address as it was before that was written into it."""
        here, before = self._rewritten[path]
        return before if digest == here and before else self._tools.digest_nameless(self._environment, path)

    def _moved(self, known: Mapping[str, str]) -> set[str]:
        """Return what of the project's own packages is another file in every folder, and says nothing more.

        The bytecode of a module that names the folder, and RECORD, which has the digests of files that name it.
        """
        mine = [path for path in known if self._package(path) in self._own]
        naming = {path for path in mine if self._names_project(path)}
        return {path for path in mine if source_of(path) in naming or path.endswith(".dist-info/RECORD")}

    def _names_project(self, path: str) -> bool:
        return self._tools.digest_without(self._environment, path, self._project, PROJECT)[1]
