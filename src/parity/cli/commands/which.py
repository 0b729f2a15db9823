"""Say which program a name means here, and who chose it: a project's environment, a pin, or the system's PATH."""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.workflows import wiring_shells
from parity.workflows.which import locate, whence


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity which`."""
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("--all", action="store_true", help="every installed version that has it, by name")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Answer where the program is; exit 127 where it is nowhere."""
    tools = wiring_shells.which_tools(context.environ, context.directory)
    if arguments.all:
        found = whence(arguments.program, tools)
        versions = [{"version": name, "path": path} for name, path in found]
        return Answer(data=_data("", versions=versions), lines=tuple(name for name, _ in found), ok=bool(found))
    located = locate(arguments.program, tools)
    data = _data(
        located.path, version=located.version, origin=located.origin, environment=located.environment, versions=[]
    )
    return Answer(data=data, lines=(located.path,))


def _data(
    path: str, *, versions: list[dict[str, str]], version: str = "", origin: str = "", environment: str = ""
) -> dict[str, object]:
    return {
        "path": path or None,
        "version": version or None,
        "origin": origin or None,
        "environment": environment or None,
        "versions": versions,
    }
