"""Make, list and remove environments that belong to no project: by name (`-n`), or at an address (`-p`)."""

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
    "remove": Entry(_AT + "remove", "remove one: its name and its files, what others use stays"),
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
