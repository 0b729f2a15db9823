"""Switch this shell back to what the working directory says, after `parity activate`."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.activate import shell_of
from parity.cli.context import Context
from parity.core.activation.choice import unchosen


def configure(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to say."""
    del parser


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Answer what the shell is to evaluate. Raises ShellIntegrationMissing."""
    del arguments
    return Answer(data={"root": None}, lines=(unchosen(shell_of(context)),))
