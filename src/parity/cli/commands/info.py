"""Show one page on this project: parity, manifests, lock, environment, Python, store, caches, variables in force."""

import argparse
from collections.abc import Iterator
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.cli.render.table import aligned
from parity.core.amounts import counted
from parity.core.errors import ProjectMissing
from parity.workflows import wiring_upkeep
from parity.workflows.info import Info, Locked, info


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity info`."""
    add_root_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Show the page."""
    tools = wiring_upkeep.info_tools(context.environ, context.reporter)
    try:
        root = root_of(arguments, context)
    except ProjectMissing:
        root = None  # one may ask anywhere
    page = info(tools, root)
    return Answer(data=_data(page), lines=aligned(_rows(page)))


def _data(page: Info) -> dict[str, Any]:
    locked = page.locked
    return {
        "parity": page.parity,
        "runs_on": page.runs_on,
        "project": page.project or None,
        "manifests": list(locked.manifests) if locked else None,
        "route": locked.route if locked else None,
        "targets": list(locked.targets) if locked else None,
        "packages": locked.packages if locked else None,
        "lock": _state(page) or None,
        "environment": page.environment or None,
        "generation": page.generation,
        "held": page.held,
        "python": page.python or None,
        "store": page.store,
        "cache": page.cache,
        "variables": dict(page.variables),
    }


def _state(page: Info) -> str:
    if page.unread:
        return "damaged"
    if page.locked is None:
        return "missing" if page.project else ""
    return "outdated" if page.locked.outdated else "current"


def _rows(page: Info) -> Iterator[tuple[str, str]]:
    yield "parity", f"{page.parity} on {page.runs_on}"
    yield "project", page.project or "none here"
    if page.locked:
        yield from _of_lock(page.locked)
    elif page.project:
        yield "lock", page.unread or "none yet: `parity lock` writes it"
    if page.project:
        yield "environment", page.environment or "none yet: `parity sync` makes it"
    if page.python:
        yield "python", page.python
    if page.generation is not None:
        yield "generation", f"{page.generation}{', held until the next `parity sync`' if page.held else ''}"
    yield "store", page.store
    yield "caches", page.cache
    yield from (("variable", f"{name}={value}") for name, value in page.variables.items())


def _of_lock(locked: Locked) -> Iterator[tuple[str, str]]:
    yield "manifests", ", ".join(locked.manifests) or "none"
    yield "route", locked.route
    yield "targets", ", ".join(locked.targets)
    yield "lock", f"{counted(locked.packages, 'package')}, {locked.outdated or 'current'}"
