"""Command-line tools, each in an environment of its own, with links to their programs in `~/.local/bin`."""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.registry import Entry
from parity.cli.verbs import add_verbs, run_verb

_AT = "parity.cli.commands.tool."

VERBS = {
    "run": Entry(_AT + "run_", "run a tool in passing"),
    "install": Entry(_AT + "install", "install a tool, with links to its programs"),
    "list": Entry(_AT + "list", "show the tools that are installed"),
    "upgrade": Entry(_AT + "upgrade", "take the newest versions that fit"),
    "uninstall": Entry(_AT + "uninstall", "remove a tool and the links to its programs"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    add_verbs(parser, VERBS)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out a subcommand."""
    return run_verb(VERBS, arguments, context)
