"""Commands with subcommands: each has a module of its own, imported when it is the one that is typed.

A subcommand's module has `configure(parser)` and `run(arguments, context) -> Answer`, as a command's has.
"""

import argparse
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.dispatch import LateParser, global_options
from parity.cli.registry import Entry


def add_verbs(parser: argparse.ArgumentParser, verbs: Mapping[str, Entry]) -> None:
    """Add the subcommands to a command."""
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=LateParser)
    everywhere: Any = [global_options(inner=True)]  # parents may be parsers of any kind
    for verb, entry in verbs.items():
        subparsers.add_parser(verb, help=entry.summary, parents=everywhere, module=entry.module)


def run_verb(verbs: Mapping[str, Entry], arguments: argparse.Namespace, context: Context) -> Answer:
    """Carry out the subcommand that was typed."""
    answer: Answer = import_module(verbs[arguments.verb].module).run(arguments, context)
    return answer
