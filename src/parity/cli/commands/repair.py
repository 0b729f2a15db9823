"""Put right what differs from the lock, and only that.

Every file is read; what is wrong is replaced from the cache, or fetched where the cache is wrong too. In a private
environment what you changed or added is kept, and only what is missing comes back.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.verify import as_locked
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.amounts import counted
from parity.core.verification import condensed
from parity.workflows import project, wiring, wiring_upkeep
from parity.workflows.repair import RepairResult, repair


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity repair`."""
    add_root_options(parser)
    parser.add_argument("--discard", action="store_true", help="in a private environment, undo your own changes too")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Repair an environment."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    with project.held(roots, root, context.reporter):
        project.refuse_foreign(roots, str(root))
        environment = project.current_environment(roots, root)
        tools = wiring_upkeep.repair_tools(context.environ, root, offline=context.offline, reporter=context.reporter)
        result = repair(tools, root, environment, discard=arguments.discard, reporter=context.reporter)
    return _answer(result)


def _answer(result: RepairResult) -> Answer:
    return Answer(
        data={
            "environment": result.environment,
            "key": result.key,
            "restored": list(result.restored),
            "removed": list(result.removed),
            "fetched": list(result.fetched),
            "rebuilt": result.rebuilt,
            "files": result.files,
        },
        findings=result.findings,
        condensed=condensed(result.findings),
        summary=f"{_done(result)}: {_verdict(result)}",
        ok=result.ok,
    )


def _done(result: RepairResult) -> str:
    if result.rebuilt:
        return "built anew"
    parts = [f"restored {_counted(result.restored)}"] if result.restored else []
    parts += [f"removed {_counted(result.removed)}"] if result.removed else []
    parts += [f"fetched {', '.join(result.fetched)} anew"] if result.fetched else []
    return ", ".join(parts) or "nothing to repair"


def _verdict(result: RepairResult) -> str:
    return as_locked(result.findings, result.files)


def _counted(paths: tuple[str, ...]) -> str:
    return f"`{paths[0]}`" if len(paths) == 1 else counted(len(paths), "file")
