"""Command-line tools, each in an environment of its own, with links to their programs in `~/.local/bin`."""

import argparse
from importlib import import_module
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.dispatch import LateParser, global_options
from parity.cli.registry import Entry

_AT = "parity.cli.commands.tool."

#: A verb's module has `configure(parser)` and `run(arguments, context) -> Answer`, as a command's has.
VERBS = {
    "run": Entry(_AT + "run_", "run a tool in passing", raw=True),
    "install": Entry(_AT + "install", "install a tool, with links to its programs"),
    "list": Entry(_AT + "list", "show the tools that are installed"),
    "upgrade": Entry(_AT + "upgrade", "take the newest versions that fit"),
    "uninstall": Entry(_AT + "uninstall", "remove a tool and the links to its programs"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands; the module of one is imported when it is the one that is typed."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=LateParser)
    everywhere: Any = [global_options(inner=True)]  # parents may be parsers of any kind
    for verb, entry in VERBS.items():
        verbs.add_parser(verb, help=entry.summary, parents=everywhere, module=entry.module, raw=entry.raw)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out a subcommand."""
    answer: Answer = import_module(VERBS[arguments.verb].module).run(arguments, context)
    return answer
