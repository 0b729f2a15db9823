"""Remove environments that nothing uses any more, and what killed processes left.

What stays: the newest generations of every project, what a `.venv` leads to, what a running program uses, and private
environments in which you have changed something. A project whose folder is gone has no generations any more. What is
kept for building environments is `parity cache`'s.

Environments disappear in one step, and a process in the background removes their files: it outlives the terminal, there
is never more than one, and one that was killed leaves the rest to the next collection. Where nothing goes on behind a
command, as when an image is built, `--wait` removes them before it returns.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.amounts import counted, size_text
from parity.core.errors import UsageError
from parity.workflows import wiring_upkeep
from parity.workflows.gc import KEEP, GcResult, collect, finish


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity gc`."""
    parser.add_argument(
        "--keep", type=int, default=KEEP, metavar="N", help=f"generations to keep of every project (default: {KEEP})"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--wait", action="store_true", help="return when the files are removed too")
    when.add_argument("--finish", action="store_true", help="only remove the files of what went earlier")
    parser.add_argument(
        "--discard", action="store_true", help="private environments too in which you have changed something"
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Collect what nobody reaches."""
    if arguments.keep < 1:
        raise UsageError("`--keep` takes a number from 1 on", hint="the current generation always stays")
    tools = wiring_upkeep.gc_tools(context.environ)
    if arguments.finish:
        return _answer(finish(tools), dry_run=False)
    result = collect(
        tools,
        keep=arguments.keep,
        dry_run=arguments.dry_run,
        discard=arguments.discard,
        wait=arguments.wait,
        reporter=context.reporter,
    )
    return _answer(result, dry_run=arguments.dry_run)


def _answer(result: GcResult, *, dry_run: bool) -> Answer:
    return Answer(
        data={
            "environments": list(result.environments),
            "leftovers": list(result.leftovers),
            "projects": list(result.projects),
            "generations": result.generations,
            "freed": result.freed,
            "kept": result.kept,
            "dry_run": dry_run,
            "background": result.background,
        },
        lines=(
            *(f"environment {key}" for key in result.environments),
            *(f"left over   {path}" for path in result.leftovers),
            *(f"project     {path}" for path in result.projects),
        ),
        findings=result.findings,
        summary=_summary(result, dry_run=dry_run),
    )


def _summary(result: GcResult, *, dry_run: bool) -> str:
    gone = len(result.environments)
    what = counted(gone, "environment")
    verb, frees = ("would remove", "would free") if dry_run else ("removed", "freed")
    more = f", {counted(result.generations, 'generation')}" if result.generations else ""
    size = size_text(result.freed)
    told = f"{size} are being freed in the background" if result.background else f"{frees} {size}"
    return f"{verb} {what}{more}, {result.kept} {'stays' if result.kept == 1 else 'stay'}: {told}"
