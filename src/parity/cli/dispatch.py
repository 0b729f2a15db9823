"""From words to a command, and from what it answers to what is shown and returned."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from importlib import import_module
from io import TextIOWrapper
from itertools import takewhile
from pathlib import Path
from typing import Any, NoReturn

from parity import __version__
from parity.cli.context import Context
from parity.cli.registry import COMMANDS
from parity.cli.render import errors, human
from parity.core.errors import InternalError, ParityError, SystemRefused, UsageError
from parity.core.ports import Reporter, SilentReporter
from parity.core.spelling import did_you_mean

_WITH_VALUE = {"-C", "--directory"}
_COLUMN = 12


class Parser(argparse.ArgumentParser):
    """An argument parser that raises, so that one place decides how errors look, and takes no half words."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **settings})
        self._between = False

    def parse_known_args(self, *arguments: Any, **settings: Any) -> Any:
        """Parse as any parser does; options may stand between the other words, unless these are another program's."""
        whole = any(action.nargs in {argparse.REMAINDER, argparse.PARSER} for action in self._actions)
        if whole or self._between:  # the way below comes by here twice
            return super().parse_known_args(*arguments, **settings)
        self._between = True
        try:
            return self.parse_known_intermixed_args(*arguments, **settings)
        finally:
            self._between = False

    def error(self, message: str) -> NoReturn:
        """Raise UsageError, with the option or word that may be meant."""
        raise UsageError(message, hint=self._meant(message) or f"see `{self.prog} --help`")

    def format_help(self) -> str:
        """Return what `--help` says, with examples at its end."""
        from parity.cli.examples import examples  # noqa: PLC0415 - only help shows them

        return super().format_help() + examples(self.prog.removeprefix("parity "))

    def _meant(self, message: str) -> str:
        """Return a hint for what argparse does not know: an option, or one of several words."""
        if found := re.search(r"unrecognized arguments:.*?(?<!\S)(--[\w-]+)", message):
            return did_you_mean(found[1], self._known_options(), like=0.75)
        if found := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)$", message):
            return did_you_mean(found[1], re.findall(r"[\w.+-]+", found[2]))
        return ""

    def _known_options(self) -> list[str]:
        """Return the options of this parser and of those below it that were needed."""
        found: list[str] = []
        for action in self._actions:
            found += action.option_strings
            below = action.choices if isinstance(action, argparse._SubParsersAction) else {}  # noqa: SLF001 - no other way
            found += [name for inner in below.values() for name in inner._known_options()]  # noqa: SLF001 - one of these
        return found


class LateParser(Parser):
    """The parser of a subcommand that has a module of its own, which is imported when the subcommand is typed."""

    def __init__(self, *, module: str, **settings: Any) -> None:
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter, **settings})
        self._module = module

    def complete(self) -> None:
        """Add what the module says: description and arguments. Once is enough."""
        if self._module:
            module = import_module(self._module)
            self._module = ""
            self.description = module.__doc__
            module.configure(self)

    def parse_known_args(self, *arguments: Any, **settings: Any) -> Any:
        """Parse as any parser does, once it is complete."""
        self.complete()
        return super().parse_known_args(*arguments, **settings)


def dispatch(words: Sequence[str]) -> int:
    """Carry out a command line and return its exit code. Raises nothing, unless asked to by `--debug`."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name of any bytes, on a terminal of any encoding
    try:
        return _guarded(*_split(words))
    finally:
        _let_go()


def _guarded(before: list[str], command: str, after: list[str]) -> int:
    try:
        status = _carry_out(before, command, after)
        sys.stdout.flush()
    except ParityError as error:
        failure = error
    except BrokenPipeError:
        return 1  # whoever read us has seen enough
    except OSError as error:
        failure = SystemRefused.from_error(error)
    except Exception as error:  # noqa: BLE001 - the last net: no traceback reaches a user
        failure = InternalError.from_error(error)
    else:
        return status
    others = command in {"exec", "run"} or (command in COMMANDS and COMMANDS[command].raw)
    flags = [*before, *(after if not others else takewhile(lambda word: word.startswith("-"), after))]
    if command == "python" and "--build" in after:
        flags = [*before, *(word for word in after if word != "--debug")]  # there it is about the interpreter
    if "--debug" in flags:
        raise failure
    if "--json" in flags and _let_go():
        from parity.cli.render import json  # noqa: PLC0415 - only where it is asked for

        json.write_failure(command, failure)
    else:
        errors.write(failure)
    return failure.exit_code


def global_options(*, inner: bool = False) -> argparse.ArgumentParser:
    """Return the options that every command has.

    `inner`: for a subcommand's own parser, where an option that is not given leaves what was said before it.
    """
    parent = Parser(add_help=False, argument_default=argparse.SUPPRESS if inner else None)
    group = parent.add_argument_group("options that work everywhere")
    group.add_argument("-C", "--directory", metavar="DIR", help="work as if started in DIR")
    if not inner:
        parent.set_defaults(directory=".")
    group.add_argument("--offline", action="store_true", help="use what is cached, never the network")
    group.add_argument("--json", action="store_true", help="print one JSON object (schema `parity/1`)")
    group.add_argument("-q", "--quiet", action="store_true", help="no progress, no remarks")
    group.add_argument("--debug", action="store_true", help="show tracebacks")
    return parent


def command_parser(command: str) -> Parser:
    """Return the whole parser of one command, importing only its module."""
    entry = COMMANDS[command]
    module = import_module(entry.module)
    parser = Parser(prog=f"parity {command}", description=module.__doc__, parents=[global_options()])
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    module.configure(parser)
    return parser


def help_text() -> str:
    """Return what `parity --help` says."""
    rows = (f"  {name:<{_COLUMN}}{entry.summary}\n" for name, entry in COMMANDS.items() if not entry.hidden)
    return (
        "usage: parity COMMAND [OPTIONS]\n\nThe same Python environment on every machine, and the proof of it.\n\n"
        f"commands:\n{''.join(rows)}\n"
        "See `parity COMMAND --help` for its options. `-C DIR`, `--offline`, `--json`, `--quiet` and `--debug` work\n"
        "everywhere; `parity --version` says which parity this is.\n"
    )


def _let_go() -> bool:
    """Say whether standard output takes all; drop what it does not, or the interpreter would complain at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def _split(words: Sequence[str]) -> tuple[list[str], str, list[str]]:
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] in _WITH_VALUE else 1
    return list(words[:index]), words[index] if index < len(words) else "", list(words[index + 1 :])


def _carry_out(before: list[str], command: str, after: list[str]) -> int:
    if "--version" in before or "-V" in before:
        sys.stdout.write(f"parity {__version__}\n")
        return 0
    if not command or "-h" in before or "--help" in before:
        sys.stdout.write(help_text())
        return 0 if {"-h", "--help"} & set(before) else UsageError.exit_code
    if command not in COMMANDS:
        hint = did_you_mean(command, COMMANDS, "see `parity --help`", before="parity ")
        raise UsageError(f"there is no command `{command}`", hint=hint)
    parser = command_parser(command)
    try:
        arguments = parser.parse_args([*before, *(["--"] if COMMANDS[command].raw else []), *after])
    except SystemExit as done:  # argparse's way to end after `--help`
        return int(done.code or 0)
    return _answer(command, arguments)


def _answer(command: str, arguments: argparse.Namespace) -> int:
    directory = _enter(arguments.directory)
    with closing(_reporter(arguments)) as reporter:
        context = Context(
            directory=directory,
            environ=os.environ,
            reporter=reporter,
            offline=arguments.offline,
            quiet=arguments.quiet,
            as_json=arguments.json,
            debug=arguments.debug,
        )
        answer = import_module(COMMANDS[command].module).run(arguments, context)
    if arguments.json:
        from parity.cli.render import json  # noqa: PLC0415 - only where it is asked for

        json.write_answer(f"{command} {verb}" if (verb := getattr(arguments, "verb", "")) else command, answer)
    else:
        human.write_answer(answer, quiet=arguments.quiet)
    return 0 if answer.ok else 1


def _enter(directory: str) -> Path:
    """Make a folder the working directory, for whatever is started there too, and return its whole path."""
    try:
        if directory != ".":
            os.chdir(directory)
        return Path.cwd()
    except (FileNotFoundError, NotADirectoryError):
        what = (
            "the working directory does not exist any more" if directory == "." else f"there is no folder `{directory}`"
        )
        raise UsageError(what, hint="name a folder that is there with `-C`") from None


def _reporter(arguments: argparse.Namespace) -> Reporter:
    drawn = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")
    if arguments.quiet or arguments.json or not drawn:
        return SilentReporter()
    from parity.cli.render.progress import TerminalReporter  # noqa: PLC0415 - costs what only a terminal is worth

    return TerminalReporter()
