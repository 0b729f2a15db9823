"""`parity python find`."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.python import requests_of
from parity.cli.context import Context
from parity.workflows import wiring
from parity.workflows.python import find_interpreter


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Print the path of the interpreter that answers; exit 1 where none does."""
    found = find_interpreter(
        requests_of([arguments.request]),
        wiring.discovery(context.environ),
        context.directory,
        inspect=wiring.inspector(context.environ),
    )
    return Answer(data=found.to_dict(), lines=(found.path,))
