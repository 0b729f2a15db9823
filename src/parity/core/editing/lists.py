"""A list inside a text, known by where its entries stand: one is put in, replaced or taken out, the rest stays.

Either each entry has lines of its own (`- numpy`, a requirements file), or a list stands in brackets with commas
between its entries (`["numpy", "scipy"]`, on one line or several).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: what it means, the name (else the path) that it is about, and the condition under which it holds.

    `start` and `end` are where its value stands in the text, quotes included.
    """

    text: str
    start: int
    end: int
    name: str = ""
    condition: str = ""


def newline_of(text: str) -> str:
    """Return how the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\n"


def line_start(text: str, at: int) -> int:
    """Return where the line of a position begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Return where the line of a position ends, its newline included."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def with_line(text: str, at: int, line: str) -> str:
    """Return a text with one more line (given without its end) at a position where a line begins, or at the end.

    A last line without an end stays the kind of line that it is: the new last line has none either.
    """
    newline = newline_of(text)
    if at == len(text) and text and not text.endswith("\n"):
        return f"{text}{newline}{line}"
    return f"{text[:at]}{line}{newline}{text[at:]}"


def without_lines(text: str, start: int, end: int) -> str:
    """Return a text without the lines between two positions, its last line as complete as before."""
    before, after = text[:start], text[end:]
    if not after and text and not text.endswith("\n"):
        return before.removesuffix("\n").removesuffix("\r")
    return before + after


def place_for(name: str, entries: Sequence[Entry]) -> int:
    """Return before which entry a new one belongs: lists that are sorted stay so, else it is the end.

    Folders (`./lib`) have no part in an order of names.
    """
    names = [entry.name for entry in entries]
    named = all(names) and not any("/" in each for each in (*names, name))
    if named and len(names) > 1 and all(one <= other for one, other in pairwise(names)):
        return sum(each <= name for each in names)
    return len(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brackets:
    """A list in brackets, which stand at `opening` and `closing` of the text."""

    text: str
    opening: int
    closing: int
    entries: Sequence[Entry]

    def put(self, value: str, name: str) -> str:
        """Return the text with one more entry, as one more line where the others have lines of their own."""
        at = place_for(name, self.entries)
        if not self.entries:
            return self.text[: self.opening + 1] + value + self.text[self.opening + 1 :]
        before = self.entries[at - 1] if at else None
        after = self.entries[at] if before is None else before
        line = f"{self._indent(after)}{value},"
        if self._own_line(after):
            comma = self._behind(after)
            # where no comma stands behind the last, a new one goes before it: so it is one line
            under = before is not None and comma is not None
            where = line_end(self.text, comma or 0) if under else line_start(self.text, after.start)
            return with_line(self.text, where, line)
        if before:
            return f"{self.text[: before.end]}, {value}{self.text[before.end :]}"
        return f"{self.text[: after.start]}{value}, {self.text[after.start :]}"

    def replace(self, number: int, value: str) -> str:
        """Return the text with another value in the place of an entry's."""
        entry = self.entries[number]
        return self.text[: entry.start] + value + self.text[entry.end :]

    def take(self, number: int) -> str:
        """Return the text without an entry, the comma that parted it from its neighbour and, if it is alone, its line.

        A comment on that line goes with it.
        """
        entry = self.entries[number]
        if self._own_line(entry):
            end = line_end(self.text, self._behind(entry) or entry.end)
            return without_lines(self.text, line_start(self.text, entry.start), end)
        after = self.entries[number + 1] if number + 1 < len(self.entries) else None
        before = self.entries[number - 1] if number else None
        if before and self._same_line(before.end, entry.start):
            return self.text[: before.end] + self.text[entry.end :]
        if after:
            return self.text[: entry.start] + self.text[after.start :]
        return self.text[: entry.start] + self.text[self._behind(entry) or entry.end :]

    def _own_line(self, entry: Entry) -> bool:
        """Say whether nothing but an entry, its comma and a comment is on its lines."""
        before = self.text[line_start(self.text, entry.start) : entry.start]
        end = line_end(self.text, entry.end)
        behind = self.text[entry.end : min(end, self.closing)].strip().removeprefix(",").strip()
        return not before.strip() and self.closing >= end - 1 and (not behind or behind.startswith("#"))

    def _behind(self, entry: Entry) -> int | None:
        """Return where the comma behind an entry ends, or None where there is none."""
        at = entry.end
        while at < self.closing and (self.text[at].isspace() or self.text[at] == "#"):
            at = line_end(self.text, at) if self.text[at] == "#" else at + 1
        return at + 1 if self.text[at] == "," else None

    def _indent(self, entry: Entry) -> str:
        return self.text[line_start(self.text, entry.start) : entry.start]

    def _same_line(self, one: int, other: int) -> bool:
        return "\n" not in self.text[one:other]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A list whose entries have lines of their own, each behind a `prefix`; `at` is where the first would go."""

    text: str
    entries: Sequence[Entry]
    prefix: str
    at: int

    def put(self, value: str, name: str) -> str:
        """Return the text with one more line."""
        place = place_for(name, self.entries)
        at = self._end(self.entries[place - 1]) if place else self.at
        if self.entries and not place:
            at = line_start(self.text, self.entries[0].start)
        return with_line(self.text, at, f"{self.prefix}{value}")

    def end(self) -> int:
        """Return where a line behind the last entry begins."""
        return self._end(self.entries[-1]) if self.entries else self.at

    def replace(self, number: int, value: str) -> str:
        """Return the text with another value in the place of an entry's."""
        entry = self.entries[number]
        end = entry.end - (self.text[entry.end - 1] == "\n")
        return self.text[: entry.start] + value + self.text[end:]

    def take(self, number: int) -> str:
        """Return the text without the lines of an entry, a comment behind it included."""
        entry = self.entries[number]
        return without_lines(self.text, line_start(self.text, entry.start), self._end(entry))

    def _end(self, entry: Entry) -> int:
        return line_end(self.text, entry.end - (self.text[entry.end - 1] == "\n"))
