"""Ask for packages: the manifest is edited, everything else in it stays, and lock and environment follow.

`parity add numpy` writes the version that was locked as a lower bound, `parity add "numpy<2"` what you say. If locking
or syncing fails, the manifest is as it was.
"""

import argparse
import posixpath
import tomllib
from pathlib import Path

from parity.cli.answers import Answer
from parity.cli.commands.lock import shown
from parity.cli.commands.sync import answer_of
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.editing.requests import Terms
from parity.core.errors import PathMissing, UsageError
from parity.workflows import env_edit, project, wiring, wiring_edits
from parity.workflows.edit import Addition, Edited, add


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity add`."""
    add_root_options(parser)
    parser.add_argument("packages", nargs="*", default=[], metavar="PACKAGE", help="what to ask for, as in `numpy<2`")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument(
        "--conda", action="store_const", const="conda", dest="kind", help="as packages of a conda channel"
    )
    kinds.add_argument("--pip", action="store_const", const="pypi", dest="kind", help="as distributions of an index")
    parser.add_argument("--group", default="", metavar="NAME", help="in a dependency group of `pyproject.toml`")
    parser.add_argument(
        "--editable", action="append", default=[], metavar="PATH", help="the project in the folder PATH (repeat)"
    )
    parser.add_argument("--target", default="", metavar="NAME", help="for the platform of this target only")
    parser.add_argument("--no-sync", action="store_true", help="only edit and lock")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Add what is named."""
    if not (arguments.packages or arguments.editable):
        raise UsageError("there is nothing to add", hint="name a package, as in `parity add numpy`")
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    terms = Terms(group=arguments.group, kind=arguments.kind)
    if roots.named.is_root(str(root)):
        refuse_of_project(arguments, "group", "editable", "target", "no_sync")
        making = wiring.env_tools(context.environ, offline=context.offline, reporter=context.reporter)
        return answer_of_edited(env_edit.add(making, root, arguments.packages, terms), project.title_of(roots, root))
    editable = tuple(_folder(path, context.directory) for path in arguments.editable)
    addition = Addition(
        words=tuple(arguments.packages),
        editable=editable,
        terms=terms,
        target=arguments.target,
    )
    tools = wiring_edits.edit_tools(context.environ, root, offline=context.offline, reporter=context.reporter)
    return answer_of_edited(add(tools, root, addition, sync=not arguments.no_sync), project.title_of(roots, root))


def refuse_of_project(arguments: argparse.Namespace, *options: str) -> None:
    """Refuse options that say something of a project's manifest where an environment has none."""
    given = [f"--{option.replace('_', '-')}" for option in options if getattr(arguments, option)]
    if given:
        hint = "leave it out, or edit the file that it was made of and run `parity env update -f FILE`"
        raise UsageError(f"`{given[0]}` is about the manifest of a project", hint=hint)


def _folder(path: str, directory: Path) -> tuple[str, str]:
    """Return what a project in a folder is called, if it says so, and its whole path. Raises PathMissing."""
    folder = posixpath.normpath(directory / path)
    read = wiring.reader()
    text = read(Path(folder, "pyproject.toml"))
    if text is None and not any(read(Path(folder, name)) is not None for name in ("setup.py", "setup.cfg")):
        raise PathMissing(f"there is no project in `{path}`", hint="name a folder with a `pyproject.toml` in it")
    try:
        name = tomllib.loads(text or "").get("project", {}).get("name", "")
    except tomllib.TOMLDecodeError:
        name = ""  # locking says what is wrong with it
    return str(name), folder


def answer_of_edited(edited: Edited, title: str) -> Answer:
    """Return what is to be said of a manifest that was edited."""
    synced = answer_of(edited.ready, title) if edited.ready else None
    lines = [
        f"{edit.place}: {edit.before or 'new'} → {edit.after or 'gone'}"
        if edit.before
        else f"{edit.place}: added {edit.after}"
        for edit in edited.edits
    ]
    lines = lines or [f"{edited.manifest} asks for it already"]
    if edited.ready is None or edited.ready.locked is None:  # else the sync says them
        lines += [shown(change) for change in edited.changes]
    lines += [synced.summary] if synced else []
    keys = ("environment", "key", "generation")
    return Answer(
        data={
            "manifest": edited.manifest,
            "edits": [
                {"place": str(one.place), "name": one.name, "before": one.before or None, "after": one.after or None}
                for one in edited.edits
            ],
            "changes": [change.to_dict() for change in edited.changes],
            **{key: synced.data[key] if synced else None for key in keys},
        },
        findings=(*edited.findings, *(synced.findings if synced else ())),
        summary="\n".join(lines),
    )
