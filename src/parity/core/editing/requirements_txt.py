"""Entries of a requirements file put in and taken out; every other line stays as it is, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.editing.errors import ManifestUneditable
from parity.core.editing.lists import Entry, Lines
from parity.core.editing.wanted import wheel_name, with_marker
from parity.core.manifests.requirement_lines import logical_lines
from parity.core.places import Place

if TYPE_CHECKING:
    from parity.core.editing.wanted import Wanted


def listed(text: str, file: str) -> Lines:
    """Return the requirements of a file. Raises nothing: a line that is none has no name."""
    return Lines(text=text, entries=_entries(text, file), prefix="", at=len(text))


def value_of(wanted: Wanted) -> str:
    """Return an entry as a line. Raises ManifestUneditable for a group or a conda package: there is no place for it."""
    if wanted.kind == "conda":
        raise ManifestUneditable(
            f"a requirements file has no place for the conda package `{wanted.name}`",
            hint="leave out `--conda`, or begin an `environment.yml` with `parity init --conda`",
        )
    if wanted.group:
        raise ManifestUneditable(
            "a requirements file has no groups",
            hint="leave out `--group`, or begin a `pyproject.toml` with `parity init --pyproject`",
        )
    return f"-e {wanted.text}" if wanted.editable else with_marker(wanted.text, wanted.condition)


def _entries(text: str, file: str) -> tuple[Entry, ...]:
    lines = text.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    found = []
    for number, joined in logical_lines(text):
        option = joined.startswith("-") and not joined.startswith(("-e", "--editable"))
        if option:
            continue
        last = number - 1
        while lines[last].rstrip("\r\n").endswith("\\") and last + 1 < len(lines):
            last += 1
        start, end = offsets[number - 1], offsets[last + 1]
        name, marker = wheel_name(joined, Place(file=file, line=number))
        value_end = start + len(_value(text[start:end]))
        lead = len(text[start:end]) - len(text[start:end].lstrip())
        found.append(Entry(text=joined, start=start + lead, end=value_end, name=name, condition=marker))
    return tuple(found)


def _value(lines: str) -> str:
    """Return what of an entry's lines is not the comment behind it."""
    body = lines.rstrip()
    last = body.rfind("\n") + 1
    comment = body.find(" #", last)
    return (body[:comment] if comment >= 0 else body).rstrip()
