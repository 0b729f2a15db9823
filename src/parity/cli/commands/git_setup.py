"""Have git merge `parity.lock` by meaning in this clone: what two branches changed independently is united.

Writes the line `parity.lock merge=parity` into `.gitattributes`, which is committed for all, and the driver into this
clone's own settings, which everybody does once.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.workflows import wiring_upkeep
from parity.workflows.git_setup import set_up, undo


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity git-setup`."""
    parser.add_argument("--undo", action="store_true", help="take both away again")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Set git up, or undo that."""
    tools = wiring_upkeep.git_setup_tools(context.environ, context.directory)
    result = undo(tools) if arguments.undo else set_up(tools)
    done = "no longer merges" if arguments.undo else "merges"
    state = "" if result.changed else " already" if not arguments.undo else ""
    commit = "; commit `.gitattributes`" if result.changed else ""
    return Answer(
        data={"attributes": str(result.attributes), "changed": result.changed},
        summary=f"git {done} `parity.lock` by meaning in this clone{state}{commit}",
    )
