"""Show what an environment that belongs to no project is made of, what is in it, and where it is."""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.env.list import data_of
from parity.cli.context import Context
from parity.cli.options import add_named_options, named_root_of
from parity.core.amounts import size_text
from parity.workflows import wiring
from parity.workflows.env_list import described


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity env info`."""
    parser.add_argument("environment", nargs="?", default="", metavar="NAME", help="the name of the environment")
    add_named_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Show it."""
    arguments.name = arguments.name or arguments.environment
    root = named_root_of(arguments, context)
    roots, environments = wiring.roots(context.environ), wiring.environments(context.environ)
    found = described(roots, environments, str(root), context.environ)
    sources = roots.named.sources(str(root))
    files = list(sources.manifests) if sources else []
    data = {**data_of(found), "manifests": files, "variables": dict(found.variables), "channels": list(found.channels)}
    shown = {
        **{key: value for key, value in data.items() if key not in {"active", "manifests", "variables", "channels"}},
        "size": size_text(found.size) if found.size else "",
        "made of": ", ".join(files) or "a lock",
        "channels": ", ".join(found.channels),
        "variables": " ".join(f"{name}={value}" for name, value in found.variables.items()),
    }
    return Answer(data=data, lines=tuple(f"{key:<12} {value}" for key, value in shown.items() if value))
