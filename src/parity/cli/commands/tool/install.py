"""Install a command-line tool in an environment of its own, with links to its programs.

Installed again, it becomes what is asked for now. What stands in the folder of programs is never written over.
"""

import argparse
import os

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.errors import UsageError
from parity.core.findings import Finding
from parity.workflows import wiring_edits
from parity.workflows.tool import Request, Tool, install


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity tool install`."""
    parser.add_argument("package", metavar="PACKAGE", help="the package that brings it, as in `ruff` or `ruff<1`")
    add_making_options(parser)


def add_making_options(parser: argparse.ArgumentParser) -> None:
    """Add what says what a tool's environment is made of."""
    parser.add_argument(
        "--with", action="append", default=[], dest="more", metavar="PACKAGE", help="have this beside it (repeat)"
    )
    parser.add_argument("--conda", action="store_true", help="it is a conda package")
    parser.add_argument(
        "-c", "--channel", action="append", default=[], metavar="CHANNEL", help="its channel (repeat; with `--conda`)"
    )


def request_of(arguments: argparse.Namespace, word: str) -> Request:
    """Return which tool is meant. Raises UsageError for a channel without `--conda`."""
    if arguments.channel and not arguments.conda:
        raise UsageError("a channel has conda packages", hint="say `--conda` too")
    channels = tuple(arguments.channel)
    return Request(word=word, more=tuple(arguments.more), conda=arguments.conda, channels=channels)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Install it."""
    tools = wiring_edits.tool_tools(context.environ, offline=context.offline, reporter=context.reporter)
    tool = install(tools, request_of(arguments, arguments.package))
    on_path = tool.folder in context.environ.get("PATH", "").split(os.pathsep)
    summary = f"installed {tool.name} {tool.version}: {', '.join(tool.programs)} in {tool.folder}"
    return Answer(data=as_data(tool), findings=() if on_path else (_off_path(tool),), summary=summary)


def as_data(tool: Tool) -> dict[str, object]:
    """Return a tool as `--json` has it."""
    return {"name": tool.name, "version": tool.version, "programs": list(tool.programs), "folder": tool.folder}


def _off_path(tool: Tool) -> Finding:
    return Finding(
        code="folder-off-path",
        severity="warning",
        subject=tool.folder,
        message=f"`{tool.folder}` is not on PATH, so that `{tool.programs[0]}` is not found by its name",
        hint=f'add it in your shell\'s settings: `export PATH="{tool.folder}:$PATH"`',
    )
