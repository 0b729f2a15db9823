"""Say in one digest what is installed: the same on every machine that has this environment.

Every file is read. `--full` prints everything that the digest is of, for `parity diff`.
"""

import argparse
import json

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.workflows import project, wiring, wiring_upkeep
from parity.workflows.fingerprint import take


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity fingerprint`."""
    add_root_options(parser)
    parser.add_argument("--full", action="store_true", help="print everything that the digest is of, as JSON")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Take the fingerprint of an environment."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    environment = project.current_environment(roots, root)
    context.reporter.phase("reading every file")
    found = take(wiring_upkeep.fingerprint_tools(context.environ), environment, str(root))
    full = found.to_dict() if arguments.full else None
    data = {"fingerprint": found.digest, "files": len(found.pieces)}
    return Answer(
        data={**data, "full": full} if full else data,
        lines=(json.dumps(full, indent=1),) if full else (found.digest,),
    )
