"""Print the words that a shell completes: names of packages, environments, Pythons or targets, one a line."""

import argparse
import os

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.workflows import wiring, wiring_shells
from parity.workflows.quick_words import KINDS, words


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `parity complete`."""
    parser.add_argument("kind", choices=KINDS, help="which words")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Print them."""
    roots = wiring.roots(context.environ)
    found = words(roots, os.fspath(context.directory), arguments.kind, lambda: wiring_shells.versions(context.environ))
    return Answer(data={"words": found}, lines=tuple(found))
