"""`parity python list`."""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.interpreters import Interpreter
from parity.workflows import wiring, wiring_pythons
from parity.workflows.python import Listing, list_interpreters


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Show the interpreters of this machine, or with `--available` those that could be installed."""
    listing = list_interpreters(
        wiring.discovery(context.environ),
        context.directory,
        read=wiring.reader(),
        environ=context.environ,
        everything=arguments.all,
    )
    here = [{**each.to_dict(), "current": each == listing.current} for each in listing.interpreters]
    if arguments.available:
        return _available(arguments, context, listing, here)
    return Answer(
        data={"interpreters": here, "available": None},
        lines=aligned(_rows(listing.interpreters, listing.current)),
        findings=listing.findings,
        summary="" if here else "no Python is installed: `parity python install 3` fetches one",
    )


def _available(arguments: argparse.Namespace, context: Context, listing: Listing, here: Sequence[Any]) -> Answer:
    from parity.cli.commands.python.install import downloads_of  # noqa: PLC0415 - a plain list does without
    from parity.workflows.python_available import list_available  # noqa: PLC0415 - same

    offers = wiring_pythons.offers(context.environ, offline=context.offline, downloads=downloads_of(arguments, context))
    found = list_available(offers(), wiring_pythons.source_versions(), listing.interpreters, everything=arguments.all)
    rows = [
        (
            "*" if each.installed else "",
            title(each.interpreter),
            ", ".join([*(["prebuilt"] if each.prebuilt else []), *(["source"] if each.source else [])]),
        )
        for each in found
    ]
    return Answer(
        data={"interpreters": here, "available": [each.to_dict() for each in found]},
        lines=aligned(rows),
        summary="`*`: installed; `parity python install VERSION`, with `--build` from source",
    )


def title(each: Interpreter) -> str:
    """Return what a person calls an interpreter."""
    words: list[Any] = [each.version] if each.implementation == "cpython" else [each.implementation, each.version]
    words += ["free-threaded"] if each.free_threaded else []
    words += ["debug"] if each.debug else []
    return " ".join(words)


def aligned(rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return rows as lines with columns, the last of any width."""
    table = [*rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)][:-1]
    widths[:1] = [1]
    lines = ("  ".join([*map(str.ljust, row[:-1], widths), row[-1]]) for row in table)
    return tuple(lines)


def _rows(interpreters: Sequence[Interpreter], current: Interpreter | None) -> list[tuple[str, ...]]:
    return [("*" if each == current else "", title(each), each.source, each.name, each.path) for each in interpreters]
