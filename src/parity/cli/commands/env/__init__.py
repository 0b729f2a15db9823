"""Environments that belong to no project: each has a name (`-n`), or an address of your choice (`-p`)."""

import argparse
from importlib import import_module
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.dispatch import LateParser, global_options
from parity.cli.registry import Entry

_AT = "parity.cli.commands.env."

#: A verb's module has `configure(parser)` and `run(arguments, context) -> Answer`, as a command's has.
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
    """Add the subcommands; the module of one is imported when it is the one that is typed."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=LateParser)
    everywhere: Any = [global_options(inner=True)]  # parents may be parsers of any kind
    for verb, entry in VERBS.items():
        verbs.add_parser(verb, help=entry.summary, parents=everywhere, module=entry.module)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out a subcommand."""
    answer: Answer = import_module(VERBS[arguments.verb].module).run(arguments, context)
    return answer
