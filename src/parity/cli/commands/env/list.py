"""Show the environments that belong to no project: those with a name, and those at an address.

`*` marks the one that the shell works in.
"""

import argparse
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.render.table import aligned
from parity.core.amounts import counted, size_text
from parity.workflows import wiring
from parity.workflows.env_list import NamedEnvironment, list_environments


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env list`: there are none of its own."""
    parser.set_defaults()


def run(_arguments: argparse.Namespace, context: Context) -> Answer:
    """List them."""
    roots, environments = wiring.roots(context.environ), wiring.environments(context.environ)
    found = list_environments(roots, environments, context.environ)
    none = "there are none: `parity env create -n NAME -f FILE` makes one"
    return Answer(
        data={"environments": [data_of(each) for each in found]},
        lines=aligned(map(_row, found)),
        summary="" if found else none,
    )


def data_of(each: NamedEnvironment) -> dict[str, Any]:
    """Return one environment as `--json` has it."""
    return {
        "name": each.name or None,
        "prefix": each.prefix,
        "environment": each.environment or None,
        "key": each.environment.rpartition("/")[2] or None,
        "route": each.route or None,
        "python": each.python or None,
        "packages": each.packages,
        "size": each.size or None,
        "active": each.active,
        "broken": each.broken or None,
    }


def _row(each: NamedEnvironment) -> tuple[str, ...]:
    python = f"python {each.python}" if each.python else ""
    inside = each.broken or counted(each.packages, "package")
    return (
        "*" if each.active else " ",
        each.name,
        each.route,
        python,
        inside,
        size_text(each.size) if each.size else "",
        each.prefix,
    )
