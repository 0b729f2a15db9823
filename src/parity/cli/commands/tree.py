"""Show the packages of the lock as a tree, conda's and PyPI's in one picture: what requires what.

`(*)` marks a package whose own tree is shown at another line.
"""

import argparse
from functools import partial
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.errors import UsageError
from parity.core.trees import Row, drawn
from parity.workflows import wiring, wiring_upkeep
from parity.workflows.tree import tree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `parity tree`."""
    add_root_options(parser)
    parser.add_argument(
        "package", metavar="PACKAGE", nargs="?", default="", help="the root of the tree (default: all asked for)"
    )
    parser.add_argument("--invert", action="store_true", help="who requires a package, not what it requires")
    parser.add_argument("--depth", type=_level, metavar="N", help="show N levels below a root")
    parser.add_argument(
        "--target", default="", metavar="NAME", help="which target of the lock (default: this machine's)"
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Draw the tree of the project around the working directory."""
    tools = wiring_upkeep.diff_tools(context.environ)
    target, rows = tree(
        root_of(arguments, context),
        tools.read,
        partial(wiring.names, context.environ),
        tools.host,
        tools.targets,
        package=arguments.package,
        target=arguments.target,
        inverted=arguments.invert,
        depth=arguments.depth,
    )
    return Answer(data={"target": target, "rows": [_data(row) for row in rows]}, lines=drawn(rows))


def _data(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "version": row.version,
        "kind": row.kind,
        "level": row.level,
        "needs": row.needs or None,
        "requested": row.requested,
        "repeated": row.repeated,
    }


def _level(word: str) -> int:
    if not word.isdecimal():
        raise UsageError(f"`{word}` is no number of levels", hint="write a whole number, such as `--depth 2`")
    return int(word)
