"""Make an environment of a file, of packages, or of both, with a name or an address of its own.

A FILE is an `environment.yml`, a `requirements.txt` or `.in`, a `pyproject.toml`, an `@EXPLICIT` list, or a
`parity.lock`; it is copied. A PACKAGE is a conda package, as in `python=3.12`.
"""

import argparse
import posixpath
import shlex
from pathlib import Path

from parity.cli.answers import Answer
from parity.cli.commands.sync import answer_of
from parity.cli.context import Context
from parity.cli.options import add_lock_options, add_named_options, wish_of
from parity.core.errors import UsageError
from parity.workflows import wiring
from parity.workflows.env_create import Created, Order, create
from parity.workflows.env_ingredients import Asked
from parity.workflows.env_packages import as_environment


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env create`."""
    parser.add_argument("packages", nargs="*", default=[], metavar="PACKAGE", help="a conda package to put into it")
    parser.add_argument("-f", "--file", action="append", default=[], metavar="FILE", help="what to make it of (repeat)")
    add_named_options(parser)
    parser.add_argument(
        "-c", "--channel", action="append", default=[], metavar="CHANNEL", help="where packages come from (repeat)"
    )
    parser.add_argument(
        "--pip", action="append", default=[], metavar="REQUIREMENT", help="a distribution of an index to add (repeat)"
    )
    parser.add_argument("--force", "-y", "--yes", action="store_true", help="replace the one that is there")
    add_lock_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Make the environment."""
    order = Order(
        asked=Asked(
            files=files_of(arguments, context),
            text=as_environment(arguments.packages, channels=arguments.channel, pip=arguments.pip),
        ),
        name=arguments.name,
        prefix=posixpath.normpath(context.directory / arguments.prefix) if arguments.prefix else "",
        replace=arguments.force,
    )
    tools = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
    return answer_of_created(create(tools, order, wish_of(arguments)))


def files_of(arguments: argparse.Namespace, context: Context) -> tuple[Path, ...]:
    """Return the whole paths of the files that are named. Raises UsageError for an address."""
    for file in arguments.file:
        if "://" in file:
            raise UsageError(f"`{file}` is an address, and parity reads files", hint="fetch it, and name the file")
    return tuple(context.directory / file for file in arguments.file)


def answer_of_created(created: Created) -> Answer:
    """Return what is to be said of an environment that was made."""
    answer = answer_of(created.ready, created.title)
    at_address = "/" in created.title
    usage = f"use it with `parity run {'-p' if at_address else '-n'} {shlex.quote(created.title)} COMMAND`"
    return Answer(
        data={
            "name": None if at_address else created.title,
            "prefix": created.title if at_address else None,
            **answer.data,
        },
        findings=answer.findings,
        summary=f"{answer.summary}\n{usage}",
    )
