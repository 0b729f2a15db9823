"""Say what is different between two environments, what matters most first.

A and B are generations of `parity history`, locks, environments, projects, or files that `parity fingerprint --full`
wrote on another machine; B is the project's environment where it is left out.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.comparison import Difference
from parity.workflows import wiring
from parity.workflows.diff import diff

_MOST_FILES = 20  # on a terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity diff`."""
    parser.add_argument("before", metavar="A", help="a generation, lock, environment, project or fingerprint")
    parser.add_argument("after", metavar="B", nargs="?", default="", help="the same (default: the project's)")
    parser.add_argument("--target", default="", metavar="NAME", help="which target of a lock (default: this machine's)")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Compare two sides."""
    tools = wiring.diff_tools(context.environ)
    context.reporter.phase("reading both")
    found = diff(tools, context.directory, arguments.before, arguments.after, target=arguments.target)
    files = [each for each in found if each.kind == "file"]
    left_out = {each.name for each in files[_MOST_FILES:]}
    lines = [_line(each) for each in found if each.kind != "file" or each.name not in left_out]
    return Answer(
        data={"entries": [each.to_dict() for each in found]},
        lines=tuple(lines),
        summary=_summary(found, len(left_out)),
    )


def _line(each: Difference) -> str:
    name = "" if each.kind == each.name else f" {each.name}"
    return f"{each.kind:<11}{name}: {each.before or 'nothing'} → {each.after or 'nothing'}"


def _summary(found: tuple[Difference, ...], left_out: int) -> str:
    if not found:
        return "no difference"
    more = f" ({left_out} files more with `--json`)" if left_out else ""
    return f"{len(found)} difference{'s' if len(found) > 1 else ''}{more}"
