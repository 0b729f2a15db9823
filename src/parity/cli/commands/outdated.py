"""Show which packages of the lock are behind: what the manifests allow now, and the newest there is.

What they allow is what `parity lock --upgrade` would take; nothing is written. With `--offline` the answer comes from
the caches.
"""

import argparse
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.cli.render.table import aligned
from parity.workflows import wiring
from parity.workflows.outdated import Outdated, outdated


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity outdated`."""
    add_root_options(parser)
    parser.add_argument(
        "--target", default="", metavar="NAME", help="which target of the lock (default: this machine's)"
    )
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 where something is behind")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Ask index and channels."""
    root = root_of(arguments, context)
    tools = wiring.lock_tools(context.environ, root, offline=context.offline, reporter=context.reporter)
    target, found = outdated(root, tools, arguments.target)
    heading = [("package", "locked", "allowed", "newest", "", "")] if found else []
    allowed = sum(each.allowed not in {"", each.version} for each in found)
    return Answer(
        data={"target": target, "packages": [_data(each) for each in found]},
        lines=aligned([*heading, *map(_row, found)]),
        summary=f"{len(found)} behind, {allowed} of them for `parity lock --upgrade`" if found else "nothing is behind",
        ok=not (found and arguments.exit_code),
    )


def _data(each: Outdated) -> dict[str, Any]:
    return {
        "name": each.name,
        "kind": each.kind,
        "version": each.version,
        "allowed": each.allowed or None,
        "newest": each.newest or None,
        "requested": each.requested,
    }


def _row(each: Outdated) -> tuple[str, ...]:
    return (
        each.name,
        each.version,
        each.allowed or "gone",
        each.newest or "unknown",
        each.kind,
        "asked for" if each.requested else "",
    )
