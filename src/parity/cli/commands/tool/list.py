"""Show the command-line tools that are installed, with their programs."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.tool.install import as_data
from parity.cli.context import Context
from parity.cli.render.table import aligned
from parity.workflows import wiring_edits
from parity.workflows.tool import installed


def configure(_parser: argparse.ArgumentParser) -> None:
    """Add nothing: all of them are shown."""


def run(_arguments: argparse.Namespace, context: Context) -> Answer:
    """List them."""
    tools = wiring_edits.tool_tools(context.environ, offline=context.offline, reporter=context.reporter)
    found = installed(tools)
    none = "" if found else "there are none: `parity tool install PACKAGE` installs one"
    return Answer(
        data={"tools": [as_data(tool) for tool in found]},
        lines=aligned((tool.name, tool.version, " ".join(tool.programs)) for tool in found),
        summary=none,
    )
