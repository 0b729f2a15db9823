"""List, find and install interpreters.

A REQUEST is a version (`3.12`, `3.12.4`, `3.13t`, `pypy3.10`), a range (`>=3.10,<3.13`), a path, the name of one of
pyenv's versions, or `system`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.dispatch import global_options
from parity.core.interpreters import Interpreter
from parity.core.places import Place
from parity.core.python_request import PythonRequest, parse_request
from parity.workflows import wiring
from parity.workflows.python import find_interpreter, install_python, list_interpreters


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    everywhere = [global_options(inner=True)]
    shown = verbs.add_parser(
        "list", parents=everywhere, help="show the interpreters of this machine", description=_list.__doc__
    )
    shown.add_argument("--all", action="store_true", help="aliases and conda's environments too")
    shown.set_defaults(carry_out=_list)
    found = verbs.add_parser(
        "find", parents=everywhere, help="print the path of the one that answers", description=_find.__doc__
    )
    found.add_argument("request", metavar="REQUEST")
    found.set_defaults(carry_out=_find)
    installed = verbs.add_parser(
        "install", parents=everywhere, help="install prebuilt interpreters", description=_install.__doc__
    )
    installed.add_argument("requests", metavar="REQUEST", nargs="+")
    installed.add_argument("--mirror", metavar="URL", help="fetch from URL instead (`PARITY_PYTHON_MIRROR`)")
    installed.add_argument(
        "--downloads-json", metavar="FILE", help="take what a list of your own offers (`PARITY_PYTHON_DOWNLOADS`)"
    )
    installed.add_argument("--reinstall", action="store_true", help="make it anew where it is here already")
    installed.set_defaults(carry_out=_install)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out a subcommand."""
    answer: Answer = arguments.carry_out(arguments, context)
    return answer


def _list(arguments: argparse.Namespace, context: Context) -> Answer:
    """Show the interpreters of this machine; `*` marks the one that is pinned here."""
    listing = list_interpreters(
        wiring.discovery(context.environ),
        context.directory,
        read=wiring.reader(),
        pyenv_version=context.environ.get("PYENV_VERSION", ""),
        everything=arguments.all,
    )
    return Answer(
        data={
            "interpreters": [{**each.to_dict(), "current": each == listing.current} for each in listing.interpreters]
        },
        lines=tuple(_table(listing.interpreters, listing.current)),
        findings=listing.findings,
        summary="" if listing.interpreters else "no Python is installed: `parity python install 3` fetches one",
    )


def _find(arguments: argparse.Namespace, context: Context) -> Answer:
    """Print the path of the interpreter that answers; exit 1 where none does."""
    found = find_interpreter(
        _requests([arguments.request]),
        wiring.discovery(context.environ),
        context.directory,
        inspect=wiring.inspector(context.environ),
    )
    return Answer(data=found.to_dict(), lines=(found.path,))


def _install(arguments: argparse.Namespace, context: Context) -> Answer:
    """Install prebuilt interpreters; every archive is checked against its SHA-256."""
    mirror = arguments.mirror or context.environ.get("PARITY_PYTHON_MIRROR", "")
    downloads = arguments.downloads_json or context.environ.get("PARITY_PYTHON_DOWNLOADS", "")
    find, install = wiring.prebuilt(
        context.environ,
        offline=context.offline,
        mirror=mirror,
        downloads=_located(downloads, context.directory),
        again=arguments.reinstall,
    )
    fetched = install_python(_requests(arguments.requests), find=find, install=install, reporter=context.reporter)
    data = [{**each.interpreter.to_dict(), "file": each.file, "sha256": each.sha256, "reused": each.reused}
            for each in fetched]  # fmt: skip
    new = sum(not each.reused for each in fetched)
    return Answer(
        data={"interpreters": data},
        lines=tuple(each.interpreter.path for each in fetched),
        summary=f"installed {new}, {len(fetched) - new} already here",
    )


def _requests(texts: Sequence[str]) -> list[PythonRequest]:
    return [parse_request(text, Place(file="")) for text in texts]


def _located(source: str, directory: Path) -> str:
    """Return a list's path as an absolute one; an address stays what it is."""
    return source if not source or "://" in source else str(directory / source)


def _table(interpreters: Sequence[Interpreter], current: Interpreter | None) -> list[str]:
    rows = [("*" if each == current else "", _title(each), each.source, each.name, each.path) for each in interpreters]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    widths[0] = 1
    return ["  ".join([*(word.ljust(width) for word, width in zip(row, widths, strict=False)), row[4]]) for row in rows]


def _title(each: Interpreter) -> str:
    words: list[Any] = [each.version] if each.implementation == "cpython" else [each.implementation, each.version]
    words += ["free-threaded"] if each.free_threaded else []
    words += ["debug"] if each.debug else []
    return " ".join(words)
