"""Print what a shell reads to work with parity: shims on PATH, switching on `cd`, completions.

In `~/.bashrc` or `~/.zshrc`: `eval "$(parity hook bash)"`, or `zsh`. In `config.fish`: `parity hook fish | source`.
For nushell: `parity hook nu | save -f parity.nu`, and `source parity.nu` in `config.nu`.
"""

import argparse

from parity.cli import completions
from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.errors import ShellUnknown
from parity.workflows import shims, wiring_shells

SHELLS = ("bash", "zsh", "fish", "nu", "powershell")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity hook`."""
    parser.add_argument("shell", metavar="SHELL", help="/".join(SHELLS))
    parser.add_argument("--completions", action="store_true", help="print the completions alone")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Print the integration; shims are made where there are none yet. Raises ShellUnknown."""
    if arguments.completions:
        return _answer(arguments.shell, completions.script(arguments.shell))
    if not wiring_shells.shims_made(context.environ):
        shims.refresh(wiring_shells.shim_tools(context.environ))
    try:
        text = wiring_shells.integration(arguments.shell, context.environ)
    except KeyError:
        known = ", ".join(f"`{shell}`" for shell in SHELLS)
        raise ShellUnknown(
            f"there is no integration for `{arguments.shell}`", hint=f"there is one for {known}"
        ) from None
    return _answer(arguments.shell, text)


def _answer(shell: str, text: str) -> Answer:
    return Answer(data={"shell": shell, "script": text}, lines=tuple(text.splitlines()))
