"""Write what is locked in another tool's format, and say what that format cannot hold.

The text goes to standard output, or into a file; what is lost goes to standard error.
"""

import argparse
from collections.abc import Sequence
from posixpath import basename

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.errors import UsageError
from parity.core.export.formats import FORMATS
from parity.workflows import project, wiring, wiring_formats
from parity.workflows.export import ExportResult, Order, export

ENVIRONMENT_YML = "environment.yml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity export`."""
    add_root_options(parser)
    add_export_options(parser, default="")


def add_export_options(parser: argparse.ArgumentParser, *, default: str, output: Sequence[str] = ()) -> None:
    """Add what decides what is written; without a default the format has to be given.

    `output` are further words for `--output`.
    """
    summaries = "; ".join(f"`{name}`: {each.summary}" for name, each in FORMATS.items())
    parser.add_argument(
        "--format",
        choices=sorted(FORMATS),
        default=default,
        required=not default,
        help=f"{summaries}{f' (default: `{default}`)' if default else ''}",
    )
    parser.add_argument("-o", "--output", *output, metavar="FILE", help="write into a file instead of standard output")
    parser.add_argument("--target", metavar="NAME", default="", help="the target to write, where the lock has several")
    parser.add_argument("--no-builds", action="store_true", help="versions without build strings (`environment.yml`)")
    parser.add_argument(
        "--from-history",
        action="store_true",
        help="what was asked for, and nothing that came along (`environment.yml`)",
    )
    parser.add_argument("--with-project", action="store_true", help="write down the project's own package too")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Export the lock of a project, or of a named environment."""
    for option, given in (("--no-builds", arguments.no_builds), ("--from-history", arguments.from_history)):
        if given and arguments.format != ENVIRONMENT_YML:
            raise UsageError(
                f"`{option}` is about `environment.yml`, and `--format` asks for `{arguments.format}`",
                hint=f"leave `{option}` out, or use `--format {ENVIRONMENT_YML}`",
            )
    roots, root = wiring.roots(context.environ), root_of(arguments, context)
    if FORMATS[arguments.format].files and roots.named.is_root(str(root)):
        title = project.title_of(roots, root)
        raise UsageError(
            f"a {arguments.format} is used beside the files of a project, and `{title}` has none",
            hint="make a folder a project of the same: `parity env export > environment.yml` in it, then `parity lock`",
        )
    output = context.directory / arguments.output if arguments.output else None
    order = Order(
        format=arguments.format,
        target=arguments.target,
        builds=not arguments.no_builds,
        history=arguments.from_history,
        own_package=arguments.with_project,
        name=basename(project.title_of(roots, root)) if arguments.name or arguments.prefix else "",
        output=output,
    )
    tools = wiring_formats.export_tools(context.environ, root, offline=context.offline, reporter=context.reporter)
    return _answer(export(root, order, tools), order)


def _answer(result: ExportResult, order: Order) -> Answer:
    return Answer(
        data={
            "format": order.format,
            "targets": list(result.targets),
            "name": result.name,
            "path": str(order.output) if order.output else None,
            "text": result.text,
        },
        lines=() if order.output else tuple(result.text.removesuffix("\n").split("\n")),
        findings=result.findings,
        summary=f"wrote `{order.output.name}`" if order.output else "",
    )
