"""Run a command in the environment, in sync first.

Everything after the command's name belongs to the command. A `.py` file is run by the environment's Python; one that
says in its comments what it needs (PEP 723) has an environment of its own. `--with` adds packages for this one time.
"""

import argparse
import re
import sys
from pathlib import Path

from parity.cli.answers import Answer
from parity.cli.commands.lock import summary_of
from parity.cli.commands.sync import in_sync
from parity.cli.context import Context
from parity.cli.options import add_root_options, add_sync_options, root_of
from parity.cli.render.human import write_finding
from parity.core.errors import ProgramMissing, UsageError
from parity.workflows import passing, project, quick, wiring

_PIP = re.compile(r"pip[0-9.]*")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity run`."""
    add_root_options(parser)
    add_sync_options(parser)
    parser.add_argument("--no-sync", action="store_true", help="take the environment as it is")
    parser.add_argument(
        "--with", action="append", default=[], dest="more", metavar="PACKAGE", help="have this too, in passing (repeat)"
    )
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND …", help="what to run")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Become the command; returns only where there is nothing to become."""
    command = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not command:
        raise UsageError("there is no command to run", hint="write it behind `parity run`, as in `parity run python`")
    roots = wiring.roots(context.environ)
    scripted = command[0].endswith(".py")
    if scripted and not (context.directory / command[0]).exists():
        raise ProgramMissing(f"there is no file `{command[0]}`", hint="name a script that is there")
    script = "" if arguments.name or arguments.prefix or not scripted else passing.script_root(roots, command[0])
    root = Path(script) if script else root_of(arguments, context)
    environment = _script_of(arguments, context, command[0]) if script else environment_of(arguments, context, root)
    if arguments.more and not script:
        environment = _with_more(arguments, context, root)
    context.reporter.close()
    if scripted:
        command = ["python", *command]
    _refuse_foreign_pip(command[0], environment)
    rows = roots.activation(environment)
    if roots.named.is_root(str(root)) and not roots.named.is_hidden(str(root)):
        rows = quick.called(rows, roots.named.title(str(root)))
    activated = quick.applied(rows, context.environ)
    status = wiring.replace_process(command, activated)
    sys.exit(status)


def environment_of(arguments: argparse.Namespace, context: Context, root: Path) -> str:
    """Return the environment of a folder, brought in sync first unless `--no-sync` is said."""
    roots = wiring.roots(context.environ)
    if arguments.no_sync:
        return project.current_environment(roots, root)
    tell = _keep_quiet if context.quiet else sys.stderr.write
    looked_at = not arguments.frozen or roots.held(str(root))
    settled = quick.settled_at(roots, str(root), context.environ, tell) if looked_at else None
    return settled or _brought_in_sync(arguments, context, root)


def _script_of(arguments: argparse.Namespace, context: Context, script: str) -> str:
    """Return the environment that a script asks for. Raises UsageError for `--with`: the script says what it needs."""
    if arguments.more:
        raise UsageError(f"`{script}` says what it needs", hint="write it into the script's `dependencies`")
    tools = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
    root = passing.script_root(tools.roots, script)
    return passing.environment_for(tools, passing.of_script(root, context.directory / script), context.environ)


def _with_more(arguments: argparse.Namespace, context: Context, root: Path) -> str:
    """Return the environment of the project, which is in sync, and what `--with` names."""
    roots = wiring.roots(context.environ)
    if roots.named.is_root(str(root)):
        raise UsageError("`--with` is for projects", hint="`parity add -n NAME PACKAGE` adds to a named environment")
    tools = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
    return passing.with_more(tools, root, arguments.more, context.environ)


def _refuse_foreign_pip(program: str, environment: str) -> None:
    """Refuse a pip that the environment has not: one of PATH would install into another environment."""
    if _PIP.fullmatch(program) and not Path(environment, "bin", program).exists():
        raise ProgramMissing(
            f"there is no `{program}` in the environment, and one of PATH would install elsewhere",
            hint="write what you want to have into a manifest and run `parity sync`; `parity list` shows what is there",
        )


def _brought_in_sync(arguments: argparse.Namespace, context: Context, root: Path) -> str:
    ready = in_sync(arguments, context, root)
    context.reporter.close()
    if ready.locked and ready.locked.changed and not context.quiet:
        for finding in ready.locked.findings:
            write_finding(finding)
        if any(change.before for change in ready.locked.changes):  # what ran yesterday is another today
            sys.stderr.write(f"{summary_of(ready.locked)}\n")
    return ready.synced.environment


def _keep_quiet(_text: str) -> None:
    """Say nothing."""
