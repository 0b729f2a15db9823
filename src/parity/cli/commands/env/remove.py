"""Remove an environment that belongs to no project: its name or link, what it was made of, and its history.

Its packages stay in the store until nothing uses them and they are collected.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_named_options, root_of
from parity.core.errors import UsageError
from parity.workflows import wiring
from parity.workflows.env_remove import remove_environment


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env remove`."""
    parser.add_argument("environment", nargs="?", default="", metavar="NAME", help="the name of the environment")
    add_named_options(parser)
    parser.add_argument("-y", "--yes", action="store_true", help="ask nothing (parity never does)")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Remove it."""
    given = [word for word in (arguments.environment, arguments.name, arguments.prefix) if word]
    if len(given) != 1:
        raise UsageError("one environment has to be named", hint="as in `parity env remove NAME`, or with `-p PREFIX`")
    arguments.name = arguments.name or arguments.environment
    root = root_of(arguments, context, unlinked=True)
    title = remove_environment(wiring.roots(context.environ), root, context.reporter)
    return Answer(
        data={"name": None if arguments.prefix else title, "prefix": title if arguments.prefix else None},
        summary=f"removed {title}; its packages stay in the store as long as they are used",
    )
