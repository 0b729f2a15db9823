"""List, find, pin, install, build, remove and pack interpreters.

A REQUEST is a version (`3.12`, `3.12.4`, `3.13t`, `pypy3.10`), a range (`>=3.10,<3.13`), a path, the name of one of
pyenv's versions, or `system`.
"""

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.dispatch import Parser, global_options
from parity.core.places import Place
from parity.core.python_request import PythonRequest, parse_request

# takes the word that follows, dashes or not: it is an argument of another program
_VERBATIM = "--with"


class _Verbatim(Parser):
    """A parser that takes `--with --enable-shared` as it is meant."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Join the option to its value before argparse takes that for another option."""
        words = iter(args or ())
        joined = [f"{word}={next(words, '')}".rstrip("=") if word == _VERBATIM else word for word in words]
        return super().parse_known_args(joined, namespace)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_Verbatim)
    everywhere: Any = [global_options(inner=True)]

    def add(name: str, summary: str, description: str, options: Callable[[argparse.ArgumentParser], None]) -> None:
        inner = verbs.add_parser(
            name,
            parents=everywhere,
            help=summary,
            description=description,
            conflict_handler="resolve",  # what `--debug` is to an interpreter, it is not to parity
        )
        options(inner)

    add("list", "show the interpreters of this machine", _LIST, _list_options)
    add("find", "print the path of the one that answers", _FIND, _find_options)
    add("install", "install prebuilt interpreters, or build them from source", _INSTALL, _install_options)
    add("pin", "say which Python a folder is for", _PIN, _pin_options)
    add("uninstall", "remove interpreters of parity's own", _UNINSTALL, _uninstall_options)
    add("pack", "make a conda package of an interpreter", _PACK, _pack_options)


_LIST = "Show the interpreters of this machine; `*` marks the one that is pinned here."
_FIND = "Print the path of the interpreter that answers; exit 1 where none does."
_INSTALL = """Install prebuilt interpreters, or with `--build` compile them from upstream's sources. Every archive is \
checked against its SHA-256."""
_PIN = "Write REQUEST into `.python-version`, comments and further lines kept; without one, print what is pinned here."
_UNINSTALL = "Remove interpreters of parity's own; refused while an environment stands on one."
_PACK = """Make the conda packages `python` and `python_abi` of an interpreter and put them into a channel that an \
`environment.yml` can name."""


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="aliases, conda's environments and every patch release too")
    parser.add_argument("--available", action="store_true", help="what could be installed, prebuilt or from source")
    parser.add_argument(
        "--downloads-json", metavar="FILE", help="prebuilt ones of a list of your own (`PARITY_PYTHON_DOWNLOADS`)"
    )


def _find_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request", metavar="REQUEST")


def _install_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("requests", metavar="REQUEST", nargs="+")
    parser.add_argument(
        "--mirror",
        metavar="URL",
        help="fetch from URL instead (`PARITY_PYTHON_MIRROR`; of sources, `PARITY_PYTHON_SOURCES`)",
    )
    parser.add_argument(
        "--downloads-json", metavar="FILE", help="take what a list of your own offers (`PARITY_PYTHON_DOWNLOADS`)"
    )
    parser.add_argument("--reinstall", action="store_true", help="make it anew where it is here already")
    _build_options(parser)


def _build_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("building from source")
    group.add_argument("--build", action="store_true", help="compile CPython here instead of fetching it compiled")
    group.add_argument("--optimize", action="store_true", help="optimise by profile and at link time (PGO and LTO)")
    group.add_argument(
        "--debug",
        action="store_true",
        dest="debug_build",
        help="with assertions and debug symbols (`--with-pydebug`); tracebacks: `parity --debug python …`",
    )
    group.add_argument("--free-threaded", action="store_true", help="without the global lock, from 3.13 on")
    group.add_argument(
        _VERBATIM, action="append", default=[], metavar="ARG", help="an argument for `configure` (repeat for several)"
    )
    group.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="PARTS",
        help="of `tests`, `static`, `debug`: what not to leave out",
    )
    group.add_argument(
        "--patch",
        action="append",
        default=[],
        metavar="FILE",
        help="a patch to apply to the sources (repeat for several)",
    )
    group.add_argument("--archive", metavar="FILE", help="the archive of the sources, instead of fetching it")
    group.add_argument(
        "--allow-missing",
        action="append",
        default=[],
        metavar="MODULE",
        help="a standard module to do without, where its headers are not installed (repeat for several)",
    )


def _pin_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("requests", metavar="REQUEST", nargs="*")
    parser.add_argument("--global", action="store_true", dest="everywhere", help="for all folders without a pin")


def _uninstall_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("requests", metavar="REQUEST", nargs="+")


def _pack_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request", metavar="REQUEST")
    parser.add_argument("--channel", metavar="DIR", help="the channel's folder (default: `channel`)")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out a subcommand, importing its part alone."""
    answer: Answer = import_module(f"{__name__}.{arguments.verb}").run(arguments, context)
    return answer


def requests_of(texts: Sequence[str]) -> Sequence[PythonRequest]:
    """Return what the words of a command line ask for. Raises ManifestError."""
    return [parse_request(text, Place(file="")) for text in texts]
