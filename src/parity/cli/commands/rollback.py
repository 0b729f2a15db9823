"""Go back to an environment that the project had, and stay there until the next `parity sync`.

N is a generation of `parity history`; without it, the one before. `parity run` takes what is held and says so once.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.workflows import project, quick, wiring, wiring_upkeep
from parity.workflows.rollback import RollbackResult, rollback


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity rollback`."""
    add_root_options(parser)
    parser.add_argument("number", nargs="?", type=int, metavar="N", help="the generation (default: the one before)")
    parser.add_argument("--lock", action="store_true", help="write that generation's lock back to `parity.lock` too")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Roll back an environment."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    with project.held(roots, root, context.reporter):
        result = rollback(
            roots,
            root,
            arguments.number,
            rebuild=wiring_upkeep.rebuilder(context.environ, root, offline=context.offline, reporter=context.reporter),
            write=wiring.writer() if arguments.lock else None,
        )
    return _answer(result, project.title_of(roots, root), f"parity sync{quick.meant(roots, str(root))}")


def _answer(result: RollbackResult, title: str, again: str) -> Answer:
    how = "built again from its lock" if result.rebuilt else f"held until the next `{again}`"
    lock = ", parity.lock with it" if result.lock else ""
    what = f"back at generation {result.origin}" if result.changed else f"generation {result.origin} is held"
    return Answer(
        data={
            "environment": result.environment,
            "key": result.key,
            "generation": result.generation,
            "origin": result.origin,
            "changed": result.changed,
            "rebuilt": result.rebuilt,
            "lock": result.lock,
        },
        summary=f"{what}{lock}: {title} is {result.key} ({how})",
    )
