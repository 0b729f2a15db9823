"""Write what is locked in another tool's format, as `conda env export` does, and say what that format cannot hold.

The same as `parity export`, with `environment.yml` where no format is given.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.export import ENVIRONMENT_YML, add_export_options
from parity.cli.commands.export import run as run_export
from parity.cli.context import Context
from parity.cli.options import add_root_options


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env export`."""
    add_root_options(parser)
    add_export_options(parser, default=ENVIRONMENT_YML, output=["-f", "--file"])


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Export the lock of a named environment, or of the project around the working directory."""
    return run_export(arguments, context)
