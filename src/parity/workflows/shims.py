"""Shims made what they should be: one for each program of what is installed, and what each version's name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.python_names import name_of, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from parity.core.interpreters import Interpreter
    from parity.engines.shells.shims import Shims
    from parity.engines.store.roots import Roots
    from parity.workflows.python import Discovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of shims. `pyenv` is pyenv's folder, `versions` what lies in it by name."""

    shims: Shims
    roots: Roots
    pyenv: str
    versions: Callable[[], Mapping[str, str]]
    discovered: Callable[[], Discovered]
    programs: Callable[[str], list[str]]
    own_programs: Callable[[str], list[str]]


def refresh(tools: Tools) -> int:
    """Make the shims anew from what is installed and return how many there are. Raises OSError."""
    prefixes = installed(tools)
    tools.shims.rebuild(
        _names(tools, prefixes), table(prefixes), pyenv=tools.pyenv, needed=lambda name: name in _names_now(tools)
    )
    return len(tools.shims.names())


def installed(tools: Tools) -> dict[str, str]:
    """Return the prefixes of all versions that shims know, by name: parity's own, pyenv's, uv's in this order."""
    return {**_of_source("uv", tools), **tools.versions(), **of_parity(tools)}


def of_parity(tools: Tools) -> dict[str, str]:
    """Return the prefixes of the versions that parity itself installed, by the names that pyenv would give them."""
    return _of_source("parity", tools)


def _of_source(source: str, tools: Tools) -> dict[str, str]:
    found = [each for each in tools.discovered().interpreters if each.source == source]
    return {name_of(each): _prefix(each) for each in reversed(found)}


def _names_now(tools: Tools) -> set[str]:
    return _names(tools, installed(tools))


def _names(tools: Tools, prefixes: Mapping[str, str]) -> set[str]:
    found = {name for prefix in prefixes.values() for name in tools.programs(f"{prefix}/bin")}
    return found.union(*(tools.own_programs(f"{environment}/bin") for environment in tools.roots.in_use()))


def _prefix(interpreter: Interpreter) -> str:
    return interpreter.path.rpartition("/bin/")[0]
