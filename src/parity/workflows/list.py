"""What is in an environment, and who asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from parity.core.lockfile import v1
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from parity.core.lockfile.model import LockedWheel
    from parity.engines.store.environments import Environments


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of `parity list`. `size` is that of the artifact, in bytes; `required_by` are names, sorted."""

    name: str
    version: str
    kind: Literal["pypi", "interpreter"]
    build: str = ""
    sha256: str = ""
    size: int = 0
    requested: bool = False
    required_by: tuple[str, ...] = ()


def list_packages(
    environments: Environments, environment: str, read: Callable[[Path], str | None], root: Path
) -> list[Listed]:
    """Return the interpreter and every package of an environment, by name.

    What an environment contains is its own record; who asked is the project's lock. Raises LockfileError, OSError.
    """
    inside = v1.parse(environments.read_lock(environment), ".parity/lock")
    text = read(root / LOCK_NAME)
    asked = {wheel.name for wheel in v1.parse(text, LOCK_NAME).wheels if wheel.requested} if text else set()
    required_by = _required_by(inside.wheels)
    python = inside.targets[0].python
    interpreter = Listed(
        name=python.implementation,
        version=python.version,
        kind="interpreter",
        build=python.build,
        sha256=python.sha256,
        requested=True,
    )
    return [
        interpreter,
        *(
            Listed(
                name=wheel.name,
                version=wheel.version,
                kind="pypi",
                sha256=wheel.sha256,
                size=wheel.size,
                requested=wheel.name in asked,
                required_by=tuple(sorted(required_by.get(wheel.name, ()))),
            )
            for wheel in inside.wheels
        ),
    ]


def _required_by(wheels: Iterable[LockedWheel]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for wheel in wheels:
        for text in wheel.requires:
            found.setdefault(_name(text), set()).add(wheel.name)
    return found


def _name(text: str) -> str:
    try:
        return canonicalize_name(Requirement(text).name)
    except InvalidRequirement:
        return canonicalize_name(text)
