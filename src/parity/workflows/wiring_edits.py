"""Builds what editing manifests and looking after command-line tools needs; see wiring.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.workflows import wiring

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from parity.core.ports import Reporter
    from parity.workflows import edit, tool


def edit_tools(environ: Mapping[str, str], root: Path, *, offline: bool, reporter: Reporter) -> edit.Tools:
    """Return what editing a project's manifest needs."""
    from functools import partial

    from parity.engines.system.files import write_bytes_atomic
    from parity.workflows.edit import Tools

    return Tools(
        roots=wiring.roots(environ),
        write=write_bytes_atomic,
        lock_tools=partial(wiring.lock_tools, environ, root, offline=offline, reporter=reporter),
        sync_tools=wiring.sync_builder(environ, root, offline=offline),
        reporter=reporter,
    )


def tool_tools(environ: Mapping[str, str], *, offline: bool, reporter: Reporter) -> tool.Tools:
    """Return what command-line tools need."""
    from parity.engines.store.tool_links import ToolLinks, programs_of, tool_folder
    from parity.workflows.tool import Tools

    making = wiring.env_tools(environ, offline=offline, reporter=reporter)
    return Tools(making=making, links=ToolLinks(tool_folder(environ)), programs_of=programs_of)
