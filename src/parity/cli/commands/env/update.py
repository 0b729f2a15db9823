"""Add a file to what an environment is made of, or have it in its place (`--prune`).

A file that is among them already is taken anew. Of the lock stays what still fits. If anything goes wrong, the
environment is as it was.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.env.create import answer_of_created, files_of
from parity.cli.context import Context
from parity.cli.options import add_lock_options, add_named_options, root_of, wish_of
from parity.workflows import wiring
from parity.workflows.env_ingredients import Asked, Reader
from parity.workflows.env_update import update


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env update`."""
    parser.add_argument(
        "-f", "--file", action="append", required=True, metavar="FILE", help="what to add, as for `env create` (repeat)"
    )
    add_named_options(parser)
    parser.add_argument("--prune", action="store_true", help="what the files do not ask for goes")
    add_lock_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Update the environment that the options, else the file, name."""
    tools = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
    asked = Asked(files=files_of(arguments, context))
    if not (arguments.name or arguments.prefix):
        arguments.name = Reader(tools.read, asked, wish_of(arguments)).own_name()
    root = root_of(arguments, context)
    return answer_of_created(update(tools, root, asked, wish_of(arguments), prune=arguments.prune))
