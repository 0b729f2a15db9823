"""Show who asked for a package, by every way that leads to it, and why it is this version."""

import argparse
import itertools
from collections.abc import Iterator
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.chains import MOST_CHAINS, Chain
from parity.core.lockfile.model import LockedConda
from parity.workflows import wiring
from parity.workflows.why import Reason, why


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `parity why`."""
    add_root_options(parser)
    parser.add_argument("package", metavar="PACKAGE", help="its name in the lock, conda's or PyPI's")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Tell why a package is in the lock of the project around the working directory, or of a named environment."""
    root = root_of(arguments, context)
    tools = wiring.lock_tools(context.environ, root, offline=context.offline, reporter=context.reporter)
    reasons = why(root, arguments.package, tools)
    return Answer(
        data={"packages": [_data(reason) for reason in reasons]},
        lines=tuple(line for reason in reasons for line in _lines(reason)),
    )


def _data(reason: Reason) -> dict[str, Any]:
    package = reason.package
    return {
        "name": package.name,
        "version": package.version,
        "kind": _kind(reason),
        "requested": package.requested,
        "targets": list(package.targets),
        "chains": [
            [
                {"name": link.name, "version": link.version, "kind": link.kind, "needs": link.needs or None}
                for link in chain
            ]
            for chain in reason.chains
        ],
        "written": [
            [{"requirement": text, "place": str(place)} for text, place in written] for written in reason.written
        ],
        "negotiated": [
            {
                "version": each.version,
                "instead_of": each.instead,
                "because": list(each.because),
                "targets": list(each.targets),
            }
            for each in reason.negotiated
        ],
    }


def _kind(reason: Reason) -> str:
    return "conda" if isinstance(reason.package, LockedConda) else "pypi"


def _lines(reason: Reason) -> Iterator[str]:
    package = reason.package
    channel = f" from {package.channel}" if isinstance(package, LockedConda) else ""
    yield f"{package.name} {package.version} ({_kind(reason)}{channel})"
    for chain, written in zip(reason.chains, reason.written, strict=True):
        yield f"  {_shown(chain)}"
        yield from (f"    by `{text}` ({place})" for text, place in written)
    if len(reason.chains) == MOST_CHAINS:
        yield "  … and perhaps more"
    for each in reason.negotiated:
        yield f"  not {each.instead} ({', '.join(each.targets)}):"
        yield from (f"    {text}" for text in each.because or ("it follows from what else is asked for",))


def _shown(chain: Chain) -> str:
    """Return a chain as `asked for: a 1.0 → b (b >=2) → c`."""
    texts = [f"{chain[0].name} {chain[0].version}".strip()]
    for before, link in itertools.pairwise(chain):
        needs = f" (`{before.needs}`)" if before.needs not in {"", link.name} else ""
        texts.append(f"{link.name} {link.version}{needs}")
    return f"asked for: {' → '.join(texts)}"
