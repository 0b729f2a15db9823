"""Entries of an `environment.yml` put in and taken out; every other byte of it stays as it is."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from parity.core.editing.errors import ManifestUneditable
from parity.core.editing.lists import Brackets, Entry, Lines, line_end, line_start, newline_of, with_line, without_lines
from parity.core.editing.wanted import conda_name, wheel_name, with_marker
from parity.core.export.yaml_text import scalar
from parity.core.manifests.selectors import SelectorSyntaxError, canonical_selector
from parity.core.manifests.yaml_nodes import Items, Scalar, Table, read_yaml
from parity.core.places import Place

if TYPE_CHECKING:
    from parity.core.editing.wanted import Kind, Wanted
    from parity.core.manifests.yaml_nodes import Tree

_PREFIX = "  - "


def listed(text: str, file: str, kind: Kind) -> Lines | Brackets | None:
    """Return the list of conda's packages, or that under `pip:`; None where there is none.

    Raises ManifestError where the file is no YAML, ManifestUneditable where entries stand elsewhere (`*alias`).
    """
    return _Reader(text, file).listed(kind)


def put(text: str, file: str, wanted: Wanted) -> str:
    """Return a text with one more entry, and with the section that it needs."""
    reader = _Reader(text, file)
    if reader.key is None:
        text = with_line(text, len(text), "dependencies:")
        reader = _Reader(text, file)
    if wanted.kind == "conda" or reader.section:
        found = reader.listed(wanted.kind) or Lines(text=text, entries=(), prefix=_PREFIX, at=reader.first())
        return found.put(value_of(wanted, flow=isinstance(found, Brackets)), wanted.name)
    packages = reader.listed("conda")
    if isinstance(packages, Brackets):
        raise reader.refused("the list stands in brackets, where no section fits")
    prefix = packages.prefix if packages else _PREFIX
    at = packages.end() if packages else reader.first()
    inner = f"{' ' * len(prefix)}- {value_of(wanted)}"
    return with_line(text, at, f"{prefix}pip:{newline_of(text)}{inner}")


def take(text: str, file: str, kind: Kind, number: int) -> str:
    """Return a text without an entry; a `pip:` section in which nothing is left goes too."""
    reader = _Reader(text, file)
    found = reader.listed(kind)
    if found is None:
        return text
    if kind == "pypi" and isinstance(found, Lines) and len(found.entries) == 1 and reader.section:
        start = line_start(text, reader.section.start)
        if text[start : reader.section.start].strip() == "-":
            return without_lines(text, start, found.end())
    return found.take(number)


def value_of(wanted: Wanted, *, flow: bool = False) -> str:
    """Return an entry as it is written. Raises ManifestUneditable for a group: there is none here."""
    if wanted.group:
        raise ManifestUneditable(
            "an `environment.yml` has no groups",
            hint="leave out `--group`, or keep groups in a `pyproject.toml`",
        )
    if wanted.kind == "conda":
        text, selector = wanted.text, wanted.condition
    else:
        text = f"-e {wanted.text}" if wanted.editable else with_marker(wanted.text, wanted.condition)
        selector = ""
    if flow and selector:
        raise ManifestUneditable("a list in brackets has no room for a selector", hint="write one package a line")
    value = json.dumps(text, ensure_ascii=False) if flow and set(text) & set(",[]{}") else scalar(text)
    return f"{value}  # [{selector}]" if selector else value


class _Reader:
    """Finds the lists of one text, where they stand."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        tree = read_yaml(text, file)
        if tree is not None and not isinstance(tree, Table):
            raise self.refused("the file is no mapping")
        pairs = tree.pairs if tree else ()
        found = next((pair for pair in pairs if pair[0].text == "dependencies"), None)
        self.key = found[0] if found else None
        self.items = found[1] if found and isinstance(found[1], Items) else None
        if self.items and self.key and self.items.start < self.key.end:
            raise self.refused("the list stands somewhere else (`*NAME`)")
        self.section, self._pip = self._sections()

    def first(self) -> int:
        """Return where the first package goes: under the key, before sections."""
        if self.items and self.items.items:
            return line_start(self.text, self.items.start)
        return line_end(self.text, self.key.end) if self.key else len(self.text)

    def listed(self, kind: Kind) -> Lines | Brackets | None:
        if kind == "conda":
            return self._list(self.items, kind, self.first()) if self.items else None
        if self.section is None:
            return None
        if isinstance(self._pip, Items):
            return self._list(self._pip, kind, 0)
        start = line_start(self.text, self.section.start)
        column = self.section.start - start
        return Lines(text=self.text, entries=(), prefix=f"{' ' * column}- ", at=line_end(self.text, self.section.end))

    def refused(self, reason: str) -> ManifestUneditable:
        return ManifestUneditable(
            f"`{self.file}` cannot be edited line by line: {reason}",
            hint="write `dependencies:` with one package a line, each behind `- `",
            place=Place(file=self.file, key="dependencies"),
        )

    def _sections(self) -> tuple[Scalar | None, Tree | None]:
        for item in self.items.items if self.items else ():
            for key, value in item.pairs if isinstance(item, Table) else ():
                if key.text == "pip":
                    return key, value
        return None, None

    def _list(self, items: Items, kind: Kind, at: int) -> Lines | Brackets:
        found = [item for item in items.items if isinstance(item, Scalar)]
        inside = [items.start, *(each for item in found for each in (item.start, item.end)), items.end]
        if any(one > other for one, other in pairwise(inside)):
            raise self.refused("an entry stands somewhere else (`*NAME`)")
        entries = [self._entry(item, kind) for item in found]
        if items.flow:
            return Brackets(text=self.text, opening=items.start, closing=items.end - 1, entries=entries)
        prefixes = [self.text[line_start(self.text, entry.start) : entry.start] for entry in entries]
        if any(prefix.strip() != "-" for prefix in prefixes):
            raise self.refused("an entry does not stand behind its own dash")
        prefix = prefixes[-1] if prefixes else self._prefix(items)
        return Lines(text=self.text, entries=entries, prefix=prefix, at=at)

    def _prefix(self, items: Items) -> str:
        """Return what stands before the first entry of a list that has sections only."""
        start = line_start(self.text, items.start)
        return f"{self.text[start : items.start]}- "

    def _entry(self, item: Scalar, kind: Kind) -> Entry:
        if kind == "pypi":
            name, condition = wheel_name(item.text, item.place)
        else:
            name, condition = conda_name(item.text, item.place), _selector(item.comment)
        return Entry(text=item.text, start=item.start, end=item.end, name=name, condition=condition)


def _selector(comment: str) -> str:
    if not comment.startswith("["):
        return ""
    try:
        return canonical_selector(comment[1:].partition("]")[0])
    except SelectorSyntaxError:
        return ""
