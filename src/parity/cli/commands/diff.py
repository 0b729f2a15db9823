"""Say what is different between two environments, what matters most first.

A and B are generations of `parity history`, locks, environments, projects, or files that `parity fingerprint --full`
wrote on another machine; B is the project's environment where it is left out. With `-n NAME` or `-p PREFIX` they are
generations of that environment, and B is what it is now; given twice, the two are compared.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_several_roots_options, roots_of
from parity.core.comparison import Difference
from parity.core.errors import UsageError
from parity.workflows import wiring_upkeep
from parity.workflows.diff import diff

_MOST_FILES = 20  # on a terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity diff`."""
    add_several_roots_options(parser)
    parser.add_argument(
        "before", metavar="A", nargs="?", default="", help="a generation, lock, environment, project or fingerprint"
    )
    parser.add_argument("after", metavar="B", nargs="?", default="", help="the same (default: the project's)")
    parser.add_argument("--target", default="", metavar="NAME", help="which target of a lock (default: this machine's)")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Compare two sides."""
    tools = wiring_upkeep.diff_tools(context.environ)
    sides = [word for word in (arguments.before, arguments.after) if word]
    roots = roots_of(arguments, context)
    if len(roots) + len(sides) > 2 and len(roots) != 1:  # noqa: PLR2004 - a comparison has two sides
        raise UsageError("a comparison has two sides", hint="name two of them, as in `parity diff -n one -n two`")
    if not roots and not sides:
        raise UsageError("nothing is named to compare with", hint="name a generation of `parity history`, or `-n NAME`")
    context.reporter.phase("reading both")
    found = diff(tools, context.directory, sides, roots, target=arguments.target)
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
