"""Remove a kernel that parity has made; the environment stays."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.kernel.install import add_jupyter_options
from parity.cli.context import Context
from parity.workflows import wiring_shells
from parity.workflows.kernel import remove_kernel


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity kernel uninstall`."""
    parser.add_argument("kernel", metavar="KERNEL", help="its name, as `parity kernel list` shows it")
    add_jupyter_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Remove it."""
    remove_kernel(wiring_shells.kernels(context.environ, arguments.jupyter), arguments.kernel)
    return Answer(data={"name": arguments.kernel}, summary=f"removed the kernel `{arguments.kernel}`")
