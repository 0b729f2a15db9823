"""`parity python uninstall`."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.python import requests_of
from parity.cli.context import Context
from parity.workflows import shims, wiring_pythons, wiring_shells
from parity.workflows.python_uninstall import uninstall_python


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Remove interpreters of parity's own, and the shims that only they needed."""
    removed = uninstall_python(
        requests_of(arguments.requests),
        context.directory,
        wiring_pythons.uninstalling(context.environ),
        context.reporter,
    )
    shims.refresh(wiring_shells.shim_tools(context.environ))
    return Answer(
        data={"removed": [each.to_dict() for each in removed]},
        lines=tuple(each.path for each in removed),
        summary=f"removed {len(removed)}",
    )
