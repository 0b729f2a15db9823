"""The integration of each shell: a script beside this module, and how that shell writes a text as one word.

Part of every shell's start: imports only what costs nothing.
"""

from __future__ import annotations

import os
import sys

from parity.core.activation.guarded import GUARDED

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable

SHELLS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "nu": "nu", "nushell": "nu", "powershell": "ps1", "pwsh": "ps1"}


def integration(shell: str, home: str, place: str, search_path: str) -> str:
    """Return what a shell reads to work with parity. Raises KeyError for a shell that there is none for.

    `home` is the store's folder, `place` how its roots name a project's link, `search_path` where the shell finds
    programs: where `parity` is not among them, this very Python is asked for it.
    """
    ending = SHELLS[shell]
    with open(os.path.join(os.path.dirname(__file__), f"hook.{ending}"), encoding="utf-8") as file:
        text = file.read()
    quote = _QUOTES[ending]
    on_path = any(os.access(os.path.join(folder, "parity"), os.X_OK) for folder in search_path.split(os.pathsep))
    command = _NAMES.get(ending, "parity") if on_path else f"{quote(sys.executable)} -P -m parity"
    values = {"store": quote(home), "place": place, "guarded": " ".join(GUARDED), "parity": command}
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _posix(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _nu(text: str) -> str:
    """Return a raw string: the only one of nushell's that takes quotes and backslashes as they are."""
    marks = "#"
    while f"'{marks}" in text:
        marks += "#"
    return f"r{marks}'{text}'{marks}"


def _powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# where a function has the name of the program
_NAMES = {"ps1": "(Get-Command -CommandType Application parity)[0]"}

_QUOTES: dict[str, Callable[[str], str]] = {
    "bash": _posix,
    "zsh": _posix,
    "fish": _fish,
    "nu": _nu,
    "ps1": _powershell,
}
