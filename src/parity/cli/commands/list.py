"""Show what is in the environment, and who asked for it."""

import argparse
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.render.sizes import shown
from parity.workflows import project, wiring
from parity.workflows.list import Listed, list_packages


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity list`: there are none of its own."""
    parser.set_defaults()


def run(_arguments: argparse.Namespace, context: Context) -> Answer:
    """List the environment of the project around the working directory."""
    roots = wiring.roots(context.environ)
    root = project.find_root(roots, context.directory)
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
        (each.name, each.version, each.build, each.channel, shown(each.size) if each.size else "", _asked(each))
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
