"""What activating an environment changes: variables before and after become rows of `set`, `prepend` and `unset`.

Packages bring scripts that a shell has to run. They are run when the environment is built, twice and under different
callers; what came out the same both times holds for every caller, and nobody has to run them again.
"""

import re
from collections.abc import Iterable, Mapping

from parity.core.dataclass import dataclass

Row = tuple[str, ...]

_NOISE = frozenset({"_", "OLDPWD", "PWD", "SHLVL"})  # what any shell changes
_MENTION = re.compile(r"\$\{?[#!]?([A-Za-z_][A-Za-z0-9_]*)|\b([A-Z_][A-Z0-9_]+)\b")
_UNSET = re.compile(r"\bunset((?:[ \t]+[A-Za-z0-9_-]+)+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What is to be set in an environment, and the variables whose value depends on whoever activates it."""

    rows: tuple[Row, ...]
    varying: tuple[str, ...] = ()


def mentioned(scripts: Iterable[str]) -> frozenset[str]:
    """Return the variables that shell scripts look at, or may look at: too many rather than too few."""
    found: set[str] = set()
    for script in scripts:
        found.update(name for pair in _MENTION.findall(script) for name in pair if name)
        found.update(name for names in _UNSET.findall(script) for name in names.split() if name.isidentifier())
    return frozenset(found)


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Row]:
    """Return what leads from some variables to others, a row a variable.

    What is put before or behind a value, with a colon between, is put before it: that something is found matters more
    than whether it is found last.
    """
    rows: dict[str, Row] = {}
    for name in sorted({*before, *after} - _NOISE):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if new is None:
            rows[name] = ("unset", name)
        elif old and (added := _added(old, new)):
            rows[name] = ("prepend", name, added)
        else:
            rows[name] = ("set", name, new)
    return rows


def settle(plain: Mapping[str, Row], probed: Mapping[str, Row], probes: Iterable[str]) -> Activation:
    """Return what two callers have in common.

    `plain` is the difference for a caller who had set nothing of what the scripts look at, `probed` for one who had
    set all of it, to the values `probes`. Where the two disagree the plain one counts, and the variable is varying.
    """
    given = frozenset(probes)
    rows: list[Row] = []
    varying: list[str] = []
    for name in sorted({*plain, *probed}):
        first, second = plain.get(name), probed.get(name)
        if first is None and second is not None and second[-1] in given:
            continue  # the caller's value kept under another name, for the way back
        row = _common(first, second)
        if row is None:
            varying.append(name)
            row = first
        if row is not None:
            rows.append(row)
    return Activation(rows=tuple(rows), varying=tuple(varying))


def _added(old: str, new: str) -> str:
    head, found, tail = f":{new}:".partition(f":{old}:")
    return ":".join(filter(None, [head.strip(":"), tail.strip(":")])) if found else ""


def _common(first: Row | None, second: Row | None) -> Row | None:
    """Return the one row that says what both do, or None where there is none."""
    if first == second or second is None:
        return first if first == second else None
    if first is None:
        return second if second[0] == "unset" else None  # there was nothing that could have been taken away
    extends = (first[0], second[0]) == ("set", "prepend") and first[2].strip(":") == second[2]
    return second if extends else None
