"""Run a command in many environments at once: each Python with each target with each further package.

What is not given is as the project has it, or as `[tool.parity.matrix]` says. The exit code is 1 where one cell fails.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.render.colour import paint
from parity.core.errors import ManifestError, UsageError
from parity.core.matrix import Result, junit
from parity.core.places import Place
from parity.core.python_request import parse_request
from parity.core.spec import MatrixSettings
from parity.workflows import project, wiring, wiring_shells
from parity.workflows.matrix import matrix_of, run_matrix

_COLOURS = {"passed": "green", "failed": "red", "missing": "yellow"}
_GAP = "  "


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity matrix`."""
    several: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("-p", "--python", **several, metavar="REQUEST", help="a Python (repeat for several)")
    parser.add_argument("--target", **several, metavar="NAME", help="a target of this machine (repeat)")
    parser.add_argument(
        "--with",
        **several,
        dest="more",
        metavar="PACKAGE",
        help="what a cell has besides; repeated, each is a cell of its own",
    )
    parser.add_argument(
        "-j", "--jobs", type=int, default=0, metavar="N", help="how many run at once (default: one a core)"
    )
    parser.add_argument("--show-output", action="store_true", help="show what cells that pass have written too")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit's XML too")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND …", help="what to run in each")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Run it, tell each cell as it ends, and the table at the end."""
    asked = _asked(arguments)
    roots = wiring.roots(context.environ)
    root = project.find_root(roots, context.directory)
    tools = wiring_shells.matrix_tools(
        context.environ,
        context.directory,
        jobs=arguments.jobs or os.cpu_count() or 1,
        offline=context.offline,
        reporter=context.reporter,
    )
    matrix = matrix_of(tools.environments, root, asked)
    results = run_matrix(tools, root, matrix, _tell(context))
    if arguments.junit:
        wiring.writer()(context.directory / arguments.junit, junit(results, " ".join(matrix.command)))
    passed = sum(each.outcome == "passed" for each in results)
    return Answer(
        data={"cells": [each.to_dict() for each in results], "command": list(matrix.command)},
        lines=(*_outputs(results, every=arguments.show_output), *_table(results)),
        summary=f"{passed} of {len(results)} passed",
        ok=passed == len(results),
    )


def _tell(context: Context) -> Callable[[Result], None]:
    """Return what says of each cell how it ended, unless nobody wants to know."""

    def tell(result: Result) -> None:
        if not (context.quiet or context.as_json):
            context.reporter.close()
            sys.stderr.write(f"{paint(result.outcome, _COLOURS[result.outcome])}: {result.cell.title}\n")

    return tell


def _asked(arguments: argparse.Namespace) -> MatrixSettings:
    if arguments.jobs < 0:
        raise UsageError(f"`{arguments.jobs}` programs cannot run at once", hint="name a number from 1 on")
    for text in arguments.python:
        try:
            parse_request(text, Place(file="--python"))
        except ManifestError as error:
            raise UsageError(error.faults[0].message, hint=error.faults[0].hint) from None
    return MatrixSettings(
        pythons=tuple(dict.fromkeys(arguments.python)),
        targets=tuple(dict.fromkeys(arguments.target)),
        more=tuple((package,) for package in dict.fromkeys(arguments.more)),
        command=tuple(arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words),
    )


def _outputs(results: tuple[Result, ...], *, every: bool) -> list[str]:
    """Return what the failed ones wrote, or every one, each under its title."""
    lines = []
    for each in results:
        if each.outcome == "failed" or (every and each.outcome == "passed"):
            lines += [f"--- {each.cell.title}", *each.output.splitlines(), ""]
    return lines


def _table(results: tuple[Result, ...]) -> list[str]:
    columns = [(each.cell.python, each.cell.target, ", ".join(each.cell.more)) for each in results]
    widths = [max(map(len, column)) for column in zip(*columns, strict=True)]
    lines = []
    for each, words in zip(results, columns, strict=True):
        named = [word.ljust(width) for word, width in zip(words, widths, strict=True) if width] or [each.cell.title]
        said = each.reason if each.outcome == "missing" else f"{each.seconds:.1f} s"
        said += f", exit code {each.exit_code}" if each.outcome == "failed" else ""
        lines.append(_GAP.join([*named, paint(f"{each.outcome:<7}", _COLOURS[each.outcome]), said]))
    return lines
