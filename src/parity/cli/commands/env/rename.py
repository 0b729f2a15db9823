"""Give an environment another name. Its packages and its history stay as they are."""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.workflows import project, wiring
from parity.workflows.env_clone import rename


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env rename`."""
    parser.add_argument("source", metavar="SOURCE", help="the name of an environment, or its address (with a `/`)")
    parser.add_argument("name", metavar="NAME", help="what it is to be called")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Rename it."""
    tools = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
    where = "prefix" if "/" in arguments.source else "name"
    source = project.find_root(tools.roots, context.directory, **{where: arguments.source})
    rename(tools, source, arguments.name)
    return Answer(data={"name": arguments.name}, summary=f"{arguments.source} is {arguments.name} now")
