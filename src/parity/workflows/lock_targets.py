"""The targets of a lock: as the command line, the settings or `platforms:` name them, each by its name or its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError, PathMissing, TargetImpossible
from parity.core.lockfile.recorded import recorded
from parity.core.own_targets import ENDINGS, is_file, parted, read_target
from parity.workflows.load import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.lockfile.model import Lockfile
    from parity.core.spec import Spec
    from parity.core.target import Target, Targets

FOLDER = "targets"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTargets:
    """What is to be locked for, by name in their order. `texts` are the project's files that say so."""

    targets: Mapping[str, Target]
    texts: Mapping[Path, str | None]


def find_targets(
    words: Sequence[str],
    *,
    root: Path,
    read: Callable[[Path], str | None],
    known: Targets,
    old: Lockfile | None,
    folders: Sequence[Path],
    by_flag: bool,
) -> FoundTargets:
    """Return the targets that are named.

    One that is not parity's own is a file: named by its path, or lying in `targets/` of the project, or in one of the
    user's `folders`; else it is what the lock has recorded, which comes before the user's folders unless he names it
    now (`by_flag`). Raises TargetUnknown, TargetImpossible, PathMissing, ProfileInvalid, ManifestError.
    """
    finder = _Finder(root, read, known, folders)
    own = recorded(old, known) if old else ()
    found: dict[str, Target] = {}
    for word in words:
        target = finder.find(word, known.knowing(own), by_flag=by_flag)
        if found.setdefault(target.name, target) != target:
            raise TargetImpossible(f"two targets are called `{target.name}`", hint="rename the file of one of them")
    return FoundTargets(targets=dict(sorted(found.items())), texts={} if by_flag else finder.texts)


class _Finder:
    """Reads the files of targets, and remembers those of the project."""

    def __init__(self, root: Path, read: Callable[[Path], str | None], known: Targets, folders: Sequence[Path]) -> None:
        self.texts: dict[Path, str | None] = {}
        self._root = root
        self._read = read
        self._known = known
        self._folders = folders

    def find(self, word: str, recorded: Targets, *, by_flag: bool) -> Target:
        base, accelerator = parted(word)
        own = None
        if is_file(word):
            own = self._at(self._root / base)
            if own is None:
                raise PathMissing(
                    f"there is no target file `{self._shown(self._root / base)}`",
                    hint="`parity probe > NAME.json` writes a profile",
                )
        elif base not in self._known.plain:
            own = self._lying(base, [self._root / FOLDER, *(self._folders if by_flag else ())])
            if own is None and word not in recorded.own and base not in recorded.own:
                own = self._lying(base, self._folders)
        if own is None:
            return recorded.named(word)
        return self._known.knowing([own]).named(f"{own.name}+{accelerator}" if accelerator else own.name)

    def _lying(self, name: str, folders: Sequence[Path]) -> Target | None:
        if "/" in name:
            return None
        paths = [folder / f"{name}{ending}" for folder in folders for ending in ENDINGS]
        return next((target for path in paths if (target := self._at(path))), None)

    def _at(self, path: Path) -> Target | None:
        try:
            text = self._read(path)
        except UnicodeDecodeError as error:
            raise ManifestError([unreadable(self._shown(path), error)]) from None
        if path.is_relative_to(self._root):
            self.texts[path] = text
        return None if text is None else read_target(text, self._shown(path), self._known)

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else path.as_posix()


def declared(spec: Spec, targets: Targets) -> tuple[str, ...]:
    """Return the target of each platform that the manifests name and a target is called after; none for none.

    Raises ManifestError with the places where they name platforms, and there is a target for none of them.
    """
    known = tuple(platform.name for platform in spec.platforms if platform.name in targets.plain)
    if known:
        return known
    faults = [
        Fault(
            place=platform.place,
            message=f"parity has no target for `{platform.name}`",
            hint="take it out, or name targets with `--target`, which wins over `platforms`",
        )
        for platform in spec.platforms
    ]
    if faults:
        raise ManifestError(faults)
    return ()
