"""Make the environment what the lock says: parity.lock → .venv.

Locks first where there is no lock that answers the manifests.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from parity.cli.answers import Answer
from parity.cli.commands.lock import summary_of
from parity.cli.context import Context
from parity.cli.options import add_lock_options, add_root_options, add_sync_options, root_of, wish_of
from parity.core.amounts import counted
from parity.core.errors import UsageError
from parity.workflows import project, wiring
from parity.workflows.lock import Wish
from parity.workflows.ready import Mode, Ready, make_ready


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity sync`."""
    add_root_options(parser)
    add_sync_options(parser)
    parser.add_argument("--no-project", action="store_true", help="leave the project's own package out")
    copies = parser.add_mutually_exclusive_group()
    copies.add_argument("--copy", action="store_true", help="make a private environment that may be written to")
    copies.add_argument("--no-copy", action="store_true", help="go back to the shared, read-only environment")
    parser.add_argument("--move-aside", action="store_true", help="rename a `.venv` that parity did not make")
    add_lock_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Sync the project around the working directory."""
    wish = wish_of(arguments, context)
    if arguments.frozen and replace(wish, targets=()) != Wish():
        raise UsageError("`--frozen` takes the lock as it is", hint="leave out `--frozen`, or what is to be locked")
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context, unlinked=True)
    moved = roots.move_aside(str(root)) if arguments.move_aside else ""
    ready = in_sync(
        arguments,
        context,
        root,
        wish=wish,
        private=True if arguments.copy else False if arguments.no_copy else None,
        with_project=not arguments.no_project,
    )
    if roots.named.is_root(str(root)):
        address = project.address_of(context.directory, arguments.prefix) if arguments.prefix else ""
        project.put_link_right(roots, root, address)
    return answer_of(ready, project.title_of(roots, root), moved)


def in_sync(
    arguments: argparse.Namespace,
    context: Context,
    root: Path,
    *,
    wish: Wish | None = None,
    private: bool | None = None,
    with_project: bool = True,
) -> Ready:
    """Bring a project in sync, as far as `--locked` and `--frozen` allow."""
    return make_ready(
        wiring.roots(context.environ),
        root,
        wish or Wish(),
        lambda: wiring.lock_tools(context.environ, root, offline=context.offline, reporter=context.reporter),
        wiring.sync_builder(context.environ, root, offline=context.offline),
        mode=_mode_of(arguments),
        reporter=context.reporter,
        private=private,
        with_project=with_project,
        allow_cpu=arguments.allow_cpu,
    )


def _mode_of(arguments: argparse.Namespace) -> Mode:
    """Return how the lock is looked at."""
    return "frozen" if arguments.frozen else "locked" if arguments.locked else "as-needed"


def answer_of(ready: Ready, title: str, moved: str = "") -> Answer:
    """Return what is to be said of a sync; `title` is what the link to the environment is called."""
    synced, locked = ready.synced, ready.locked
    made = "reused" if synced.reused else f"built in {synced.seconds['build']:.1f} s"
    lines = [f"moved the old .venv to {moved}"] if moved else []
    lines += [summary_of(locked)] if locked and locked.changed else []
    lines += [f"in sync: {title} is {synced.key} ({counted(synced.packages, 'package')} for {synced.target}, {made})"]
    return Answer(
        data={
            "environment": synced.environment,
            "key": synced.key,
            "reused": synced.reused,
            "generation": synced.generation,
            "target": synced.target,
            "route": synced.route,
            "packages": synced.packages,
            "seconds": dict(synced.seconds),
        },
        findings=(*(locked.findings if locked and locked.changed else ()), *synced.findings),
        summary="\n".join(lines),
    )
