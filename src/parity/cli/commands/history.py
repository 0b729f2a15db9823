"""Show what the environment was, and is: a generation for every switch.

`*` marks the generation that `.venv` leads to. `parity rollback` goes back to one.
"""

import argparse
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.generations import Generation
from parity.core.moments import written
from parity.workflows import wiring
from parity.workflows.history import History, history

_SHOWN = 12  # of a digest, in the table


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity history`."""
    add_root_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Show the history."""
    roots = wiring.roots(context.environ)
    past = history(roots, root_of(arguments, context))
    return Answer(
        data={"generations": [_data(each, past) for each in past.generations]},
        lines=_table(past),
        summary=_summary(past),
    )


def _data(each: Generation, past: History) -> dict[str, Any]:
    return {
        "number": each.number,
        "key": each.key,
        "time": written(each.time),
        "lock": each.lock,
        "reason": each.reason,
        "origin": each.origin or None,
        "current": each == past.current,
    }


def _table(past: History) -> tuple[str, ...]:
    rows = [(*_words(each), "*" if each == past.current else "") for each in past.generations]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    return tuple(
        f"{mark or ' '} {number:>{widths[0]}}  {time:<{widths[1]}}  {key:<{widths[2]}}  {lock:<{widths[3]}}  {reason}"
        for number, time, key, lock, reason, mark in rows
    )


def _words(each: Generation) -> tuple[str, str, str, str, str]:
    reason = f"{each.reason} to {each.origin}" if each.origin else each.reason
    return str(each.number), written(each.time), each.key, each.lock[:_SHOWN], reason


def _summary(past: History) -> str:
    if not past.generations:
        return "there is no history yet: `parity sync` begins it"
    return "the current generation is held until the next `parity sync`" if past.held else ""
