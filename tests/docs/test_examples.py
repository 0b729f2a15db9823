"""What the documents tell a reader to type is what parity understands."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from parity.cli.dispatch import command_parser
from parity.cli.registry import COMMANDS
from parity.core.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^ *(?:\$ |RUN |- run: )?(?:[A-Z_]+=\S+ )*(parity [a-z].*)$", re.MULTILINE)


def typed(page: Path) -> Iterator[list[str]]:
    """Yield the words of each parity command in a page's blocks, the first one left out."""
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in _COMMAND.findall(block):
            yield _own(shlex.split(line, comments=True)[1:])


def _own(words: list[str]) -> list[str]:
    """Return the words up to where the shell's begin."""
    return list(takewhile(lambda word: word not in {"&&", "|", ">"}, words))


def mentioned(page: Path) -> Iterator[list[str]]:
    """Yield the words of each parity command that a page's sentences name, which may be less than one would type."""
    text = re.sub(r"^#.*$", "", _BLOCK.sub("", page.read_text(encoding="utf-8")), flags=re.MULTILINE)
    yield from (_own(shlex.split(line)[1:]) for line in re.findall(r"`(parity [a-z][^`…|]*)`", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_a_page_can_be_typed(page: Path) -> None:
    """Each names a command of the table, and options that this command has."""
    for words in typed(page):
        assert "" == fault(words)
    for words in mentioned(page):
        assert not (said := fault(words)) or said.startswith("the following arguments are required: ")


def fault(words: list[str]) -> str:
    """Return what parity has against a command line, or nothing."""
    if words[0] not in COMMANDS:
        return f"there is no `parity {words[0]}`"
    try:
        command_parser(words[0]).parse_args(words[1:])
    except SystemExit as ended:  # `--help`
        return str(ended.code or "")
    except UsageError as error:
        return f"parity {' '.join(words)}: {error.message}" if "required" not in error.message else error.message
    return ""
