"""`parity python pin`."""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.workflows import wiring, wiring_pythons
from parity.workflows.python_pin import pin_python, read_pin


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Write the pin of a folder, or of all that have none, or say which it is."""
    path = wiring_pythons.pin_file(context.environ, context.directory, everywhere=arguments.everywhere)
    if not arguments.requests:
        pins = read_pin(path, context.directory, wiring.reader(), context.environ, everywhere=arguments.everywhere)
        return Answer(
            data={"path": pins.path or None, "versions": list(pins.versions), "changed": False},
            lines=pins.versions,
            summary="" if pins.versions else "nothing is pinned here: `parity python pin 3.12` writes it down",
            ok=bool(pins.versions),
        )
    pinned = pin_python(
        path,
        arguments.requests,
        read=wiring.reader(),
        write=wiring.writer(),
        found=wiring.discovery(context.environ),
    )
    return Answer(
        data={"path": str(path), "versions": list(pinned.versions), "changed": pinned.changed},
        lines=pinned.versions,
        findings=pinned.findings,
        summary=f"{'wrote' if pinned.changed else 'nothing to change in'} `{path}`",
    )
