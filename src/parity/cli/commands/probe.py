"""Record what this machine is: the profile that other machines check a lock against.

The profile goes to standard output. Where there is no parity, `--script` prints what finds it out:
`parity probe --script python | ssh server python3 - > server.json`.
"""

import argparse
import json

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.workflows import wiring_foresight


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity probe`."""
    parser.add_argument(
        "--script",
        choices=["python", "sh"],
        help="print the probe itself, for Python 3.6 or newer, or for a POSIX shell, which finds out less",
    )
    parser.add_argument("--host-name", action="store_true", help="record the machine's name too")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Probe this machine, or print what probes another."""
    probe, script = wiring_foresight.probes(context.environ)
    if arguments.script:
        text = script(arguments.script)
        return Answer(data={"script": text}, lines=tuple(text.splitlines()))
    context.reporter.phase("asking this machine what it is")
    profile = probe(host_name=arguments.host_name)
    return Answer(data=profile, lines=tuple(json.dumps(profile, indent=2, sort_keys=True).splitlines()))
