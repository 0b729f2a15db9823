"""What makes two environments different: generations, locks, environments on disk, fingerprints of other machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parity.core import comparison, generations
from parity.core import fingerprint as fingerprints
from parity.core.comparison import Difference, Side
from parity.core.dataclass import dataclass
from parity.core.errors import ProjectMissing, SideUnknown
from parity.core.lock_comparison import LockComparison, compare_locks, side_of
from parity.core.lockfile import v1
from parity.core.lockfile.select import preferred
from parity.workflows.fingerprint import take
from parity.workflows.project import current_environment, find_root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.lockfile.model import Lockfile
    from parity.core.target import Host, Targets
    from parity.engines.store.roots import Roots
    from parity.workflows import fingerprint

_HERE = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that a comparison is handed. `revision` reads `REVISION:PATH` of the repository around a folder."""

    roots: Roots
    fingerprint: fingerprint.Tools
    read: Callable[[Path], str | None]
    revision: Callable[[Path, str], str]
    host: Callable[[], Host]
    targets: Callable[[], Targets]


def diff(
    tools: Tools, directory: Path, words: Sequence[str], roots: Sequence[Path], *, target: str = ""
) -> tuple[Difference, ...]:
    """Return what is different between two things, each named by a word or by the root whose environment it is.

    A number is a generation of the one root, else of the project around the folder; any other word is a path: of an
    environment, of a project that has one, of a lock (or `REVISION:PATH` of git's) or of a file that `parity
    fingerprint --full` wrote. Of a lock, `target` counts, else the one that this machine satisfies, else its first.
    What is not named is what the root has now. Raises SideUnknown, TargetUnknown, ProjectMissing, LockfileError,
    GitFailed, OSError.
    """
    reader = _Reader(tools, directory, roots[-1] if roots else None, target)
    if not words:
        before = reader.now(roots[0]) if len(roots) > 1 else reader.read(_HERE)
        return comparison.compare(before, reader.now(roots[-1]))
    after = reader.read(words[1]) if len(words) > 1 else reader.now(reader.root())
    return comparison.compare(reader.read(words[0]), after)


def diff_locks(tools: Tools, directory: Path, words: Sequence[str]) -> LockComparison | None:
    """Return what is different between two locks on all their targets; None where one word does not name a lock.

    Raises LockfileError, GitFailed, OSError.
    """
    reader = _Reader(tools, directory, None, "")
    before, after = (reader.lock(word) for word in words)
    return compare_locks(before, after) if before and after else None


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
        text = self._text(word)
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
        return side_of(lock, preferred(lock, self._tools.host, self._tools.targets, self._target))

    def lock(self, word: str) -> Lockfile | None:
        """Return the lock that a word names, None where it names something else."""
        if word.isdecimal() or word == _HERE or (self._directory / word).is_dir():
            return None
        text = self._text(word)
        return None if text is None or text.lstrip().startswith("{") else v1.parse(text, word)

    def _text(self, word: str) -> str | None:
        """Return the text of a file, or of `REVISION:PATH` in the repository around the folder."""
        try:
            text = self._tools.read(self._directory / word)
        except UnicodeDecodeError:
            return None
        if text is None and ":" in word:
            return self._tools.revision(self._directory, word)
        return text


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
