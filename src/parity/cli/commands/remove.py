"""Ask for packages no more: the manifest is edited, everything else in it stays, and lock and environment follow.

If locking or syncing fails, the manifest is as it was.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.add import answer_of_edited, refuse_of_project
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.editing.requests import name_in
from parity.workflows import env_edit, project, wiring, wiring_edits
from parity.workflows.edit import remove


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity remove`."""
    add_root_options(parser)
    parser.add_argument("packages", nargs="+", metavar="PACKAGE", help="the name of what is asked for no more")
    parser.add_argument("--group", default="", metavar="NAME", help="from a dependency group of `pyproject.toml`")
    parser.add_argument("--no-sync", action="store_true", help="only edit and lock")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Remove what is named."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    names = [name_in(word, instead="name what is to go, and nothing else") for word in arguments.packages]
    if roots.named.is_root(str(root)):
        refuse_of_project(arguments, "group", "no_sync")
        making = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
        return answer_of_edited(env_edit.remove(making, root, names), project.title_of(roots, root))
    tools = wiring_edits.edit_tools(context.environ, root, offline=context.offline, reporter=context.reporter)
    edited = remove(tools, root, names, arguments.group, sync=not arguments.no_sync)
    return answer_of_edited(edited, project.title_of(roots, root))
