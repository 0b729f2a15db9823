"""Take the newest versions that fit for a command-line tool, or for all of them."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.lock import shown
from parity.cli.commands.tool.install import as_data
from parity.cli.context import Context
from parity.workflows import wiring_edits
from parity.workflows.tool import Tool, installed, upgrade


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity tool upgrade`."""
    parser.add_argument("tools", nargs="*", default=[], metavar="TOOL", help="which (default: all)")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Upgrade them, one after the other."""
    tools = wiring_edits.tool_tools(context.environ, offline=context.offline, reporter=context.reporter)
    names = arguments.tools or [tool.name for tool in installed(tools)]
    done = [upgrade(tools, name) for name in names]
    data = [{**as_data(tool), "changes": [change.to_dict() for change in tool.changes]} for tool in done]
    return Answer(data={"tools": data}, summary="\n".join(map(_line, done)) or "there are no tools")


def _line(tool: Tool) -> str:
    moved = "".join(f"\n{shown(change)}" for change in tool.changes)
    return f"{tool.name} {tool.version}: {'upgraded' if moved else 'nothing newer fits'}{moved}"
