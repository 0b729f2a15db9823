"""Environments that belong to no project: each has a name (`-n`), or an address of your choice (`-p`)."""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.registry import Entry
from parity.cli.verbs import add_verbs, run_verb

_AT = "parity.cli.commands.env."

VERBS = {
    "create": Entry(_AT + "create", "make an environment of a file, or of packages"),
    "list": Entry(_AT + "list", "show the environments that belong to no project"),
    "info": Entry(_AT + "info", "show what one is made of, and where it is"),
    "update": Entry(_AT + "update", "add a file to what one is made of, or have it in its place"),
    "clone": Entry(_AT + "clone", "make one of what another is made of, with its lock"),
    "rename": Entry(_AT + "rename", "give one another name"),
    "remove": Entry(_AT + "remove", "remove one; its packages stay in the store as long as they are used"),
    "unlock": Entry(_AT + "unlock", "make one that may be written to, a private copy"),
    "config": Entry(_AT + "config", "set, show and forget variables of one"),
    "export": Entry(_AT + "export", "write what is locked in another tool's format"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    add_verbs(parser, VERBS)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out a subcommand."""
    return run_verb(VERBS, arguments, context)
