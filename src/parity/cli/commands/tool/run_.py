"""Run a command-line tool in passing, without installing it.

Everything after the tool's name belongs to the tool. `--from` names the package where it is called otherwise.
"""

import argparse
import sys
from pathlib import Path

from parity.cli.answers import Answer
from parity.cli.commands.tool.install import add_making_options, request_of
from parity.cli.context import Context
from parity.core.errors import ProgramMissing, UsageError
from parity.workflows import quick, wiring, wiring_edits
from parity.workflows.tool import passing_environment


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity tool run`."""
    parser.add_argument("--from", default="", dest="package", metavar="PACKAGE", help="the package that brings it")
    add_making_options(parser)
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="TOOL …", help="what to run")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Become the tool; returns only where there is nothing to become."""
    if not arguments.words:
        raise UsageError("there is no tool to run", hint="name one, as in `parity tool run ruff check`")
    request = request_of(arguments, arguments.package or arguments.words[0])
    tools = wiring_edits.tool_tools(context.environ, offline=context.offline, reporter=context.reporter)
    environment = passing_environment(tools, request, context.environ)
    program = arguments.words[0] if arguments.package else request.name
    if not Path(environment, "bin", program).exists():
        brought = tools.programs_of(environment, request.name)
        hint = f"it brings {', '.join(f'`{name}`' for name in brought[:5])}" if brought else "it is a library"
        raise ProgramMissing(
            f"`{request.name}` brings no program `{program}`", hint=f"{hint}: `--from` names a package"
        )
    context.reporter.close()
    activated = quick.applied(tools.roots.activation(environment), context.environ)
    sys.exit(wiring.replace_process([program, *arguments.words[1:]], activated))
