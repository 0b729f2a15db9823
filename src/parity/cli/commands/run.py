"""Run a command in the environment, in sync first.

Everything after the command's name belongs to the command. A `.py` file is run by the environment's Python.
"""

import argparse
import sys
from pathlib import Path

from parity.cli.answers import Answer
from parity.cli.commands.lock import summary_of
from parity.cli.commands.sync import mode_of
from parity.cli.context import Context
from parity.cli.options import add_root_options, add_sync_options, root_of
from parity.cli.render.human import write_finding
from parity.core.errors import UsageError
from parity.workflows import project, quick, wiring
from parity.workflows.lock import Wish
from parity.workflows.ready import make_ready


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity run`."""
    add_root_options(parser)
    add_sync_options(parser)
    parser.add_argument("--no-sync", action="store_true", help="take the environment as it is")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND …", help="what to run")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Become the command; returns only where there is nothing to become."""
    command = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not command:
        raise UsageError("there is no command to run", hint="write it behind `parity run`, as in `parity run python`")
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    environment = project.current_environment(roots, root) if arguments.no_sync else in_sync(arguments, context, root)
    context.reporter.close()
    if command[0].endswith(".py"):
        command = ["python", *command]
    rows = roots.activation(environment)
    if roots.named.is_root(str(root)):
        rows = quick.called(rows, roots.named.title(str(root)))
    activated = quick.applied(rows, context.environ)
    status = wiring.replace_process(command, activated)
    sys.exit(status)


def in_sync(arguments: argparse.Namespace, context: Context, root: Path) -> str:
    """Return the environment of a folder, brought in sync first."""
    roots = wiring.roots(context.environ)
    settled = None if arguments.frozen else quick.settled_at(roots, str(root), context.environ)
    if settled is not None:
        return settled
    ready = make_ready(
        roots,
        root,
        Wish(),
        wiring.lock_tools(context.environ, root, offline=context.offline, reporter=context.reporter),
        wiring.sync_builder(context.environ, root, offline=context.offline),
        mode=mode_of(arguments),
        reporter=context.reporter,
    )
    context.reporter.close()
    if ready.locked and ready.locked.changed and not context.quiet:
        for finding in ready.locked.findings:
            write_finding(finding)
        if any(change.before for change in ready.locked.changes):  # what ran yesterday is another today
            sys.stderr.write(f"{summary_of(ready.locked)}\n")
    return ready.synced.environment
