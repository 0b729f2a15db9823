"""TOML text → where its keys and values stand, for edits that leave everything else as it is.

The text has been parsed before: what is read here is known to be TOML 1.0.
"""

from __future__ import annotations

import re
import tomllib

from parity.core.dataclass import dataclass

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*(\.?)""")
_STRINGS = (
    re.compile(r'"{3}(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'{3}.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\])*"'),
    re.compile(r"'[^']*'"),
)
_BARE = re.compile(r"[^,\]}\s#]+(?: [0-9:.]+[^,\]}\s#]*)?")

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A key with its whole path, where the line of the key begins, and where its value stands."""

    path: Path
    begin: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table under its header (the root has none): its pairs, and where a further line of it belongs."""

    path: Path
    end: int
    pairs: tuple[Pair, ...]


def sections(text: str) -> tuple[Section, ...]:
    """Return every table that has a header, the root first; those of an array of tables have a number in their path."""
    found: list[Section] = []
    path: Path = ()
    end, pairs = 0, list[Pair]()
    counts: dict[Path, int] = {}
    at = skip(text, 0)
    while at < len(text):
        if text[at] != "[":
            pairs.append(_pair(text, at, path))
            end = pairs[-1].end
            at = skip(text, end)
            continue
        found.append(Section(path=path, end=_line_behind(text, end), pairs=tuple(pairs)))
        array = text.startswith("[[", at)
        keys, end = _keys(text, at + (2 if array else 1))
        counts[keys] = counts.get(keys, 0) + array
        path, pairs = (*keys, f"[{counts[keys]}]") if array else keys, []
        end += 2 if array else 1
        at = skip(text, end)
    found.append(Section(path=path, end=_line_behind(text, end), pairs=tuple(pairs)))
    return tuple(found)


def values_in(text: str, start: int) -> tuple[list[tuple[int, int]], int]:
    """Return where the values of an array stand that begins at a position, and where its closing bracket does."""
    found: list[tuple[int, int]] = []
    at = skip(text, start + 1)
    while text[at] != "]":
        end = value_end(text, at)
        found.append((at, end))
        at = skip(text, end)
        at = skip(text, at + 1) if text[at] == "," else at
    return found, at


def value_end(text: str, start: int) -> int:
    """Return where a value ends that begins at a position."""
    for string in _STRINGS:
        if match := string.match(text, start):
            return match.end()
    if text[start] == "[":
        return values_in(text, start)[1] + 1
    if text[start] == "{":
        return _inline_end(text, start)
    match = _BARE.match(text, start)
    return match.end() if match else start


def skip(text: str, at: int) -> int:
    """Return the next position at which something stands that is neither blank nor a comment."""
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _inline_end(text: str, start: int) -> int:
    at = skip(text, start + 1)
    while text[at] != "}":
        _, at = _keys(text, at)
        at = skip(text, value_end(text, skip(text, at + 1)))
        at = skip(text, at + 1) if text[at] == "," else at
    return at + 1


def _pair(text: str, at: int, path: Path) -> Pair:
    keys, end = _keys(text, at)
    start = skip(text, end + 1)
    return Pair(path=(*path, *keys), begin=at, start=start, end=value_end(text, start))


def _keys(text: str, at: int) -> tuple[Path, int]:
    """Return the parts of a dotted key, and where it ends."""
    keys: list[str] = []
    while match := _KEY.match(text, at):
        keys.append(next(iter(tomllib.loads(f"{match[1]} = 0"))))
        at = match.end()
        if not match[2]:
            break
    return tuple(keys), at


def _line_behind(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1
