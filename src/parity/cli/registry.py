"""Every command, as a table: help is shown without importing one of them.

A command's module has `configure(parser)` and `run(arguments, context) -> Answer`.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """Where a command lives and what it does, in the words of `parity --help`."""

    module: str
    summary: str


_AT = "parity.cli.commands."

COMMANDS = {
    "lock": Entry(_AT + "lock", "write down everything that decides bytes: manifests → parity.lock"),
    "sync": Entry(_AT + "sync", "make the environment what the lock says: parity.lock → .venv"),
    "run": Entry(_AT + "run", "run a command in the environment, in sync first"),
    "list": Entry(_AT + "list", "show what is in the environment, and who asked for it"),
    "verify": Entry(_AT + "verify", "prove that what is on disk is what was locked"),
    "exec": Entry(_AT + "exec", "run a program as its shim would: the project's, or the pinned version's"),
    "which": Entry(_AT + "which", "say which program a name means here, and who chose it"),
    "python": Entry(_AT + "python", "list, find and install interpreters"),
}
