"""`parity python pack`."""

import argparse
import os

from parity.cli.answers import Answer
from parity.cli.commands.python import requests_of
from parity.cli.context import Context
from parity.workflows import wiring_pythons
from parity.workflows.python_pack import pack_python

_CHANNEL = "channel"


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Make conda packages of an interpreter and say how an `environment.yml` names their channel."""
    channel = context.directory / (arguments.channel or _CHANNEL)
    packed = pack_python(
        requests_of([arguments.request])[0],
        context.directory,
        channel,
        wiring_pythons.packing(context.environ),
        context.reporter,
    )
    named = os.path.relpath(channel, context.directory)
    named = named if named.startswith("..") else f"./{named}"
    version = packed.interpreter.version
    return Answer(
        data={"channel": str(channel), "interpreter": packed.interpreter.path, "packages": list(packed.records)},
        lines=tuple(str(channel / record["subdir"] / record["file"]) for record in packed.records),
        summary=f"in an `environment.yml`: `channels: [{named}]` and `python={version}` among the dependencies",
    )
