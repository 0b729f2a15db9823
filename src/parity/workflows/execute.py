"""A program run in the environment, or with the version, that it was found in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.workflows import shims
from parity.workflows.quick import applied
from parity.workflows.which import Located, Tools, locate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Start = Callable[[Sequence[str], Mapping[str, str]], int]

_BRINGS_PROGRAMS = {"install", "uninstall"}


def execute(words: Sequence[str], tools: Tools, *, become: Start, run: Start) -> int:
    """Become a program, found as `locate` does, and return an exit code only where that cannot be done.

    pip is waited for where it brings or takes programs: their shims come and go with them. Raises what `locate` does.
    """
    found = locate(words[0], tools)
    command = [found.path, *words[1:]]
    environ = surroundings(found, tools)
    if not words[0].startswith("pip") or not _BRINGS_PROGRAMS & {*words[1:2]}:
        return become(command, environ)
    status = run(command, environ)
    shims.refresh(tools.made)
    return status


def surroundings(found: Located, tools: Tools) -> dict[str, str]:
    """Return the variables of a program: those of its environment, or its version's folder first on PATH."""
    if found.environment:
        return applied(tools.made.roots.activation(found.environment), tools.environ)
    if found.prefix:
        return applied([["prepend", "PATH", f"{found.prefix}/bin"]], tools.environ)
    return dict(tools.environ)
