"""Say whether the lock runs on a machine: this one, a named target, or one whose profile was recorded.

Wheels, conda's virtual packages, drivers, interpreters and room are judged from the lock; compiled files too where the
project has the environment, or the caches have artifacts of the lock. Exit code 1 where it would fail. Nothing is
installed or asked of a network.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.amounts import counted
from parity.core.errors import UsageError
from parity.core.findings import Finding
from parity.core.preflight.examine import Examined, looked_into
from parity.core.preflight.matrix import matrix
from parity.workflows import wiring, wiring_foresight
from parity.workflows.check import Checked, CheckResult, check

_PAGES = (".html", ".htm")  # a slip in the name is not to cost a lock or a manifest
_SHOWN = 12  # findings about several machines, before a report is the better way to read them
_RANKS = ("error", "warning", "info")
_FOLLOWING = 3  # findings about packages that may say more than that no target of the lock fits


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity check`."""
    add_root_options(parser)
    parser.add_argument(
        "--on",
        action="append",
        default=[],
        metavar="MACHINE",
        help="a target by its name or its file, or a profile that `parity probe` wrote (repeat for several)",
    )
    parser.add_argument(
        "--html",
        default="",
        metavar="FILE",
        help="write a report to look at; without `--on` it is about this machine and every target of the lock",
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Check a lock, and write the report where one is asked for."""
    if arguments.html and not arguments.html.endswith(_PAGES):
        raise UsageError(f"`{arguments.html}` is no name for a page", hint="name a file that ends in `.html`")
    root = root_of(arguments, context)
    tools = wiring_foresight.check_tools(context.environ, offline=context.offline, reporter=context.reporter)
    targets = bool(arguments.html) and not arguments.on
    checked = check(tools, root, arguments.on, context.directory, targets=targets)
    report = context.directory / arguments.html if arguments.html else None
    if report:
        from parity.cli.render.report import page  # noqa: PLC0415 - only where one is asked for

        results = [(result.machine, result.examined) for result in checked.results]
        wiring.writer()(report, page(checked.lock, matrix(checked.lock, results)))
    written = [f"the report is {arguments.html}"] if report else []
    return Answer(
        data={**_first(checked), "machines": [_data(each) for each in checked.results],
              "report": str(report) if report else None},
        findings=tuple(
            dict.fromkeys([*checked.findings, *(found for each in checked.results for found in each.examined.findings)])
        ),
        condensed=tuple(_condensed(checked)),
        summary="\n".join([*(_sentence(result) for result in checked.results), *written]),
        ok=all(result.examined.verdict == "runs" for result in checked.results),
    )  # fmt: skip


def _first(checked: Checked) -> dict[str, Any]:
    """Return what is said of the one machine, or of the first that fails, else of the first."""
    fails = (each for each in checked.results if each.examined.verdict == "fails")
    result = next(fails, checked.results[0])
    return {key: value for key, value in _data(result).items() if key != "findings"}


def _data(result: CheckResult) -> dict[str, Any]:
    return {
        "machine": result.machine,
        "target": result.examined.target,
        "verdict": result.examined.verdict,
        "environment": result.environment or None,
        "looked_into": result.examined.looked_into,
        "artifacts": result.examined.artifacts,
        "findings": [finding.to_dict() for finding in result.examined.findings],
    }


def _condensed(checked: Checked) -> Iterator[Finding]:
    """Yield what people are shown: of several machines each finding once, with the machines that it is about."""
    yield from checked.findings
    where: dict[Finding, list[str]] = {}
    for result in checked.results:
        for finding in _reasons(result.examined):
            where.setdefault(finding, []).append(_named(result.machine))
    ordered = sorted(where.items(), key=lambda each: _RANKS.index(each[0].severity))
    shown = _SHOWN if len(checked.results) > 1 else len(where)
    for finding, machines in ordered[:shown]:
        on = f" (on {', '.join(machines)})" if len(checked.results) > 1 else ""
        yield replace(finding, message=f"{finding.message}{on}")
    every = {finding for result in checked.results for finding in result.examined.findings}
    if left := len(every) - min(len(where), shown):
        yield Finding(
            code="more-findings",
            severity="info",
            subject="target",
            message=f"{counted(left, 'more finding is', 'more findings are')} not shown",
            hint="`--html FILE` writes all of them as a page, `--json` prints them",
        )


def _reasons(examined: Examined) -> list[Finding]:
    """Return what stands for all of it: where no target of the lock fits, many packages say only that once more."""
    unfit = any(finding.code == "target-unfit" for finding in examined.findings)
    following = [finding for finding in examined.findings if finding.package]
    if not unfit or len(following) <= _FOLLOWING:
        return list(examined.findings)
    return [finding for finding in examined.findings if not finding.package]


def _sentence(result: CheckResult) -> str:
    examined = result.examined
    failing = sum(finding.severity == "error" for finding in _reasons(examined))
    found = f": {counted(failing, 'reason')}" if failing else ""
    looked = "lock and environment" if result.environment else "lock"
    verdict = examined.verdict.removesuffix("s") if result.environment else examined.verdict
    partly = "" if result.environment or not examined.looked_into else f" ({looked_into(examined)})"
    return f"the {looked} for `{examined.target}` {verdict} on {_named(result.machine)}{partly}{found}"


def _named(machine: str) -> str:
    return machine if machine == "this machine" else f"`{machine}`"
