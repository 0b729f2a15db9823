"""pyenv's own commands, over pyenv's own folder, as in `parity pyenv versions` and `parity pyenv local 3.12`.

They say what pyenv says, on the same streams, with the same exit codes; parity called by the name `pyenv` is the same.
`parity pyenv help` lists them.
"""

import argparse
import sys

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.workflows import wiring_shells
from parity.workflows.pyenv.commands import answer


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what belongs to pyenv."""
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND …", help="pyenv's command and its words")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Answer as pyenv does, and end with its exit code."""
    pyenv = wiring_shells.pyenv(context.environ, context.directory, offline=context.offline, reporter=context.reporter)
    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    reply = answer(pyenv, words)
    context.reporter.close()
    sys.stderr.write("".join(f"{line}\n" for line in reply.err))
    sys.stdout.write("".join(f"{line}\n" for line in reply.out))
    sys.stdout.flush()
    sys.exit(reply.code)
