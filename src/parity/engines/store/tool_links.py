"""Command-line tools: which programs a package brings, and the links to them in a folder of the user's."""

from __future__ import annotations

import csv
import json
import os
from glob import escape, glob
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from parity.engines.system.calm import Calm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def tool_folder(environ: Mapping[str, str]) -> str:
    """Return the folder for links to tools' programs: `PARITY_TOOL_BIN`, else `~/.local/bin`."""
    home = environ.get("HOME") or os.path.expanduser("~")
    chosen = environ.get("PARITY_TOOL_BIN") or os.path.join(home, ".local", "bin")
    return os.path.abspath(chosen if not chosen.startswith("~/") else os.path.join(home, chosen[2:]))


def programs_of(environment: str, name: str) -> tuple[str, ...]:
    """Return the names of the programs in `bin` that a distribution or a conda package brings, sorted.

    The records of its installer say so: RECORD of a distribution (relative to its site-packages), `conda-meta` of a
    package.
    """
    found: set[str] = set()
    for record in glob(f"{escape(environment)}/lib/python*/site-packages/*.dist-info/RECORD"):
        folder = os.path.dirname(record)
        if canonicalize_name(os.path.basename(folder).partition("-")[0]) != canonicalize_name(name):
            continue
        with open(record, encoding="utf-8", newline="") as file:
            paths = [os.path.normpath(os.path.join(folder, "..", row[0])) for row in csv.reader(file) if row]
        found |= {os.path.basename(path) for path in paths if os.path.dirname(path) == os.path.join(environment, "bin")}
    for record in glob(f"{escape(environment)}/conda-meta/{escape(name)}-*.json"):
        with open(record, encoding="utf-8") as file:
            said = json.load(file)
        if said.get("name") == name:
            found |= {path[4:] for path in said.get("files", ()) if path.startswith("bin/") and path.count("/") == 1}
    return tuple(sorted(found))


class ToolLinks:
    """The links to tools in one folder of the user's; whatever else is there is his."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def taken(self, root: str, programs: Iterable[str]) -> list[str]:
        """Return which of these names something stands at that is not a link to this tool."""
        mine = set(self.owned(root))
        return [name for name in programs if name not in mine and os.path.lexists(os.path.join(self.folder, name))]

    def owned(self, root: str) -> tuple[str, ...]:
        """Return the names of the links to a tool, sorted."""
        names = sorted(os.listdir(self.folder)) if os.path.isdir(self.folder) else []
        return tuple(name for name in names if self._leads_to(name).startswith(os.path.join(root, "")))

    def publish(self, root: str, programs: Iterable[str]) -> None:
        """Have links to these programs, and to no others of the tool. Raises OSError; FileExistsError for a taken name.

        They lead through the tool's own `.venv`: an upgrade moves them all in one step.
        """
        wanted = set(programs)
        if wanted:
            os.makedirs(self.folder, exist_ok=True)
        with Calm():
            before = self.owned(root)
            for name in sorted(wanted - set(before)):
                os.symlink(os.path.join(root, ".venv", "bin", name), os.path.join(self.folder, name))
            for name in before:
                if name not in wanted:
                    os.unlink(os.path.join(self.folder, name))

    def _leads_to(self, name: str) -> str:
        try:
            return os.readlink(os.path.join(self.folder, name))
        except OSError:
            return ""
