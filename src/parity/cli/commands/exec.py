"""Run a program as its shim would: the project's environment's, the pinned version's, or the system's.

Nothing is brought in sync first: that is `parity run`. Everything after the program's name belongs to it.
"""

import argparse
import sys

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.errors import UsageError
from parity.workflows import execute, wiring, wiring_shells


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what is to be run."""
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="PROGRAM …", help="what to run")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Become the program; returns only where there is nothing to become."""
    words: list[str] = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        raise UsageError("there is no program to run", hint="write it behind `parity exec`, as in `parity exec python`")
    tools = wiring_shells.which_tools(context.environ, context.directory)
    sys.exit(execute.execute(words, tools, become=wiring.replace_process, run=wiring_shells.run_child))
