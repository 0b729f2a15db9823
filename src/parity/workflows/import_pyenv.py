"""From pyenv to parity: nothing is copied or converted, its versions and pins are used where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.activation.startup import line_of_ours, rewritten
from parity.core.dataclass import dataclass
from parity.workflows import shims

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

# the files that a shell reads at its start, and the line that gives it parity's integration
_FILES = {
    ".bashrc": 'eval "$(parity hook bash)"',
    ".bash_profile": 'eval "$(parity hook bash)"',
    ".profile": 'eval "$(parity hook bash)"',
    ".zshrc": 'eval "$(parity hook zsh)"',
    ".zprofile": 'eval "$(parity hook zsh)"',
    ".config/fish/config.fish": "parity hook fish | source",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What parity uses of pyenv's: versions, the global pin; the lines of start-up files that it takes the place of.

    `line` is parity's own; `there` is where it stands already, in the form `path:line`, empty where it does not.
    """

    root: str
    versions: tuple[str, ...]
    pinned: tuple[str, ...]
    lines: tuple[tuple[str, int], ...]
    line: str
    there: str
    written: bool


def import_pyenv(
    tools: shims.Tools,
    home: Path,
    *,
    pinned: Sequence[str],
    read: Callable[[Path], str | None],
    write: Callable[[Path, str], None],
    rewrite: bool,
) -> Taken:
    """Make shims for pyenv's versions, and find pyenv's lines in the user's start-up files; `rewrite` replaces them.

    Raises OSError.
    """
    shims.refresh(tools)
    found: list[tuple[str, int]] = []
    line, there = _FILES[".bashrc"], ""
    for name, ours in _FILES.items():
        text = read(home / name)
        number = line_of_ours(text or "")
        there = there or (f"{home / name}:{number}" if number else "")
        changed = rewritten(text, ours) if text is not None else None
        if changed is None or not changed.lines:
            continue
        found += [(str(home / name), number) for number in changed.lines]
        line = ours
        if rewrite:
            write(home / name, changed.text)
    return Taken(
        root=tools.pyenv,
        versions=tuple(tools.versions()),
        pinned=tuple(pinned),
        lines=tuple(found),
        line=line,
        there=there,
        written=rewrite and bool(found),
    )
