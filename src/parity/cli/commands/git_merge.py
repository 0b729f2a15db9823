"""Merge `parity.lock` by meaning: what git calls where `parity git-setup` was run.

The result is written over OURS. Exit code 1 where both sides changed one package, each in its own way: OURS then has
our version of it, and `parity lock` settles the rest.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.findings import Finding
from parity.workflows import wiring_upkeep
from parity.workflows.git_merge import MergeResult, merge_files


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `parity git-merge`, in git's order (`%O %A %B %P`)."""
    parser.add_argument("base", metavar="BASE", type=Path, help="what both sides came from")
    parser.add_argument("ours", metavar="OURS", type=Path, help="our side, and where the result goes")
    parser.add_argument("theirs", metavar="THEIRS", type=Path, help="the other side")
    parser.add_argument("path", metavar="PATH", nargs="?", default="parity.lock", help="what the file is called")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Merge."""
    tools = wiring_upkeep.git_merge_tools(context.environ, context.directory)
    files = [context.directory / path for path in (arguments.base, arguments.ours, arguments.theirs)]
    result = merge_files(tools, *files)
    again = f"run `parity lock`, then `git add {arguments.path}`"
    return Answer(
        data={"path": arguments.path, "outdated": result.outdated, "clashes": len(result.clashes)},
        findings=tuple(_findings(result, again)),
        summary=f"{arguments.path}: both sides are in it; {again}" if result.ok and result.outdated else "",
        ok=result.ok,
    )


def _findings(result: MergeResult, again: str) -> Iterator[Finding]:
    for clash in result.clashes:
        where = f" on `{clash.where}`" if clash.where else ""
        yield Finding(
            code="merge-clash",
            severity="error",
            subject=clash.name,
            message=f"`{clash.name}`{where} is {_said(clash.ours)} on our side and {_said(clash.theirs)} on the other",
            hint=again,
        )
    for unmet in result.unmet:
        yield Finding(
            code="merge-unmet",
            severity="error",
            subject=unmet.name,
            message=f"{unmet.theirs} needs `{unmet.name}` on `{unmet.where}`, and there is {unmet.ours or 'none'}",
            hint=again,
        )
    if result.unread:
        yield Finding(
            code="merge-as-text",
            severity="error" if result.marked else "warning",
            subject="parity.lock",
            message=f"it was merged as text, since {result.unread}",
            hint=f"take either side of it as a whole, {again}" if result.marked else again,
        )


def _said(version: str) -> str:
    return f"`{version}`" if version else "not there"
