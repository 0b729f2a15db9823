"""What a line of a requirements file is, before anyone asks what it means: joined, uncommented, taken apart.

The format is pip's (pip documentation, "Requirements File Format"): a backslash joins lines, `#` begins a comment at
the start of a line or after a blank, a requirement may be followed by options of its own.
"""

import re
import shlex
from collections.abc import Iterator

from parity.core.spelling import did_you_mean

_COMMENT = re.compile(r"(^|\s+)#.*$")
_EDITABLE = re.compile(r"(?:--editable|-e)(?:\s*=\s*|\s*)(?P<value>.*?)(?P<rest>\s+--[a-z].*)?")

SWITCHES = ("--no-index", "--pre", "--prefer-binary", "--require-hashes")
VALUED = (
    "--config-settings", "--constraint", "--editable", "--extra-index-url", "--find-links", "--global-option",
    "--hash", "--index-url", "--no-binary", "--only-binary", "--requirement", "--trusted-host", "--use-feature",
)  # fmt: skip
_SYNONYMS = {
    "-c": "--constraint", "-C": "--config-settings", "-e": "--editable", "-f": "--find-links", "-i": "--index-url",
    "-r": "--requirement", "--config-setting": "--config-settings", "--pypi-url": "--index-url",
}  # fmt: skip


class LineError(Exception):
    """A line that is not one: the sentence and the hint for it, without a place."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that says something, with the number of the line on which it begins."""
    start, pending = 0, ""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        start = start if pending else number
        # a line of comment ends what a backslash began, even where it ends with one
        if line.endswith("\\") and not _COMMENT.match(line):
            pending += line[:-1] or " "
            continue
        if joined := _COMMENT.sub("", pending + (f" {line}" if line.startswith("#") else line)).strip():
            yield start, joined
        pending = ""
    if rest := _COMMENT.sub("", pending).strip():
        yield start, rest


def split_line(line: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the requirement of a logical line (empty where there is none) and its options under their long names.

    Raises LineError for an option that pip does not know here, one without its value, or an open quotation.
    """
    words = line.split(" ")
    begin = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    requirement, options = " ".join(words[:begin]).strip(), " ".join(words[begin:]).strip()
    found: list[tuple[str, str]] = []
    if matched := _EDITABLE.fullmatch(options):
        # taken whole, since markers keep their quotation marks and their blanks
        found.append(("--editable", _required("--editable", matched["value"].strip())))
        options = (matched["rest"] or "").strip()
    return requirement, [*found, *_options(options)]


def _options(text: str) -> Iterator[tuple[str, str]]:
    try:
        words = iter(shlex.split(text))
    except ValueError:
        raise LineError(f"`{text}` has an open quotation", "close it, or leave the quotation marks out") from None
    for word in words:
        name, glued, value = _take_apart(word)
        if name in SWITCHES and not glued:
            yield name, ""
        elif name in VALUED:
            yield name, _required(name, value if glued else next(words, ""))
        else:
            raise _unknown(word)


def _take_apart(word: str) -> tuple[str, bool, str]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return _SYNONYMS.get(name, name), bool(equals), value
    short = word[:2]
    return _SYNONYMS.get(short, word), len(word) > len(short), word[2:]


def _required(name: str, value: str) -> str:
    if not value:
        raise LineError(f"`{name}` has no value", f"write `{name} VALUE`")
    return value


def _unknown(word: str) -> LineError:
    if not word.startswith("-"):
        return LineError(f"`{word}` stands after an option", "put each requirement on a line of its own")
    name = word.partition("=")[0]
    otherwise = "remove it; pip knows no such option in a requirements file"
    hint = did_you_mean(name, [*SWITCHES, *VALUED], otherwise)
    return LineError(f"`{name}` is not an option of a requirements file", hint)
