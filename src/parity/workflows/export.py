"""A lock → the text of another tool's format, with what that cannot hold."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from parity.core.dataclass import dataclass
from parity.core.errors import (
    CpuRefused,
    ExportImpossible,
    ExtraUnknown,
    GroupUnknown,
    ManifestError,
    ManifestMissing,
    TargetNone,
    TargetUnknown,
    UsageError,
)
from parity.core.export.formats import FORMATS
from parity.core.export.from_history import from_history
from parity.core.export.losses import located_here, named
from parity.core.export.model import Subject
from parity.core.findings import Finding
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileMissing
from parity.core.lockfile.recorded import described
from parity.core.lockfile.select import select
from parity.workflows import lock as locking
from parity.workflows.lock import Wish
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.conda.channels import AddressBook
    from parity.core.lockfile.model import LockedConda, LockedTarget, Lockfile
    from parity.core.ports import Locator, Md5s
    from parity.core.spec import CondaSettings, Index, Spec
    from parity.workflows.load import Loaded

_NO_NAME = re.compile(r"[^A-Za-z0-9._+-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be written.

    `format` is one of core/export/formats. `target` is empty where this machine decides. `builds`, `history` and
    `own_package` are as `Subject` and `from_history` have them. `name` is what the environment is called, empty where
    the manifest says. `output` is the file that is written, an absolute path, None for standard output.
    """

    format: str
    target: str = ""
    builds: bool = True
    history: bool = False
    own_package: bool = False
    name: str = ""
    output: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """The text, the targets that it is for, what the environment is called in it, and what was lost."""

    text: str
    targets: tuple[str, ...]
    name: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What exporting needs of the world: that of locking; where channels are, and where files of indexes are.

    `book` and `locator` are told what the project says of its channels and indexes; `md5s` asks channels.
    `is_output` says whether standard output goes into a file: a shell empties that before parity can read it.
    """

    lock: locking.Tools
    book: Callable[[CondaSettings], AddressBook]
    locator: Callable[[Sequence[Index]], Locator]
    md5s: Callable[[], Md5s]
    is_output: Callable[[Path], bool]


def export(root: Path, order: Order, tools: Tools) -> ExportResult:
    """Write a project's lock in another format. Nothing is solved; only formats that want addresses ask an index.

    Raises LockfileMissing, LockfileError, TargetUnknown, TargetNone, ManifestError, ManifestMissing where what was
    asked for is wanted, ExportImpossible, ChannelInvalid, and what the locator raises.
    """
    if order.output is None and tools.is_output(root / LOCK_NAME):
        raise UsageError(
            f"standard output is `{LOCK_NAME}`, which is what would be exported, and a shell empties it first",
            hint="take it back from version control, or run `parity lock`; then write into another file",
        )
    text = lock_text(tools.lock.read, root)
    if text is None:
        raise LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}`", hint="run `parity lock`")
    lock = v1.parse(text, LOCK_NAME)
    emptied = _emptied(root, lock, order, tools)
    subject = _subject(root, lock, order, tools, emptied=emptied)
    if FORMATS[order.format].located:
        subject = replace(subject, located=_located(subject, tools))
    if FORMATS[order.format].md5s and lock.route == "conda":
        subject = replace(subject, md5s=_md5s(subject, tools))
    exported = from_history(subject) if order.history else FORMATS[order.format].write(subject)
    if order.output:
        tools.lock.write(order.output, exported.text)
    return ExportResult(
        text=exported.text,
        targets=tuple(target.name for target in subject.targets),
        name=subject.name,
        findings=(
            *_overwritten(subject, emptied),
            *_outdated(lock, subject.spec, emptied),
            *exported.losses,
            *_asked(subject),
        ),
    )


def _emptied(root: Path, lock: Lockfile, order: Order, tools: Tools) -> str:
    """Return the manifest that standard output goes into, else nothing. Raises UsageError where its words are wanted.

    A named environment has copies of its manifests, which nobody empties.
    """
    if order.output or order.name:
        return ""
    emptied = next((name for name in lock.manifests if tools.is_output(root / name)), "")
    if emptied and order.history:
        raise UsageError(
            f"standard output is `{emptied}`, which says what was asked for, and a shell empties it first",
            hint=f"take it back from version control, and use `-o {emptied}`, which reads before it writes",
        )
    return emptied


def _overwritten(subject: Subject, emptied: str) -> list[Finding]:
    """Return what could not be read any more, and what the environment is called without it."""
    if not emptied:
        return []
    known = subject.spec.name or subject.lock.project
    named = (
        "" if known else f"; a name that it gave is lost: the environment is called `{subject.name}` after its folder"
    )
    return [
        Finding(
            code="manifest-overwritten",
            severity="warning",
            subject=emptied,
            message=f"`{emptied}` was emptied before it could be read; what is locked is what was written{named}",
            hint=f"use `-o {emptied}`, which reads before it writes",
        )
    ]


def _subject(root: Path, lock: Lockfile, order: Order, tools: Tools, *, emptied: str) -> Subject:
    platforms = {name: target.platform for name, target in described(lock, tools.lock.targets).items()}
    targets = _targets(lock, order, platforms, tools.lock)
    spec, files = _spec(root, lock, platforms[targets[0].name], order, tools.lock, emptied=emptied)
    book = tools.book(spec.settings.conda)

    def address_of(package: LockedConda) -> str:
        return f"{book.source(package.channel).address}/{package.subdir}/{package.file}"

    return Subject(
        lock=lock,
        targets=targets,
        platforms=platforms,
        name=order.name or spec.name or lock.project or _NO_NAME.sub("-", root.name).strip("-") or "environment",
        spec=spec,
        address_of=address_of,
        addresses_of=lambda channel: [source.address for source in book.channel(channel).sources],
        builds=order.builds,
        own_package=order.own_package,
        files=tuple(dict.fromkeys([*lock.manifests, *files])),
        to_project=_way(order.output.parent, root) if order.output else ".",
    )


def _located(subject: Subject, tools: Tools) -> Mapping[str, str]:
    """Return the address of every file of an index. Raises ExportImpossible where one is nowhere any more."""
    located: dict[str, str] = {}
    for part in subject.parts():
        wheels = [wheel for wheel in part.wheels if wheel.index and wheel.sha256 not in located]
        if wheels:
            located.update(tools.locator(subject.indexes).locate(wheels, part.target.python))
    gone = [wheel.file for wheel in subject.wheels if wheel.index and wheel.sha256 not in located]
    if gone:
        raise ExportImpossible(
            f"no index has {named(gone)} with the SHA-256 that is locked, and the format wants its address",
            hint="use `--format requirements.txt`, which needs none, or `parity lock --upgrade`",
        )
    return located


def _md5s(subject: Subject, tools: Tools) -> Mapping[str, str]:
    """Return the MD5 of every conda package. Raises ExportImpossible where a channel does not tell one."""
    book = tools.book(subject.spec.settings.conda)
    names = dict.fromkeys([*subject.lock.channels, *(package.channel for package in subject.conda)])
    found = tools.md5s().md5s(subject.conda, [book.channel(name) for name in names])
    unknown = [package.file for package in subject.conda if package.sha256 not in found]
    if unknown:
        raise ExportImpossible(
            f"no channel tells the MD5 of {named(unknown)} with the SHA-256 that is locked, and the format wants it",
            hint="use `--format pixi.lock` or `--format explicit`, which need none, or `parity lock --upgrade`",
        )
    return found


def _asked(subject: Subject) -> list[Finding]:
    """Return whose addresses are in the text, where a format wanted some."""
    used = [subject.located[wheel.sha256] for wheel in subject.wheels if wheel.sha256 in subject.located]
    hosts = sorted({urlsplit(address).hostname or "file" for address in used})
    return [located_here(hosts)] if hosts else []


def _targets(
    lock: Lockfile, order: Order, platforms: Mapping[str, str], tools: locking.Tools
) -> tuple[LockedTarget, ...]:
    """Return the target that is named, else all where the format holds them, else the one that this machine takes."""
    holds = FORMATS[order.format].targets
    if order.target:
        if holds == "all":
            raise UsageError(f"`--format {order.format}` has all targets of the lock", hint="leave `--target` out")
        if order.target not in platforms:
            shown = ", ".join(f"`{name}`" for name in platforms)
            raise TargetUnknown(f"the lock is not for `{order.target}`", hint=f"it is for {shown}")
        return tuple(target for target in lock.targets if target.name == order.target)
    if len(platforms) == 1 or holds == "all":
        return lock.targets
    if holds == "several":
        if len(set(platforms.values())) < len(platforms):
            raise ExportImpossible(
                f"`{order.format}` has one set of packages a platform, and the lock has several for one",
                hint=f"say which with `--target`: {', '.join(f'`{name}`' for name in platforms)}",
            )
        return lock.targets
    try:
        return (select(lock, tools.host, tools.targets),)
    except (TargetNone, CpuRefused) as error:
        raise type(error)(error.message, hint="say which one to write with `--target`") from None


def _spec(
    root: Path, lock: Lockfile, platform: str, order: Order, tools: locking.Tools, *, emptied: str
) -> tuple[Spec, list[str]]:
    """Return what the manifests say for a platform, and in which files of the project that stands.

    A lock alone is enough where nobody asks for that.
    """
    # a manifest that was emptied has no groups and no extras any more
    wish = Wish() if emptied else Wish(groups=lock.groups, extras=lock.extras)
    try:
        return _read_in(locking.manifests_of(root, wish, tools, platform=platform))
    except (GroupUnknown, ExtraUnknown):
        if order.history:
            raise
        return _read_in(locking.manifests_of(root, Wish(groups=(), extras=()), tools, platform=platform))
    except ManifestMissing:
        if order.history:
            raise
    except ManifestError:
        if not emptied:
            raise
    return locking.bare_spec(tools), []


def _read_in(loaded: Loaded) -> tuple[Spec, list[str]]:
    there = (path for path, text in loaded.texts.items() if text is not None and path.is_relative_to(loaded.root))
    return loaded.spec, [path.relative_to(loaded.root).as_posix() for path in there]


def _outdated(lock: Lockfile, spec: Spec, emptied: str) -> list[Finding]:
    said = {name: digest for name, digest in spec.manifests.items() if name != emptied}
    changed = [name for name, digest in said.items() if lock.manifests.get(name) != digest]
    if not changed:
        return []
    return [
        Finding(
            code="lock-outdated",
            severity="warning",
            subject=changed[0],
            message=f"`{changed[0]}` says something else than what is locked, which is what was written",
            hint="run `parity lock` first",
        )
    ]


def _way(folder: Path, root: Path) -> str:
    return posixpath.relpath(root.as_posix(), folder.as_posix())
