"""Kernels for Jupyter that follow an environment: notebooks run in what the project has locked."""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.registry import Entry
from parity.cli.verbs import add_verbs, run_verb

_AT = "parity.cli.commands.kernel."

VERBS = {
    "install": Entry(_AT + "install", "make one for the project, or for a named environment"),
    "list": Entry(_AT + "list", "show those that parity has made"),
    "uninstall": Entry(_AT + "uninstall", "remove one that parity has made"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    add_verbs(parser, VERBS)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out a subcommand."""
    return run_verb(VERBS, arguments, context)
