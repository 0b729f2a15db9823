"""What a shell completes behind `parity`: every command, its options and their choices, from the parsers themselves.

Names that change (of packages, environments, Pythons, targets) are asked for at the TAB, by `parity complete`.
"""

import argparse
from collections.abc import Iterator

import shtab

from parity.cli.dispatch import LateParser, Parser, command_parser, global_options
from parity.cli.registry import COMMANDS
from parity.core.errors import ShellUnknown

_NAMES = {"pwsh": "powershell"}

#: Which words stand where a metavar does, and behind which options.
_BY_METAVAR = {"PACKAGE": "packages", "SPEC": "packages", "REQUEST": "pythons"}
_BY_OPTION = {"-n": "environments", "--name": "environments", "--target": "targets"}
_NAMING = {("activate", "NAME"), ("env", "NAME"), ("env", "SOURCE")}  # the words of these are environments

# The hook has a function that finds parity wherever it is; the script may also be used without the hook.
_PREAMBLES = {
    "bash": """\
if ! declare -F __parity_command >/dev/null; then __parity_command() { command parity "$@"; }; fi
__parity_complete_KIND() {
  compgen -W "$(__parity_command complete KIND 2>/dev/null)" -- "$1"
}""",
    "zsh": """\
if (( ! ${+functions[__parity_command]} )); then __parity_command() { command parity "$@" } fi
__parity_complete_KIND() {
  local -a words
  words=(${(f)"$(__parity_command complete KIND 2>/dev/null)"})
  compadd "$@" -a words
}""",
    "fish": """\
functions -q __parity_command; or function __parity_command; command parity $argv; end""",
}
_CALLS = {
    "bash": "__parity_complete_KIND",
    "zsh": "__parity_complete_KIND",
    "fish": "(__parity_command complete KIND 2>/dev/null)",
}


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
            inner = command_parser(name)
            for action in _actions(inner):
                if kind := _kind(name, action):
                    action.complete = _complete(kind)  # type: ignore[attr-defined] # where shtab looks for it
            commands.add_parser(name, help=entry.summary, parents=[inner], add_help=False)
    return parser


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments of a command and of all below it."""
    if isinstance(parser, LateParser):
        parser.complete()
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to ask for them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - same
            for inner in action.choices.values():
                yield from _actions(inner)
        else:
            yield action


def _kind(command: str, action: argparse.Action) -> str:
    """Return which names stand for an argument, empty where it is none of a known kind."""
    if not action.option_strings:
        metavar = str(action.metavar)
        return "environments" if (command, metavar) in _NAMING else _BY_METAVAR.get(metavar, "")
    by_option = (_BY_OPTION[name] for name in action.option_strings if name in _BY_OPTION)
    return next(by_option, "") or _BY_METAVAR.get(str(action.metavar), "")


def _complete(kind: str) -> dict[str, str | dict[str, str]]:
    called: dict[str, str | dict[str, str]] = {shell: text.replace("KIND", kind) for shell, text in _CALLS.items()}
    return {**called, "preamble": {shell: text.replace("KIND", kind) for shell, text in _PREAMBLES.items()}}
