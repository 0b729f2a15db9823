"""Show, prove and clean what is kept for the next environment.

Everything in the caches can be fetched or made again, and environments stay whole without them.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.dispatch import global_options
from parity.core.amounts import counted, size_text
from parity.workflows import wiring_upkeep
from parity.workflows.cache import clean_cache, verify_cache


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    everywhere = [global_options(inner=True)]
    told = verbs.add_parser("info", parents=everywhere, help="show how much is there", description=_info.__doc__)
    told.set_defaults(carry_out=_info)
    proven = verbs.add_parser("verify", parents=everywhere, help="read every file", description=_verify.__doc__)
    proven.add_argument("--drop", action="store_true", help="remove what is wrong, so that it is fetched anew")
    proven.set_defaults(carry_out=_verify)
    cleaned = verbs.add_parser(
        "clean", parents=everywhere, help="remove what no environment uses", description=_clean.__doc__
    )
    cleaned.add_argument("--all", action="store_true", help="remove what environments use too")
    cleaned.set_defaults(carry_out=_clean)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out a subcommand."""
    answer: Answer = arguments.carry_out(arguments, context)
    return answer


def _info(_arguments: argparse.Namespace, context: Context) -> Answer:
    """Show how much is there: what it takes on the disk, shared files counted once."""
    tools = wiring_upkeep.cache_tools(context.environ)
    rooms = tools.rooms()
    total = sum(room.bytes for room in rooms)
    return Answer(
        data={"path": tools.folder, "bytes": total, "rooms": [room._asdict() for room in rooms]},
        lines=tuple(
            f"{room.name:<12}  {size_text(room.bytes):>9}  {room.files:>7} {'file' if room.files == 1 else 'files'}"
            for room in rooms
        ),
        summary=f"{size_text(total)} in {tools.folder}",
    )


def _verify(arguments: argparse.Namespace, context: Context) -> Answer:
    """Read every file of every unpacked package; exit 1 where one is not what it was."""
    result = verify_cache(wiring_upkeep.cache_tools(context.environ), drop=arguments.drop, reporter=context.reporter)
    wrong = len(result.findings)
    whole = counted(result.trees, "tree is", "trees are")
    verdict = f"{wrong} of {whole} corrupt" if wrong else f"{whole} as published"
    return Answer(
        data={"trees": result.trees, "corrupt": wrong, "dropped": list(result.dropped)},
        findings=result.findings,
        summary=f"{verdict}, {len(result.dropped)} dropped" if result.dropped else verdict,
        ok=result.ok,
    )


def _clean(arguments: argparse.Namespace, context: Context) -> Answer:
    """Remove what no environment uses, and what uv has fetched."""
    tools = wiring_upkeep.cache_tools(context.environ)
    result = clean_cache(tools, everything=arguments.all, reporter=context.reporter)
    return Answer(
        data={"trees": result.trees, "freed": result.freed},
        summary=f"removed {counted(result.trees, 'tree')}: freed {size_text(result.freed)}",
    )
