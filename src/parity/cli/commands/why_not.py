"""Show what keeps a version of a package out of the lock, and which changes to the manifests would let it in.

What stands in the way is the least of what the manifests ask for; each change is tried with the solvers that lock.
Nothing is written.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.workflows import wiring
from parity.workflows.why_not import Way, WhyNot, why_not

_MOST_CHANGES = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `parity why-not`."""
    add_root_options(parser)
    parser.add_argument("spec", metavar="SPEC", help='a package and its version, such as "numpy>=2"')
    parser.add_argument(
        "--target", default="", metavar="NAME", help="which target of the lock (default: this machine's)"
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Try it."""
    root = root_of(arguments, context)
    tools = wiring.lock_tools(context.environ, root, offline=context.offline, reporter=context.reporter)
    found = why_not(root, arguments.spec, tools, arguments.target)
    return Answer(data=_data(found), lines=tuple(_lines(found)), summary=_summary(found))


def _data(found: WhyNot) -> dict[str, Any]:
    return {
        "target": found.target,
        "asked": found.asked,
        "possible": found.possible,
        "version": found.version or None,
        "core": [{"requirement": text, "place": str(place)} for text, place in found.core],
        "reason": found.reason or None,
        "ways": [{"edits": list(way.edits), "changes": [each.to_dict() for each in way.changes]} for way in found.ways],
        "changes": [each.to_dict() for each in found.changes],
    }


def _lines(found: WhyNot) -> Iterator[str]:
    if found.possible:
        yield from (f"  {each.name}: {each.before or 'nothing'} → {each.after or 'nothing'}" for each in found.changes)
        return
    yield (
        f"`{found.asked}` cannot be had on `{found.target}` together with"
        if found.core
        else (f"`{found.asked}` cannot be had on `{found.target}`, whatever else is asked for")
    )
    yield from (f"  `{text}` ({place})" for text, place in found.core)
    yield "because"
    yield from (f"  {line.strip()}" for line in found.reason.splitlines())
    if found.ways:
        yield "these changes let it in, each was tried:"
    yield from (f"  {_way(way)}" for way in found.ways)


def _way(way: Way) -> str:
    listed = ", ".join(f"{each.name} {each.after or 'gone'}" for each in way.changes[:_MOST_CHANGES])
    more = f" and {len(way.changes) - _MOST_CHANGES} more" if len(way.changes) > _MOST_CHANGES else ""
    return f"{' and '.join(way.edits)} (the lock changes: {listed}{more})"


def _summary(found: WhyNot) -> str:
    if found.possible and not found.changes:
        return f"`{found.asked}` is so already: {found.version} is locked"
    if found.possible:
        return f"nothing stands in the way of `{found.asked}`: write it into a manifest and run `parity lock`"
    return "no change of one or two of these lets it in" if found.core and not found.ways else ""
