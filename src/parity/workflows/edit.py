"""`add` and `remove`: a manifest edited, locked and synced; if any of it fails, everything is as it was.

The edited text is first only a draft, for which a lock is made. Then both are written, the manifest first, each in one
step: whoever is killed in between leaves a manifest that the next sync locks. If the sync fails they are taken back.
"""

from __future__ import annotations

import posixpath
from contextlib import suppress
from dataclasses import field, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from parity.core.conda.errors import PackageMissing
from parity.core.dataclass import dataclass
from parity.core.distributions.errors import DistributionUnknown
from parity.core.editing.bounds import bound_for
from parity.core.editing.errors import ManifestUneditable, RequirementUnknown
from parity.core.editing.manifests import is_environment, is_pyproject, with_entry, without_entries
from parity.core.editing.requests import Terms, as_wheel, read_requests
from parity.core.editing.wanted import Wanted
from parity.core.findings import Finding
from parity.core.lockfile import v1
from parity.core.lockfile.diff import diff
from parity.core.lockfile.recorded import recorded
from parity.workflows import lock as locking
from parity.workflows.lock import Wish
from parity.workflows.lock_text import lock_there
from parity.workflows.project import held
from parity.workflows.quick import LOCK_NAME, PIN_NAME
from parity.workflows.ready import make_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.editing.wanted import Edit
    from parity.core.errors import UserError
    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.diff import Change
    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.core.spec import CondaSettings, Index
    from parity.engines.store.roots import Roots
    from parity.workflows import provision
    from parity.workflows.ready import Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What editing needs of the world. `write` replaces a file in one step; the others as for locking and syncing."""

    roots: Roots
    write: Callable[[Path, bytes], None]
    lock_tools: Callable[[], locking.Tools]
    sync_tools: Callable[[Sequence[Index], Sequence[Interpreter], CondaSettings], provision.Tools]
    reporter: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What is to be asked for: words of the command line, and folders of projects (`editable`: name and whole path).

    `target` names the one that they are for.
    """

    words: tuple[str, ...] = ()
    editable: tuple[tuple[str, str], ...] = ()
    terms: Terms = field(default_factory=Terms)
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What was done to which manifest and lock; `ready` is None where nothing was synced."""

    manifest: str
    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    ready: Ready | None = None


def add(tools: Tools, root: Path, addition: Addition, *, sync: bool = True) -> Edited:
    """Have a project's manifest ask for something. A bare name gets a lower bound: what was locked for it.

    Raises ManifestUneditable, RequirementAmbiguous, ManifestError, UsageError, TargetUnknown, and what locking and
    syncing raise; the manifest and the lock are then as they were.
    """
    return _Editing(tools, root).carried_out(lambda draft: _added(draft, addition), sync=sync)


def remove(tools: Tools, root: Path, names: Sequence[str], group: str = "", *, sync: bool = True) -> Edited:
    """Have a project's manifest not ask for some names any more. Raises RequirementUnknown, and what `add` raises."""
    return _Editing(tools, root).carried_out(lambda draft: _removed(draft, names, group), sync=sync)


class _Draft:
    """A manifest that is being edited, and the lock that answers it, before either is written."""

    def __init__(self, tools: Tools, root: Path, lock_tools: locking.Tools) -> None:
        self.root = root
        self.locking = lock_tools
        self._roots = tools.roots
        self._wish = Wish()
        self._spec = locking.manifests_of(root, self._wish, lock_tools).spec
        self.manifests = [name for name in self._spec.manifests if posixpath.basename(name) != PIN_NAME]
        self.file = self.manifests[0]
        self.lock: Lockfile | None = None
        self.before = lock_there(tools.roots, root)
        self.remarks: tuple[Finding, ...] = ()
        self.edits: tuple[Edit, ...] = ()
        self.text = self.original(self.file)

    def original(self, file: str) -> str:
        """Return a manifest as it is on disk, line ends and byte order mark included."""
        return (self._roots.read_file(str(self.root), file) or b"").decode("utf-8", "surrogateescape")

    def choose(self, file: str) -> None:
        """Edit this manifest."""
        self.file = file
        self.text = self.original(file)

    def have(self, group: str) -> list[Finding]:
        """Have a group count from now on: who names it wants it. What the settings name is the user's to change."""
        settled = self._spec.settings.groups
        in_force = settled or (self.before.groups if self.before else ())
        if settled and group not in settled:
            return [_unchosen(group)]
        if group not in in_force:
            self._wish = Wish(groups=(*in_force, group))
        return []

    def locked(self) -> Lockfile:
        """Return the lock that answers the draft. Raises what locking raises."""
        result = locking.lock(
            self.root, self._wish, replace(self.locking, read=self._read, write=lambda _path, _text: None)
        )
        self.lock, self.remarks = result.lock, result.findings
        return result.lock

    def relocked(self, lock: Lockfile) -> None:
        """Have a lock answer the draft that already answers it but for what the bounds in it say."""
        if lock.lost or lock.negotiated:
            self.locked()
            return
        spec = locking.manifests_of(self.root, self._wish, replace(self.locking, read=self._read)).spec
        self.lock = replace(lock, manifests=spec.manifests)

    def _read(self, path: Path) -> str | None:
        if path == self.root / self.file:
            return self.text.removeprefix("\ufeff").replace("\r\n", "\n")
        return self.locking.read(path)


class _Editing:
    """One edit of one project, under its lock, and the way back."""

    def __init__(self, tools: Tools, root: Path) -> None:
        self._tools = tools
        self._root = root
        self._draft: _Draft | None = None
        self._undo: list[tuple[Path, bytes | None, bytes]] = []

    def carried_out(self, edit: Callable[[_Draft], None], *, sync: bool) -> Edited:
        """Edit, lock and sync; if anything is raised, what was written is taken back before it is passed on."""
        tools = self._tools
        try:
            if sync:
                ready = make_ready(
                    tools.roots,
                    self._root,
                    Wish(),
                    lambda: self._written(edit),
                    tools.sync_tools,
                    mode="as-needed",
                    reporter=tools.reporter,
                )
            else:
                ready = None
                with held(tools.roots, self._root, tools.reporter):
                    tools.roots.tidy(str(self._root))
                    self._written(edit)
        except BaseException as error:
            if self._undo:
                with held(tools.roots, self._root, tools.reporter):
                    restored = self._take_back()
                if restored:
                    error.add_note(f"put back as before: {', '.join(restored)}")
            raise
        return self._result(ready)

    def _written(self, edit: Callable[[_Draft], None]) -> locking.Tools:
        """Write what was edited and locked, and return the tools with which the sync looks at it."""
        lock_tools = self._tools.lock_tools()
        draft = self._draft = _Draft(self._tools, self._root, lock_tools)
        edit(draft)
        if draft.edits:
            lock = draft.lock or draft.locked()
            self._write(draft.file, draft.text.encode("utf-8", "surrogateescape"))
            self._write(LOCK_NAME, v1.dump(lock).encode())
        return lock_tools

    def _write(self, name: str, content: bytes) -> None:
        before = self._tools.roots.read_file(str(self._root), name)
        if before != content:
            self._undo.append((self._root / name, before, content))
            self._tools.write(self._root / name, content)

    def _take_back(self) -> list[str]:
        """Restore each file that is still what was written, and return their names."""
        restored = []
        for path, before, written in reversed(self._undo):
            if self._tools.roots.read_file(str(path.parent), path.name) != written:
                continue
            if before is None:
                path.unlink()
            else:
                self._tools.write(path, before)
            restored.append(f"`{path.name}`")
        return restored[::-1]

    def _result(self, ready: Ready | None) -> Edited:
        draft = self._draft
        if draft is None:
            raise AssertionError(self._root)  # it is made under the lock, before anything else
        return Edited(
            manifest=draft.file,
            edits=draft.edits,
            changes=diff(draft.before, draft.lock) if draft.lock else (),
            findings=draft.remarks,
            ready=ready,
        )


def _platform_of(draft: _Draft, name: str) -> str:
    """Return the platform of a target, which may be one that the lock alone describes."""
    targets = draft.locking.targets
    own = recorded(draft.before, targets) if draft.before else ()
    return targets.knowing(own).named(name).platform


def _added(draft: _Draft, addition: Addition) -> None:
    terms = addition.terms
    if addition.target:
        terms = replace(terms, platform=_platform_of(draft, addition.target))
    draft.choose(_file_for(draft, terms))
    remarks = draft.have(canonicalize_name(terms.group)) if terms.group else []
    wanted = _wanted(draft, addition, terms)
    moved: list[str] = []
    lacking: PackageMissing | None = None
    while True:
        written = _with_all(draft, wanted)
        if not draft.edits:
            return
        try:
            lock = draft.locked()
            break
        except DistributionUnknown as error:
            raise neither(error, lacking) from error
        except PackageMissing as error:
            lacking = error
            names = without_package(error, wanted, terms)
            wanted = [as_wheel(one, terms) if one.name in names else one for one in wanted]
            moved += names
    bounded = [_bounded(one, lock) if one in written else one for one in wanted]
    if bounded != wanted:
        _with_all(draft, bounded)
        draft.relocked(lock)
    draft.remarks = (*draft.remarks, *remarks, *(_moved(name, draft) for name in moved))


def _removed(draft: _Draft, names: Sequence[str], group: str) -> None:
    draft.choose(_holding(draft, names, group))
    draft.text, draft.edits = without_entries(draft.text, draft.file, _known_as(names, draft), group)


def _holding(draft: _Draft, names: Sequence[str], group: str) -> str:
    """Return the manifest that asks for the first of some names, else the first manifest."""
    for file in draft.manifests:
        draft.choose(file)
        with suppress(RequirementUnknown):
            without_entries(draft.text, file, _known_as(names[:1], draft), group)
            return file
    return draft.manifests[0]


def _known_as(names: Sequence[str], draft: _Draft) -> list[str]:
    """Return names as the manifest has them: what comes from a folder may stand there without a name."""
    paths = {wheel.name: wheel.path for wheel in (draft.before.wheels if draft.before else ()) if wheel.path}
    if is_pyproject(draft.file):
        return list(names)
    return [paths.get(canonicalize_name(name), name) for name in names]


def _file_for(draft: _Draft, terms: Terms) -> str:
    """Return the manifest that has a place for what is asked for, else the first."""
    if terms.group:
        return next((file for file in draft.manifests if is_pyproject(file)), draft.file)
    if terms.kind == "conda":
        return next((file for file in draft.manifests if is_environment(file) or is_pyproject(file)), draft.file)
    return draft.file


def _wanted(draft: _Draft, addition: Addition, terms: Terms) -> list[Wanted]:
    file = draft.file
    conda_first = is_environment(file)
    wanted = read_requests(addition.words, terms, conda_first=conda_first)
    for name, path in addition.editable:
        if is_pyproject(file) and not name:
            raise ManifestUneditable(
                f"`{path}` does not say what it is called",
                hint='give it a `pyproject.toml` with `[project]` and `name = "NAME"`',
            )
        folder = posixpath.relpath(path, posixpath.join(draft.root, posixpath.dirname(file)))
        if is_pyproject(file) and folder == ".":
            raise ManifestUneditable(
                f"`{path}` is the project itself, which cannot ask for itself",
                hint="`package = true` in `[tool.parity]` has it installed, as `[build-system]` has",
            )
        folder = folder if folder.startswith("..") else f"./{folder}" if folder != "." else "."
        called = canonicalize_name(name) if is_pyproject(file) else canonicalize_name(folder)
        wanted.append(Wanted(kind="pypi", name=called, text=folder, group=terms.group, editable=True))
    return wanted


def _with_all(draft: _Draft, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Write all of them into the draft, and return those that were not there yet."""
    draft.choose(draft.file)
    edits, written = [], []
    for one in wanted:
        draft.text, edit = with_entry(draft.text, draft.file, one)
        if edit:
            edits.append(edit)
            written += [] if edit.before else [one]
    draft.edits = tuple(edits)
    return written


def without_package(error: PackageMissing, wanted: Sequence[Wanted], terms: Terms) -> list[str]:
    """Return which bare names the channels do not have, so that they are looked for on the index; else raise."""
    names = [one.name for one in wanted if one.kind == "conda" and one.bare and one.name in error.names]
    if terms.kind == "conda" or not names:
        raise error
    return names


def neither(unknown: DistributionUnknown, lacking: PackageMissing | None) -> UserError:
    """Return what is said of names that no index has: where no channel had them before, what was said of these."""
    if lacking is None or not {*unknown.names} <= {canonicalize_name(name) for name in lacking.names}:
        return unknown
    either = f"no index has {'it' if len(unknown.names) == 1 else 'them'} either"
    return PackageMissing(lacking.faults, names=lacking.names, hint="; ".join(filter(None, [lacking.hint, either])))


def _bounded(wanted: Wanted, lock: Lockfile) -> Wanted:
    bound = bound_for(lock, wanted.kind, wanted.name) if wanted.bare else ""
    return replace(wanted, text=f"{wanted.text}{bound}", bare=False) if bound else wanted


def _unchosen(group: str) -> Finding:
    return Finding(
        code="group-unchosen",
        severity="info",
        subject=group,
        message=f"`groups` of `[tool.parity]` does not name `{group}`: what is in it is not installed",
        hint=f'write `"{group}"` there too',
    )


def _moved(name: str, draft: _Draft) -> Finding:
    return Finding(
        code="package-from-index",
        severity="info",
        subject=name,
        message=f"no channel has `{name}`: it stands under `pip:` of `{draft.file}`",
        hint="`--conda` insists on a channel",
    )
