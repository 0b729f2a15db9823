"""This clone of a repository told to merge `parity.lock` by meaning, or no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
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
    read: Callable[[str], bytes | None]
    write: Callable[[Path, bytes], None]
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
    there = _asks(text)
    if not there:
        end = "\r\n" if "\r\n" in text else "\n"
        begun = text if not text or text.endswith("\n") else text + end
        tools.write(attributes, _encoded(f"{begun}{_LINE}{end}"))
    driver = f"{tools.driver} git-merge %O %A %B %P"
    known = tools.repository.setting(f"{_SECTION}.driver") == driver
    if not known:
        tools.repository.settle(f"{_SECTION}.name", _TITLE)
        tools.repository.settle(f"{_SECTION}.driver", driver)
    return SetupResult(attributes=attributes, changed=not (there and known))


def undo(tools: Tools) -> SetupResult:
    """Take both away again; a file that holds nothing else goes with the line. Raises GitFailed."""
    attributes, text = _attributes(tools)
    left = "".join(line for line in text.splitlines(keepends=True) if not _asks(line))
    there = left != text
    if there and left:
        tools.write(attributes, _encoded(left))
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
        return _asks(text) and not tools.repository.setting(f"{_SECTION}.driver")
    except GitFailed:
        return False


def _attributes(tools: Tools) -> tuple[Path, str]:
    """Return the file and its text; git reads bytes, so whatever is not UTF-8 in it comes back as it was."""
    path = tools.repository.top() / ".gitattributes"
    return path, (tools.read(str(path)) or b"").decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _asks(text: str) -> bool:
    """Say whether a line asks for the driver."""
    return any(line.removeprefix("\ufeff").strip() == _LINE for line in text.splitlines())
