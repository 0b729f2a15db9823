"""What is in an environment, and who asked for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from parity.core.dataclass import dataclass
from parity.core.graph import distribution
from parity.core.lockfile import v1
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.core.lockfile.model import LockedConda, LockedPython, LockedWheel, Lockfile
    from parity.engines.store.environments import Environments


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of `parity list`. `size` is that of the artifact, in bytes; `required_by` are names, sorted.

    `channel` is what the manifest calls it, empty for what comes from an index.
    """

    name: str
    version: str
    kind: Literal["conda", "pypi", "interpreter"]
    build: str = ""
    channel: str = ""
    sha256: str = ""
    size: int = 0
    requested: bool = False
    required_by: tuple[str, ...] = ()


def list_packages(
    environments: Environments, environment: str, read: Callable[[Path], str | None], root: Path
) -> list[Listed]:
    """Return the interpreter (where it is no package itself) and every package of an environment, by name.

    What an environment contains is its own record; who asked is the project's lock. Raises LockfileError, OSError.
    """
    inside = v1.parse(environments.read_lock(environment), ".parity/lock")
    text = lock_text(read, root)
    locked = v1.parse(text, LOCK_NAME) if text else None
    asked = _asked(locked) if locked else set()
    required_by = _required_by(inside)
    packages = [*map(_conda, inside.conda), *map(_wheel, inside.wheels)]
    listed = [
        replace(each, requested=_key(each) in asked, required_by=tuple(sorted(required_by.get(_key(each), ()))))
        for each in sorted(packages, key=lambda each: (each.name, each.kind))
    ]
    return listed if inside.route == "conda" else [_interpreter(inside.targets[0].python), *listed]


def _interpreter(python: LockedPython) -> Listed:
    return Listed(
        name=python.implementation,
        version=python.version,
        kind="interpreter",
        build=python.build,
        sha256=python.sha256,
        requested=True,
    )


def _conda(package: LockedConda) -> Listed:
    return Listed(
        name=package.name,
        version=package.version,
        kind="conda",
        build=package.build,
        channel=package.channel,
        sha256=package.sha256,
        size=package.size,
    )


def _wheel(wheel: LockedWheel) -> Listed:
    return Listed(name=wheel.name, version=wheel.version, kind="pypi", sha256=wheel.sha256, size=wheel.size)


def _key(listed: Listed) -> tuple[str, str]:
    return listed.kind, listed.name


def _asked(lock: Lockfile) -> set[tuple[str, str]]:
    conda = {("conda", package.name) for package in lock.conda if package.requested}
    return conda | {("pypi", wheel.name) for wheel in lock.wheels if wheel.requested}


def _required_by(lock: Lockfile) -> dict[tuple[str, str], set[str]]:
    """Return who requires each package, by its kind: the two kinds of names are not the same language."""
    found: dict[tuple[str, str], set[str]] = {}
    for package in lock.conda:
        for text in package.depends:
            found.setdefault(("conda", text.split(maxsplit=1)[0]), set()).add(package.name)
    for wheel in lock.wheels:
        for text in wheel.requires:
            found.setdefault(("pypi", distribution(text)), set()).add(wheel.name)
    return found
