"""Show what is in the environment, and who asked for it."""

import argparse
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.amounts import size_text
from parity.workflows import project, wiring
from parity.workflows.list import Listed, list_packages


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity list`."""
    add_root_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """List what is in an environment."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    environment = project.current_environment(roots, root)
    listed = list_packages(wiring.environments(context.environ), environment, wiring.reader(), root)
    return Answer(data={"packages": [_data(each) for each in listed]}, lines=_table(listed))


def _data(each: Listed) -> dict[str, Any]:
    return {
        "name": each.name,
        "version": each.version or None,
        "kind": each.kind,
        "build": each.build or None,
        "channel": each.channel or None,
        "sha256": each.sha256 or None,
        "size": each.size or None,
        "requested": each.requested,
        "required_by": list(each.required_by),
    }


def _table(listed: list[Listed]) -> tuple[str, ...]:
    rows = [
        (each.name, each.version, each.build, each.channel, size_text(each.size) if each.size else "", _asked(each))
        for each in listed
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    return tuple(_line(row, widths) for row in rows)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    """Return one line of the table; a column in which nobody has anything is left out."""
    *words, size, asked = row
    cells = [f"{word:<{width}}" for word, width in zip(words, widths, strict=False) if width]
    return "  ".join([*cells, f"{size:>{widths[-1]}}", asked]).rstrip()


def _asked(each: Listed) -> str:
    by = [*(["asked for"] if each.requested else []), *each.required_by]
    return ", ".join(by)
