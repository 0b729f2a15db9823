"""Which packages of a lock are behind: what the manifests would let it have, and what there is at all."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from packaging.version import InvalidVersion, Version

from parity.core.dataclass import dataclass
from parity.core.errors import NetworkFailed
from parity.core.lockfile.model import LockedConda
from parity.core.lockfile.select import preferred
from parity.core.negotiation.joint import JointQuestion
from parity.core.negotiation.releases import releases_of
from parity.workflows.lock import Wish, ordered, resolved
from parity.workflows.lock_conda import conda_question
from parity.workflows.lock_text import read_lock
from parity.workflows.lock_wheels import wheel_question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from parity.core.lockfile.model import LockedWheel, Lockfile
    from parity.core.negotiation.joint import PublishedFile
    from parity.core.ports import WheelShelf
    from parity.core.target import Target
    from parity.workflows.lock import Tools
    from parity.workflows.lock_order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """A package that is behind: its version in the lock, what `parity lock --upgrade` would take, and the newest.

    `allowed` is empty where the upgrade would not have the package, `newest` where no channel or index has it now.
    """

    name: str
    kind: Literal["conda", "pypi"]
    version: str
    allowed: str
    newest: str
    requested: bool


def outdated(root: Path, tools: Tools, target: str = "") -> tuple[str, tuple[Outdated, ...]]:
    """Return the target that was looked at, and its packages that are behind, by name. Nothing is written.

    What the manifests allow is found by resolving as an upgrade of everything would. Raises LockfileMissing,
    LockfileError, TargetUnknown, and what locking raises.
    """
    lock = read_lock(tools.read, root)
    chosen = preferred(lock, lambda: tools.host, lambda: tools.targets, target).name
    order = ordered(root, Wish(upgrade=("*",), targets=(chosen,)), tools).only(chosen)
    upgraded, _ = resolved(order, tools)
    tools.reporter.phase("asking what there is")
    allowed, newest = _versions(upgraded, chosen), _newest(order, tools, lock, chosen)
    packages: list[LockedConda | LockedWheel] = [*lock.conda_of(chosen)]
    packages += [each for each in lock.wheels_of(chosen) if each.index]
    found = [_row(package, allowed, newest) for package in packages]
    found = [each for each in found if {each.allowed, each.newest} - {"", each.version}]
    return chosen, tuple(sorted(found, key=lambda each: (each.name, each.kind)))


def _row(
    package: LockedConda | LockedWheel,
    allowed: Mapping[tuple[str, str], str],
    newest: Mapping[tuple[str, str], str],
) -> Outdated:
    kind: Literal["conda", "pypi"] = "conda" if isinstance(package, LockedConda) else "pypi"
    key = kind, package.name
    return Outdated(
        name=package.name,
        kind=kind,
        version=package.version,
        allowed=allowed.get(key, ""),
        newest=newest.get(key, ""),
        requested=package.requested,
    )


def _versions(lock: Lockfile, target: str) -> dict[tuple[str, str], str]:
    conda = {("conda", each.name): each.version for each in lock.conda_of(target)}
    return conda | {("pypi", each.name): each.version for each in lock.wheels_of(target)}


def _newest(order: Order, tools: Tools, lock: Lockfile, name: str) -> Mapping[tuple[str, str], str]:
    """Return the newest version of each package, whether it goes with the others or not; never an older one."""
    ((target, _),) = order.specs
    wheels = {each.name: each.version for each in lock.wheels_of(name) if each.index}
    conda = {each.name: each.version for each in lock.conda_of(name)}
    found = {("pypi", each): version for each, version in _of_index(order, tools, lock, target, wheels).items()}
    return found | {("conda", each): version for each, version in _of_channels(order, tools, target, conda).items()}


def _of_index(
    order: Order, tools: Tools, lock: Lockfile, target: Target, versions: Mapping[str, str]
) -> dict[str, str]:
    if not versions:
        return {}
    python = next(each.python for each in lock.targets if each.name == target.name)
    question = wheel_question(
        order, target, order.spec, requirements=order.spec.wheels, python=python, interpreter=None, earlier=()
    )
    anything = JointQuestion(target=target, conda=(), wheels=(), prereleases=question.prereleases, sdists=("*",))
    newest = {}
    for name, files in _files_of(tools.index(question), sorted(versions)).items():
        releases = releases_of(name, files, anything)
        if releases and not _is_newer(versions[name], releases[0].version):
            newest[name] = releases[0].version
    return newest


def _files_of(shelf: WheelShelf, names: Sequence[str]) -> Mapping[str, Sequence[PublishedFile]]:
    """Return the files of each name that can be asked for: offline, what is cached. Raises NetworkFailed for none."""
    try:
        return shelf.files(names)
    except NetworkFailed as failed:
        found: dict[str, Sequence[PublishedFile]] = {}
        for name in names:
            with suppress(NetworkFailed):  # its newest version is shown as unknown
                found.update(shelf.files([name]))
        if not found:
            raise failed from None
        return found


def _is_newer(one: str, other: str) -> bool:
    try:
        return Version(one) > Version(other)
    except InvalidVersion:
        return False


def _of_channels(order: Order, tools: Tools, target: Target, versions: Mapping[str, str]) -> dict[str, str]:
    if not versions:
        return {}
    conda = tools.conda(order.spec.settings.conda)
    channels = conda.book.channels(order.spec.channels)
    with conda.shelf(conda_question(order, target, order.spec, channels, conda.book)) as shelf:
        shelf.read(versions)
        return {name: records[0].version for name in versions if (records := shelf.records(name))}
