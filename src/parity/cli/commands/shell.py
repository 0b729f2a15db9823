"""Start a shell in the environment, in sync first: for those who want no integration in their own.

It is `$SHELL`; `exit` leaves the environment.
"""

import argparse
import sys

from parity.cli.answers import Answer
from parity.cli.commands.run import environment_of
from parity.cli.context import Context
from parity.cli.options import add_root_options, add_sync_options, root_of
from parity.workflows import quick, wiring


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity shell`."""
    add_root_options(parser)
    add_sync_options(parser)
    parser.add_argument("--no-sync", action="store_true", help="take the environment as it is")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Become the user's shell; returns only where there is none to become."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    environment = environment_of(arguments, context, root)
    context.reporter.close()
    rows = roots.activation(environment)
    if roots.named.is_root(str(root)):
        rows = quick.called(rows, roots.named.title(str(root)))
    activated = quick.applied(rows, context.environ)
    # A shell that has the integration stays in this project wherever it goes.
    activated["PARITY_CHOSEN"] = str(root)
    sys.exit(wiring.replace_process([context.environ.get("SHELL") or "/bin/sh"], activated))
