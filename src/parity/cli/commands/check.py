"""Say whether the lock runs on a machine: this one, a named target, or one whose profile was recorded.

Wheels, conda's virtual packages, drivers, interpreters and room are judged from the lock; where the project has the
environment, its compiled files too. Exit code 1 where it would fail. Nothing is installed or asked of a network.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.workflows import wiring_foresight
from parity.workflows.check import check


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity check`."""
    add_root_options(parser)
    parser.add_argument(
        "--on", metavar="MACHINE", default="", help="a target's name, or a profile that `parity probe` wrote"
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Check a lock."""
    root = root_of(arguments, context)
    result = check(
        wiring_foresight.check_tools(context.environ, context.reporter), root, arguments.on, context.directory
    )
    examined = result.examined
    failing = sum(finding.severity == "error" for finding in examined.findings)
    found = f": {failing} {'reason' if failing == 1 else 'reasons'}" if failing else ""
    looked = "lock and environment" if result.looked_into else "lock"
    return Answer(
        data={
            "machine": result.machine,
            "target": examined.target,
            "verdict": examined.verdict,
            "environment": result.looked_into or None,
        },
        findings=examined.findings,
        summary=f"the {looked} for `{examined.target}` {examined.verdict} on {_named(result.machine)}{found}",
        ok=examined.verdict == "runs",
    )


def _named(machine: str) -> str:
    return machine if machine == "this machine" else f"`{machine}`"
