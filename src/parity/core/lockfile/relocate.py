"""A lock taken to another folder: what it names by a path relative to its own is named by the whole path there."""

import posixpath
from dataclasses import replace

from parity.core.lockfile.model import Lockfile


def relocated(lock: Lockfile, folder: str) -> Lockfile:
    """Return a lock that says the same outside of its `folder`, an absolute path. What outdates it stays behind."""

    def located(path: str) -> str:
        return posixpath.normpath(posixpath.join(folder, path))

    def channel(name: str) -> str:
        return located(name) if name.startswith(("./", "../")) or name in {".", ".."} else name

    return replace(
        lock,
        manifests={},
        project="",
        wheels=tuple(replace(wheel, path=located(wheel.path)) if wheel.path else wheel for wheel in lock.wheels),
        conda=tuple(replace(package, channel=channel(package.channel)) for package in lock.conda),
        channels=tuple(channel(name) for name in lock.channels),
    )
