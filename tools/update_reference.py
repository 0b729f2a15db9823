"""Refresh the tables of docs/reference that say what the code says: commands, errors, variables and targets.

Run it after adding an option, an error class, a variable or a target: `python tools/update_reference.py`. With
`--check` it writes nothing and exits 1 where a page is out of date; the test suite checks the same.
"""

import argparse
import inspect
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from parity.cli.dispatch import LateParser, command_parser, global_options
from parity.cli.examples import EXAMPLES
from parity.cli.registry import COMMANDS
from parity.core import environment, errors

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
BEGIN = "<!-- made by tools/update_reference.py: begin -->"
END = "<!-- end -->"


def error_classes() -> Iterator[type[errors.ParityError]]:
    """Yield every error class, the root first, each once."""
    for path in sorted(Path(errors.__file__).parent.glob("*/errors.py")):
        import_module(f"parity.core.{path.parent.name}.errors")
    waiting: list[type[errors.ParityError]] = [errors.ParityError]
    seen = set()
    while waiting:
        found = waiting.pop(0)
        if found not in seen:
            seen.add(found)
            waiting += found.__subclasses__()
            yield found


def errors_table() -> str:
    """Return one row an error: its code, what it means, the exit code."""
    rows = sorted(
        f"| `{error.code}` | {inspect.cleandoc(error.__doc__ or '').splitlines()[0]} | {error.exit_code} |"
        for error in error_classes()
    )
    return "\n".join(["| code | meaning | exit code |", "|---|---|---|", *rows])


def variables_table() -> str:
    """Return one row a variable, in the order of the code."""
    rows = [f"| `{name}` | {meaning} |" for name, meaning in environment.VARIABLES.items()]
    return "\n".join(["| variable | meaning |", "|---|---|", *rows])


def targets_table() -> str:
    """Return one row a named target, and the accelerators in a line below."""
    text = (ROOT / "src" / "parity" / "data" / "targets.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    rows = [
        f"| `{target['name']}` | {target['platform']} | {_floor(target)} | {target['source']} |"
        for target in data["target"]
    ]
    accelerators = ", ".join(f"`{name}`" for name in data["accelerators"])
    head = ["| target | platform | at least | known from |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, "", f"Accelerators: {accelerators}."])


def _floor(target: dict[str, str]) -> str:
    return f"macOS {target['macos']}" if "macos" in target else f"{target['libc']} {target['libc-version']}"


def commands_table() -> str:
    """Return the options that every command has, then one part a command, one below it a subcommand."""
    everywhere = global_options()
    parts = ["These work with every command, before its name or behind it:", *_options([everywhere])]
    known = {option for action in everywhere._actions for option in action.option_strings}  # noqa: SLF001 - see below
    for command in COMMANDS:
        parts += _command(f"## `parity {command}", command_parser(command), known)
    return "\n\n".join(parts)


def _command(heading: str, parser: argparse.ArgumentParser, known: set[str]) -> list[str]:
    if isinstance(parser, LateParser):
        parser.complete()
    verbs, positionals = {}, []
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to say what a parser takes
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - same
            verbs = dict(action.choices)
        elif not action.option_strings:
            positionals.append(_words(action, str(action.metavar or action.dest)))
    words = " ".join(["VERB"] if verbs else positionals)
    parts = [f"{heading} {words}`" if words else f"{heading}`", inspect.cleandoc(parser.description or "")]
    parts += _options([parser], known)
    parts += _examples(parser)
    for verb, inner in verbs.items():
        parts += _command(f"#{heading} {verb}", inner, known)
    return parts


def _examples(parser: argparse.ArgumentParser) -> list[str]:
    lines = EXAMPLES.get(parser.prog.removeprefix("parity "), ())
    return ["\n".join(["```sh", *lines, "```"])] if lines else []


def _options(parsers: Iterable[argparse.ArgumentParser], known: Iterable[str] = ()) -> list[str]:
    rows = []
    left_out = {"-h", "--help", *known}
    for action in (action for parser in parsers for action in parser._actions):  # noqa: SLF001 - same
        if action.option_strings and not left_out & set(action.option_strings):
            value = "/".join(action.choices) if action.choices else str(action.metavar or "")
            names = ", ".join(f"`{_words(action, value, name)}`" for name in action.option_strings)
            rows.append(f"| {names} | {action.help} |")
    return ["\n".join(["| option | meaning |", "|---|---|", *rows])] if rows else []


def _words(action: argparse.Action, value: str, name: str = "") -> str:
    """Return an argument as one writes it: `--upgrade [PACKAGE …]`, `REQUEST …`."""
    if action.nargs == 0:
        return name
    shown = {"*": f"[{value} …]", "+": f"{value} …"}.get(str(action.nargs), value)
    return f"{name} {shown}".strip()


PAGES = {
    "commands.md": commands_table,
    "errors.md": errors_table,
    "environment-variables.md": variables_table,
    "targets.md": targets_table,
}


def renewed(page: str, table: str) -> str:
    """Return a page with its table replaced. Raises ValueError where the page has no place for it."""
    head, _, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not end:
        raise ValueError(f"no `{BEGIN}` followed by `{END}`")
    return f"{head}{BEGIN}\n\n{table}\n\n{END}{tail}"


def main() -> int:
    """Refresh or check every page; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is out of date")
    check = parser.parse_args().check
    outdated = 0
    for name, table in PAGES.items():
        path = REFERENCE / name
        before = path.read_text(encoding="utf-8")
        after = renewed(before, table())
        if before != after:
            outdated += 1
            print(f"{path.relative_to(ROOT)}: {'out of date' if check else 'refreshed'}")
            if not check:
                path.write_text(after, encoding="utf-8")
    return 1 if check and outdated else 0


if __name__ == "__main__":
    sys.exit(main())
