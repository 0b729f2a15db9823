"""Show the kernels that parity has made, and whose environment each follows."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.kernel.install import add_jupyter_options
from parity.cli.context import Context
from parity.workflows import wiring_shells


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity kernel list`."""
    add_jupyter_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """List them by name."""
    found = wiring_shells.kernels(context.environ, arguments.jupyter).all()
    return Answer(
        data={"kernels": [{"name": each.name, "display": each.display, "root": each.root} for each in found]},
        lines=tuple(f"{each.name}  {each.display}  {each.root}" for each in found),
        summary="" if found else "parity has made no kernel yet: `parity kernel install`",
    )
