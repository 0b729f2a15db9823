"""Make an environment one that may be written to, where it stands: a private copy, as with `parity sync --copy`.

Without a name it is that of the project around the working directory. `parity verify` shows what you change in it,
`parity sync --no-copy` goes back to the shared one.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.errors import UsageError
from parity.workflows import project, wiring, wiring_upkeep
from parity.workflows.unlock import unlock


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env unlock`."""
    parser.add_argument("environment", nargs="?", default="", metavar="NAME", help="the name of the environment")
    add_root_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Unlock it."""
    if arguments.environment and (arguments.name or arguments.prefix):
        raise UsageError("one environment can be named", hint="as in `parity env unlock NAME`, or with `-p PREFIX`")
    arguments.name = arguments.name or arguments.environment
    roots, root = wiring.roots(context.environ), root_of(arguments, context)
    with project.held(roots, root, context.reporter):
        rebuild = wiring_upkeep.rebuilder(context.environ, root, offline=context.offline, reporter=context.reporter)
        result = unlock(roots, root, rebuild=rebuild)
    title, options = project.title_of(roots, root), project.options_of(roots, root)
    was = "may be written to" if result.changed else "could be written to already"
    return Answer(
        data={
            "environment": result.environment,
            "key": result.key,
            "generation": result.generation,
            "changed": result.changed,
        },
        summary=f"{title} is {result.key}, which {was}\n"
        f"hint: `parity sync{options} --no-copy` goes back to the shared one",
    )
