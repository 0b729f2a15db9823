"""This clone of a repository told to merge `parity.lock` by meaning, or no longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.core.errors import GitFailed
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.engines.git.repository import Repository

_SECTION = "merge.parity"
_LINE = f"{LOCK_NAME} merge=parity"
_TITLE = f"{LOCK_NAME} by meaning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of it. `driver` is how this parity is called, quoted for a shell."""

    repository: Repository
    read: Callable[[Path], str | None]
    write: Callable[[Path, str], None]
    remove: Callable[[Path], None]
    driver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupResult:
    """Where the line stands, and whether this call changed anything."""

    attributes: Path
    changed: bool


def set_up(tools: Tools) -> SetupResult:
    """Write the line into `.gitattributes` at the top, and the driver into this clone's settings. Raises GitFailed."""
    attributes, text = _attributes(tools)
    there = _LINE in text.splitlines()
    if not there:
        tools.write(attributes, f"{_ended(text)}{_LINE}\n")
    driver = f"{tools.driver} git-merge %O %A %B %P"
    known = tools.repository.setting(f"{_SECTION}.driver") == driver
    if not known:
        tools.repository.settle(f"{_SECTION}.name", _TITLE)
        tools.repository.settle(f"{_SECTION}.driver", driver)
    return SetupResult(attributes=attributes, changed=not (there and known))


def undo(tools: Tools) -> SetupResult:
    """Take both away again; a file that holds nothing else goes with the line. Raises GitFailed."""
    attributes, text = _attributes(tools)
    lines = text.splitlines(keepends=True)
    left = "".join(line for line in lines if line.strip() != _LINE)
    there = left != text
    if there and left:
        tools.write(attributes, left)
    elif there:
        tools.remove(attributes)
    known = bool(tools.repository.setting(f"{_SECTION}.driver"))
    if known:
        tools.repository.unset(_SECTION)
    return SetupResult(attributes=attributes, changed=there or known)


def is_half_done(tools: Tools) -> bool:
    """Say whether the repository asks for the driver and this clone has none. False where there is no repository."""
    try:
        _, text = _attributes(tools)
        return _LINE in text.splitlines() and not tools.repository.setting(f"{_SECTION}.driver")
    except GitFailed:
        return False


def _attributes(tools: Tools) -> tuple[Path, str]:
    path = tools.repository.top() / ".gitattributes"
    return path, tools.read(path) or ""


def _ended(text: str) -> str:
    return f"{text}\n" if text and not text.endswith("\n") else text
