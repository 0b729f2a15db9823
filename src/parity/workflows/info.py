"""One page on a project: what is asked for, what is locked, what is installed, and where everything is."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

from parity import __version__
from parity.core.addresses import kept
from parity.core.dataclass import dataclass
from parity.core.environment import VARIABLES
from parity.core.errors import ParityError
from parity.core.lockfile import v1
from parity.workflows.history import history
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from parity.engines.store.environments import Environments
    from parity.engines.store.roots import Roots

_EVERYWHERE = {"CI", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "PWD", "SHELL", "TERM", "container"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of it. `check` raises ParityError where a lock is not current."""

    roots: Roots
    environments: Environments
    read: Callable[[Path], str | None]
    check: Callable[[Path], None]
    cache: str
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """What a lock says in short; `outdated` is why it does not answer the manifests, empty where it does."""

    route: str
    targets: tuple[str, ...]
    manifests: tuple[str, ...]
    python: str
    packages: int
    outdated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """The page. `project` and what is about it are empty outside of one; `unread` is why a lock cannot be read.

    `variables` are those in force that parity reads, without credentials.
    """

    parity: str
    runs_on: str
    store: str
    cache: str
    project: str = ""
    locked: Locked | None = None
    unread: str = ""
    environment: str = ""
    generation: int | None = None
    held: bool = False
    python: str = ""
    variables: Mapping[str, str]


def info(tools: Tools, root: Path | None) -> Info:
    """Return the page about a root, or about parity alone. Raises OSError."""
    return Info(
        parity=__version__,
        runs_on=f"{platform.python_implementation()} {platform.python_version()}",
        store=tools.roots.home,
        cache=tools.cache,
        variables=_variables(tools.environ),
        **(_about(tools, root) if root else {}),
    )


def _about(tools: Tools, root: Path) -> dict[str, Any]:
    past = history(tools.roots, root)
    environment = tools.roots.linked(str(root))
    whole = bool(environment) and tools.roots.is_complete(environment)
    python = ""
    if whole:
        python = v1.parse(tools.environments.read_lock(environment), ".parity/lock").targets[0].python.version
    locked, unread = _locked(tools, root)
    return {
        "project": str(root),
        "locked": locked,
        "unread": unread,
        "environment": environment if whole else "",
        "generation": past.current.number if past.current else None,
        "held": past.held,
        "python": python,
    }


def _locked(tools: Tools, root: Path) -> tuple[Locked | None, str]:
    try:
        text = lock_text(tools.read, root)
        lock = v1.parse(text, LOCK_NAME) if text is not None else None
    except ParityError as error:
        return None, error.message
    if lock is None:
        return None, ""
    outdated = ""
    try:
        tools.check(root)
    except ParityError as error:
        outdated = error.message
    return (
        Locked(
            route=lock.route,
            targets=tuple(target.name for target in lock.targets),
            manifests=tuple(lock.manifests),
            python=lock.targets[0].python.version if lock.targets else "",
            packages=len(lock.conda) + len(lock.wheels),
            outdated=outdated,
        ),
        "",
    )


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    there = sorted(name for name in VARIABLES if environ.get(name) and name not in _EVERYWHERE)
    return {name: kept(environ[name]) for name in there}
