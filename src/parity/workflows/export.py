"""A lock → the text of another tool's format, with what that cannot hold."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.core.errors import LockfileMissing, ManifestMissing, TargetNone, TargetUnknown, UsageError
from parity.core.export.formats import FORMATS
from parity.core.export.from_history import from_history
from parity.core.export.model import Subject
from parity.core.findings import Finding
from parity.core.lockfile import v1
from parity.core.lockfile.select import select
from parity.core.spec import Spec
from parity.workflows import lock as locking
from parity.workflows.lock import Wish
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.core.conda.channels import AddressBook
    from parity.core.lockfile.model import LockedConda, LockedTarget, Lockfile
    from parity.core.spec import CondaSettings

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
    """The text, the target that it is for, what the environment is called in it, and what was lost."""

    text: str
    target: str
    name: str
    findings: tuple[Finding, ...]


def export(
    root: Path, order: Order, tools: locking.Tools, book: Callable[[CondaSettings], AddressBook]
) -> ExportResult:
    """Write a project's lock in another format. Nothing is solved, and nothing is fetched.

    `book` says where channels are, given the project's settings. Raises LockfileMissing, LockfileError, TargetUnknown,
    TargetNone, ManifestError, ManifestMissing where what was asked for is wanted, ExportImpossible, ChannelInvalid.
    """
    text = tools.read(root / LOCK_NAME)
    if text is None:
        raise LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}`", hint="run `parity lock`")
    lock = v1.parse(text, LOCK_NAME)
    target = _target(lock, order, tools)
    spec = _spec(root, lock, target, order, tools)
    channels = book(spec.settings.conda)

    def address_of(package: LockedConda) -> str:
        return f"{channels.source(package.channel).address}/{package.subdir}/{package.file}"

    subject = Subject(
        lock=lock,
        target=target,
        name=order.name or spec.name or _NO_NAME.sub("-", root.name).strip("-") or "environment",
        spec=spec,
        address_of=address_of,
        builds=order.builds,
        own_package=order.own_package,
        to_project=_way(order.output.parent, root) if order.output else ".",
    )
    exported = from_history(subject) if order.history else FORMATS[order.format].write(subject)
    if order.output:
        tools.write(order.output, exported.text)
    return ExportResult(
        text=exported.text,
        target=target.name,
        name=subject.name,
        findings=(*_outdated(lock, spec), *exported.losses),
    )


def _target(lock: Lockfile, order: Order, tools: locking.Tools) -> LockedTarget:
    """Return the target that is named, else the only one, else the one that this machine takes."""
    names = [target.name for target in lock.targets]
    if order.target:
        if FORMATS[order.format].every_target:
            raise UsageError(f"`--format {order.format}` has all targets of the lock", hint="leave `--target` out")
        if order.target not in names:
            shown = ", ".join(f"`{name}`" for name in names)
            raise TargetUnknown(f"the lock is not for `{order.target}`", hint=f"it is for {shown}")
        return lock.targets[names.index(order.target)]
    if len(names) == 1 or FORMATS[order.format].every_target:
        return lock.targets[0]
    try:
        return select(lock, tools.host, tools.targets)
    except TargetNone as error:
        raise TargetNone(error.message, hint="say which one to write with `--target`") from None


def _spec(root: Path, lock: Lockfile, target: LockedTarget, order: Order, tools: locking.Tools) -> Spec:
    """Return what the manifests say for a target; a lock alone is enough where nobody asks for that."""
    wish = Wish(groups=lock.groups, extras=lock.extras)
    try:
        return locking.manifests_of(root, wish, tools, platform=tools.targets.named(target.name).platform)
    except ManifestMissing:
        if order.history:
            raise
        return Spec(manifests={})


def _outdated(lock: Lockfile, spec: Spec) -> list[Finding]:
    changed = [name for name, digest in spec.manifests.items() if lock.manifests.get(name) != digest]
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
