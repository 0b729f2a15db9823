"""Take over from another tool: a lock of its, an environment made by hand, or pyenv's versions and pins.

`parity import FILE` makes a `parity.lock` with the artifacts of a `pylock.toml`, `uv.lock`, `poetry.lock`,
`Pipfile.lock`, `conda-lock.yml`, `pixi.lock` or a list with `@EXPLICIT`. The project's manifest stays as it is; where
there is none, one is written. Of a `pixi.toml` it makes a manifest, and locks that. What cannot be taken over is told.

`parity import env PATH` does the same with an environment that another tool or a hand has made: a conda prefix, or a
virtual environment. Files that are not as their packages brought them are told.

`parity import pyenv` uses pyenv's versions, aliases, virtual environments and pins where they lie; nothing is copied,
and pyenv goes on working. Said is which lines of your shell's start-up files parity takes the place of; `--write`
replaces them.
"""

import argparse
import posixpath
from pathlib import Path
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_import_options, wish_of
from parity.core.amounts import counted
from parity.core.errors import SystemRefused, UsageError
from parity.core.imports.errors import ForeignDamaged
from parity.core.imports.formats import SOURCES, format_of
from parity.core.imports.model import Foreign
from parity.core.imports.pixi_lock import read_pixi_lock
from parity.core.lockfile import v1
from parity.core.pyenv.version_file import words_of
from parity.workflows import project, wiring, wiring_formats, wiring_shells
from parity.workflows.import_file import Imported, environment, import_file
from parity.workflows.import_pyenv import Taken, import_pyenv

_PYENV = "pyenv"
_ENVIRONMENT = "env"
_NOTHING: dict[str, Any] = dict.fromkeys(
    ("root", "versions", "pinned", "lines", "written", "format", "manifest", "lock", "targets")
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity import`."""
    parser.add_argument("source", metavar="FILE", help="a file of another tool, `env`, or `pyenv`")
    parser.add_argument("path", metavar="PATH", nargs="?", help="the folder of the environment, behind `env`")
    parser.add_argument("--write", action="store_true", help="replace pyenv's lines in your shell's start-up files")
    parser.add_argument("--format", choices=sorted(SOURCES), help="what the file is, where its name does not say it")
    parser.add_argument("--environment", metavar="NAME", default="", help="the environment of a `pixi.lock` to take")
    parser.add_argument("--force", action="store_true", help="put the new lock in the place of a `parity.lock`")
    add_import_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Answer what is taken over, and what is left to do."""
    if arguments.source == _PYENV:
        return _pyenv(arguments, context)
    if arguments.write:
        raise UsageError("`--write` is about pyenv's lines in start-up files", hint="leave it out, or import `pyenv`")
    if (arguments.source == _ENVIRONMENT) != bool(arguments.path):
        raise UsageError(
            "`env` takes the folder of an environment, and a file takes nothing", hint="write `parity import env PATH`"
        )
    directory = context.directory
    tools = wiring_formats.import_tools(context.environ, directory, offline=context.offline, reporter=context.reporter)
    if arguments.path:
        kind, foreign = _ENVIRONMENT, environment(Path(posixpath.normpath(directory / arguments.path)), tools)
    else:
        kind, foreign = _foreign(arguments, context)
    with project.held(wiring.roots(context.environ), directory, context.reporter):
        imported = import_file(directory, foreign, wish_of(arguments, context), tools, replaces=arguments.force)
    return _answer(kind, imported)


def _foreign(arguments: argparse.Namespace, context: Context) -> tuple[str, Foreign]:
    """Return the format of a file, and what it says."""
    path = context.directory / arguments.source

    def beside(file: str) -> str | None:
        try:
            return wiring.reader()(path.parent / file)
        except UnicodeDecodeError as error:
            raise ForeignDamaged(file, v1.undecodable(error, file).faults) from None

    text = beside(path.name)
    if text is None:
        raise SystemRefused(f"there is no file `{arguments.source}`", hint="name a file of another tool, or `pyenv`")
    kind = arguments.format or format_of(arguments.source, text)
    name = posixpath.basename(arguments.source)
    if arguments.environment and kind != "pixi.lock":
        raise UsageError("`--environment` is about `pixi.lock`", hint="leave it out")
    if kind == "pixi.lock":
        return kind, read_pixi_lock(text, name, beside, environment=arguments.environment)
    return kind, SOURCES[kind].read(text, name, beside)


def _answer(kind: str, imported: Imported) -> Answer:
    result = imported.result
    counts = {target.name: target.conda + target.pypi for target in result.targets}
    made = f"`{imported.manifest}` and `{result.path.name}`" if imported.manifest else f"`{result.path.name}`"
    listed = ", ".join(f"{counted(count, 'package')} for `{name}`" for name, count in counts.items())
    return Answer(
        data={
            **_NOTHING,
            "format": kind,
            "manifest": imported.manifest or None,
            "lock": str(result.path),
            "targets": [{"name": each.name, "conda": each.conda, "pypi": each.pypi} for each in result.targets],
        },
        findings=imported.findings,
        summary=f"wrote {made}: {listed}",
    )


def _pyenv(arguments: argparse.Namespace, context: Context) -> Answer:
    tools, read = wiring_shells.shim_tools(context.environ), wiring.reader()
    taken = import_pyenv(
        tools,
        Path(context.environ.get("HOME") or Path.home()),
        pinned=words_of(read(Path(tools.pyenv, "version")) or ""),
        read=read,
        write=wiring.writer(),
        rewrite=arguments.write,
    )
    return Answer(
        data={
            **_NOTHING,
            "root": taken.root,
            "versions": list(taken.versions),
            "pinned": list(taken.pinned),
            "lines": [{"path": path, "line": number} for path, number in taken.lines],
            "written": taken.written,
        },
        lines=taken.versions,
        summary=_summary(taken),
    )


def _summary(taken: Taken) -> str:
    places = ", ".join(f"`{path}:{number}`" for path, number in taken.lines)
    if taken.written:
        return f"parity's line takes the place of {places}: start a new shell"
    if places and taken.there:
        return f"take out {places}, or have `parity import pyenv --write` do it: parity's line is at `{taken.there}`"
    if taken.there:
        return f"nothing is left to do: parity's line is at `{taken.there}`"
    if places:
        return f"write `{taken.line}` in the place of {places}, or have `parity import pyenv --write` do it"
    return f"add `{taken.line}` to your shell's start-up file"
