"""What makes two environments different: generations, locks, environments on disk, fingerprints of other machines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.core import comparison, generations
from parity.core import fingerprint as fingerprints
from parity.core.comparison import Difference, Side
from parity.core.errors import ProjectMissing, SideUnknown, TargetNone
from parity.core.fingerprint import Fingerprint
from parity.core.lockfile import v1
from parity.core.lockfile.select import select
from parity.workflows.fingerprint import take
from parity.workflows.project import current_environment, find_root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.lockfile.model import LockedTarget, Lockfile
    from parity.core.target import Host, Targets
    from parity.engines.store.roots import Roots
    from parity.workflows import fingerprint

_HERE = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that a comparison is handed."""

    roots: Roots
    fingerprint: fingerprint.Tools
    read: Callable[[Path], str | None]
    host: Callable[[], Host]
    targets: Callable[[], Targets]


def diff(
    tools: Tools, directory: Path, words: Sequence[str], roots: Sequence[Path], *, target: str = ""
) -> tuple[Difference, ...]:
    """Return what is different between two things, each named by a word or by the root whose environment it is.

    A number is a generation of the one root, else of the project around the folder; any other word is a path: of an
    environment, of a project that has one, of a lock or of a file that `parity fingerprint --full` wrote. Of a lock,
    `target` counts, else the one that this machine satisfies, else its first. What is not named is what the root has
    now. Raises SideUnknown, ProjectMissing, LockfileError, OSError.
    """
    reader = _Reader(tools, directory, roots[-1] if roots else None, target)
    if not words:
        before = reader.now(roots[0]) if len(roots) > 1 else reader.read(_HERE)
        return comparison.compare(before, reader.now(roots[-1]))
    after = reader.read(words[1]) if len(words) > 1 else reader.now(reader.root())
    return comparison.compare(reader.read(words[0]), after)


class _Reader:
    """Reads the two sides."""

    def __init__(self, tools: Tools, directory: Path, root: Path | None, target: str) -> None:
        self._tools = tools
        self._directory = directory
        self._root = root
        self._target = target

    def read(self, word: str) -> Side:
        """Return what a word names."""
        if word.isdecimal():
            return self._generation(int(word))
        path = find_root(self._tools.roots, self._directory) if word == _HERE else self._directory / word
        if path.is_dir():
            return self._folder(path, word)
        try:
            text = self._tools.read(path)
        except UnicodeDecodeError:
            text = None
        if text is None:
            raise _unknown(word, "there is nothing of this name")
        return _recorded(text, word) if text.lstrip().startswith("{") else self._lock(v1.parse(text, word))

    def root(self) -> Path:
        """Return whose generations are meant."""
        return self._root or find_root(self._tools.roots, self._directory)

    def now(self, root: Path) -> Side:
        """Return the environment of a root."""
        return self._environment(current_environment(self._tools.roots, root), str(root))

    def _generation(self, number: int) -> Side:
        root = self.root()
        past = generations.parse(self._tools.roots.generations(str(root)))
        chosen = next((each for each in past if each.number == number), None)
        if chosen is None:
            raise _unknown(str(number), "there is no such generation")
        environment = self._tools.roots.environment(chosen.key)
        if self._tools.roots.is_complete(environment):
            return self._environment(environment, str(root))
        text = self._tools.roots.read_lock(chosen.lock)
        if text is None:
            raise _unknown(str(number), "neither its environment nor its lock is in the store any more")
        return self._lock(v1.parse(text.decode(), f"generation {number}"))

    def _folder(self, path: Path, word: str) -> Side:
        if self._tools.roots.is_complete(str(path)):
            return self._environment(str(path.resolve()), str(self._project(path.parent)))
        environment = self._tools.roots.linked(str(path))
        if not environment or not self._tools.roots.is_complete(environment):
            raise _unknown(word, "there is no environment of parity's in it")
        return self._environment(environment, str(path.resolve()))

    def _project(self, path: Path) -> Path:
        try:
            return find_root(self._tools.roots, path)
        except ProjectMissing:
            return path

    def _environment(self, environment: str, project: str) -> Side:
        return Side(fingerprint=take(self._tools.fingerprint, environment, project))

    def _lock(self, lock: Lockfile) -> Side:
        target = self._chosen(lock)
        packages = fingerprints.packages_of(lock.conda_of(target.name), lock.wheels_of(target.name))
        promised = Fingerprint(
            interpreter=comparison.interpreter_of(target), packages=packages, pieces=(), variables=dict(lock.variables)
        )
        return Side(fingerprint=promised, has_files=False)

    def _chosen(self, lock: Lockfile) -> LockedTarget:
        if self._target:
            named = next((each for each in lock.targets if each.name == self._target), None)
            if named is None:
                raise SideUnknown(f"a lock has no target `{self._target}`", hint="leave `--target` out")
            return named
        try:
            return select(lock, self._tools.host(), self._tools.targets(), allow_cpu=True)
        except TargetNone:
            return lock.targets[0]


def _recorded(text: str, word: str) -> Side:
    """Return what another machine wrote, on its own or in the envelope of `--json`."""
    try:
        data = json.loads(text)
        inner = data.get("data")
        return Side(fingerprint=fingerprints.from_dict(inner.get("full") or {} if isinstance(inner, dict) else data))
    except ValueError as error:
        what = "it is no JSON" if isinstance(error, json.JSONDecodeError) else str(error)
        raise _unknown(word, what) from None


def _unknown(word: str, why: str) -> SideUnknown:
    return SideUnknown(
        f"`{word}` cannot be compared: {why}",
        hint="name a generation, an environment, a project, a lock, or what `parity fingerprint --full` wrote",
    )
