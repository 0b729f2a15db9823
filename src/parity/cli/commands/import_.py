"""Take over from another tool: `parity import pyenv`.

pyenv's versions, aliases, virtual environments and pins are used where they lie; nothing is copied, and pyenv goes on
working. Said is which lines of your shell's start-up files parity takes the place of; `--write` replaces them.
"""

import argparse
from pathlib import Path

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.pyenv.version_file import words_of
from parity.workflows import wiring, wiring_shells
from parity.workflows.import_pyenv import Taken, import_pyenv


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity import`."""
    parser.add_argument("tool", choices=["pyenv"], metavar="TOOL", help="pyenv")
    parser.add_argument("--write", action="store_true", help="replace pyenv's lines in your shell's start-up files")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Answer what is taken over, and what is left to do."""
    tools, read = wiring_shells.shim_tools(context.environ), wiring.reader()
    taken = import_pyenv(
        tools,
        Path(context.environ.get("HOME") or Path.home()),
        pinned=words_of(read(Path(tools.pyenv, "version")) or ""),
        read=read,
        write=wiring_shells.writer(),
        rewrite=arguments.write,
    )
    return Answer(
        data={
            "root": taken.root,
            "versions": list(taken.versions),
            "pinned": list(taken.pinned),
            "lines": [{"path": path, "line": number} for path, number in taken.lines],
            "written": taken.written,
        },
        lines=taken.versions,
        summary=_summary(taken),
    )


def _summary(taken: Taken) -> str:
    places = ", ".join(f"`{path}:{number}`" for path, number in taken.lines)
    if taken.written:
        return f"parity's line takes the place of {places}: start a new shell"
    if places:
        return f"write `{taken.line}` in the place of {places}, or have `parity import pyenv --write` do it"
    return f"add `{taken.line}` to your shell's start-up file"
