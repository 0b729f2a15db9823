"""Make an environment of what another is made of, with its lock: the same packages, and no room for data."""

import argparse
import posixpath

from parity.cli.answers import Answer
from parity.cli.commands.env.create import answer_of_created
from parity.cli.context import Context
from parity.cli.options import add_named_options
from parity.core.errors import UsageError
from parity.workflows import project, wiring
from parity.workflows.env_clone import clone


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env clone`."""
    parser.add_argument("source", metavar="SOURCE", help="the name of an environment, or its address (with a `/`)")
    add_named_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Clone it."""
    if not (arguments.name or arguments.prefix):
        raise UsageError("the new environment has no name", hint="give it one with `-n NAME`, or an address with `-p`")
    tools = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
    where = "prefix" if "/" in arguments.source else "name"
    source = project.find_root(tools.roots, context.directory, **{where: arguments.source})
    prefix = posixpath.normpath(context.directory / arguments.prefix) if arguments.prefix else ""
    return answer_of_created(clone(tools, source, name=arguments.name, prefix=prefix))
