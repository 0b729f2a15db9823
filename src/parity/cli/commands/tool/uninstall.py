"""Remove a command-line tool and the links to its programs."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.tool.install import as_data
from parity.cli.context import Context
from parity.workflows import wiring_edits
from parity.workflows.tool import uninstall


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity tool uninstall`."""
    parser.add_argument("tool", metavar="TOOL", help="which")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Remove it."""
    tools = wiring_edits.tool_tools(context.environ, offline=context.offline, reporter=context.reporter)
    gone = uninstall(tools, arguments.tool)
    return Answer(data=as_data(gone), summary=f"removed {gone.name} {gone.version}: {', '.join(gone.programs)}")
