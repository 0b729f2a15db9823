"""What activating an environment changes, as a script that a POSIX shell reads by itself: the shims' way."""

import re
from collections.abc import Iterable, Sequence

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


ENVIRONMENT = "__parity_environment"


def script(environment: str, rows: Iterable[Sequence[str]]) -> str:
    """Return rows of `set`, `prepend` and `unset` as lines of POSIX `sh`; the first names the environment's folder.

    Names that no shell has a variable for are left out: nothing that a shell starts could be given them.
    """
    lines = [_line(*row) for row in rows if _VARIABLE.fullmatch(row[1])]
    return "".join(f"{line}\n" for line in [f"{ENVIRONMENT}={quoted(environment)}", *lines])


def quoted(text: str) -> str:
    """Return a text as one word of POSIX `sh`, whatever is in it."""
    return "'" + text.replace("'", "'\\''") + "'"


def _line(action: str, name: str, value: str = "") -> str:
    if action == "unset":
        return f"unset {name}"
    behind = f'"${{{name}:+:${name}}}"' if action == "prepend" else ""
    return f"{name}={quoted(value)}{behind}; export {name}"
