"""Make a kernel that follows the environment of the project, or of a named one.

It runs in what is locked when it starts. Jupyter itself may be installed anywhere; the environment has to have
`ipykernel`.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.workflows import wiring, wiring_shells
from parity.workflows.kernel import install_kernel


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity kernel install`."""
    add_root_options(parser)
    parser.add_argument("--called", default="", metavar="KERNEL", help="its name (default: the project's)")
    parser.add_argument("--display-name", default="", metavar="TEXT", help="what people see in their list of kernels")
    add_jupyter_options(parser)


def add_jupyter_options(parser: argparse.ArgumentParser) -> None:
    """Add what says where Jupyter looks."""
    parser.add_argument(
        "--jupyter",
        default="",
        metavar="PREFIX",
        help="the installation whose kernel it is (default: all of this user)",
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Make it and say what it is called."""
    kernel, folder = install_kernel(
        wiring.roots(context.environ),
        root_of(arguments, context),
        wiring_shells.kernels(context.environ, arguments.jupyter),
        name=arguments.called,
        display=arguments.display_name,
    )
    return Answer(
        data={"name": kernel.name, "display": kernel.display, "root": kernel.root, "path": str(folder)},
        summary=f'the kernel `{kernel.name}` runs in the environment of `{kernel.root}`: choose "{kernel.display}"',
    )
