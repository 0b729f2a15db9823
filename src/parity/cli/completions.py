"""What a shell completes behind `parity`: every command, its options and their choices, from the parsers themselves."""

import argparse

import shtab

from parity.cli.dispatch import Parser, command_parser, global_options
from parity.cli.registry import COMMANDS
from parity.core.errors import ShellUnknown

_NAMES = {"pwsh": "powershell"}


def script(shell: str) -> str:
    """Return the completions of a shell as its own language. Raises ShellUnknown."""
    shell = _NAMES.get(shell, shell)
    if shell not in shtab.SUPPORTED_SHELLS:
        raise ShellUnknown(f"there are no completions for `{shell}`", hint="there are some for bash, zsh and fish")
    return shtab.complete(whole_parser(), shell)


def whole_parser() -> argparse.ArgumentParser:
    """Return one parser with every command below it, which only completions need."""
    parser = Parser(prog="parity", parents=[global_options()])
    commands = parser.add_subparsers()
    for name, entry in COMMANDS.items():
        if not entry.hidden:
            commands.add_parser(name, help=entry.summary, parents=[command_parser(name)], add_help=False)
    return parser
