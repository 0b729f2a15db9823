"""Say in one digest what is installed: the same on every machine that has this environment.

Every file is read. `--full` prints everything that the digest is of, for `parity diff`.
"""

import argparse
import json

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.workflows import project, wiring
from parity.workflows.fingerprint import take


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity fingerprint`."""
    parser.add_argument("--full", action="store_true", help="print everything that the digest is of, as JSON")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Take the fingerprint of the environment of the project around the working directory."""
    roots = wiring.roots(context.environ)
    root = project.find_root(roots, context.directory)
    environment = project.current_environment(roots, root)
    context.reporter.phase("reading every file")
    found = take(wiring.fingerprint_tools(context.environ), environment, str(root))
    full = found.to_dict() if arguments.full else None
    data = {"fingerprint": found.digest, "files": len(found.pieces)}
    return Answer(
        data={**data, "full": full} if full else data,
        lines=(json.dumps(full, indent=1),) if full else (found.digest,),
    )
