"""Entries of a `pyproject.toml` put in and taken out; every other byte of it stays as it is."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from parity.core.editing.errors import ManifestUneditable
from parity.core.editing.lists import Brackets, Entry, line_start, newline_of, with_line
from parity.core.editing.wanted import conda_name, wheel_name, with_marker
from parity.core.places import Place
from parity.core.toml_spans import sections, values_in

if TYPE_CHECKING:
    from parity.core.editing.wanted import Kind, Wanted
    from parity.core.toml_spans import Pair, Path

PROJECT: Path = ("project", "dependencies")
CONDA: Path = ("tool", "parity", "conda", "dependencies")
GROUPS: Path = ("dependency-groups",)
SOURCES: Path = ("tool", "uv", "sources")


def path_of(text: str, wanted: Wanted) -> Path:
    """Return the key of the list to which an entry belongs."""
    if wanted.kind == "conda":
        return CONDA
    return group_path(text, wanted.group) if wanted.group else PROJECT


def group_path(text: str, group: str) -> Path:
    """Return the key of a dependency group, which is found whatever way its name is written."""
    asked = canonicalize_name(group)
    return (*GROUPS, next((name for name in groups_of(text) if canonicalize_name(name) == asked), group))


def groups_of(text: str) -> tuple[str, ...]:
    """Return the names of the dependency groups."""
    return tuple(tomllib.loads(text).get("dependency-groups", {}))


def listed(text: str, file: str, path: Path, kind: Kind) -> Brackets | None:
    """Return the list of a key, or None where there is none.

    Raises ManifestUneditable where the key is inside an inline table.
    """
    pair = _pair(text, path)
    if pair is None:
        if _lookup(text, path) is not None:
            raise ManifestUneditable(
                f"`{'.'.join(path)}` stands inside an inline table, which cannot be edited line by line",
                hint=f"write it under a header of its own: `[{'.'.join(path[:-1])}]`",
                place=Place(file=file, key=".".join(path)),
            )
        return None
    spans, closing = values_in(text, pair.start)
    entries = [_entry(text, start, end, kind, Place(file=file, key=".".join(path))) for start, end in spans]
    return Brackets(text=text, opening=pair.start, closing=closing, entries=entries)


def put(text: str, file: str, wanted: Wanted) -> str:
    """Return a text with one more entry, and with the key or table that it needs."""
    path = path_of(text, wanted)
    found = listed(text, file, path, wanted.kind)
    if found is not None:
        return _with_source(found.put(value_of(wanted, found), wanted.name), wanted)
    if path == PROJECT and "project" not in tomllib.loads(text):
        raise ManifestUneditable(
            "there is no `[project]` to which a distribution could be added",
            hint='write `[project]` with `name = "NAME"` and `version = "0"`, or name a group with `--group`',
            place=Place(file=file),
        )
    first = f"{_key(path[-1])} = [{value_of(wanted, None)}]"
    more = ['channels = ["conda-forge"]'] if path == CONDA and not _lookup(text, (*path[:-1], "channels")) else []
    return _with_source(_with_pairs(text, path[:-1], [*more, first]), wanted)


def replace(text: str, file: str, wanted: Wanted, number: int) -> str:
    """Return a text with an entry in the place of another."""
    found = listed(text, file, path_of(text, wanted), wanted.kind)
    return _with_source(found.replace(number, value_of(wanted, found)), wanted) if found else text


def take(text: str, file: str, path: Path, kind: Kind, number: int) -> str:
    """Return a text without an entry, and without the folder that `[tool.uv.sources]` has for its name."""
    found = listed(text, file, path, kind)
    if found is None:
        return text
    name = found.entries[number].name
    text = found.take(number)
    still = any(name in str(value) for value in _texts(tomllib.loads(text)))
    source = None if still else _source(text, name)
    if source:
        end = text.find("\n", source.end)
        text = text[: source.begin] + (text[end + 1 :] if end >= 0 else "")
    return text


def value_of(wanted: Wanted, found: Brackets | None) -> str:
    """Return an entry as a string of TOML, in the quotes that its neighbours have where it can."""
    if wanted.kind == "conda" and wanted.condition:
        raise ManifestUneditable(
            "`[tool.parity.conda]` has no selectors",
            hint="leave out `--target`, or keep the package in an `environment.yml`",
        )
    text = wanted.name if wanted.editable else wanted.text
    text = text if wanted.kind == "conda" else with_marker(text, wanted.condition)
    single = found is not None and bool(found.entries) and found.text[found.entries[-1].start] == "'"
    if "'" not in text and (single or '"' in text):
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False)


def _entry(text: str, start: int, end: int, kind: Kind, place: Place) -> Entry:
    value = tomllib.loads(f"value = {text[start:end]}")["value"]
    if not isinstance(value, str):  # `{ include-group = "…" }`
        return Entry(text=text[start:end], start=start, end=end)
    name, condition = (conda_name(value, place), "") if kind == "conda" else wheel_name(value, place)
    return Entry(text=value, start=start, end=end, name=name, condition=condition)


def _pair(text: str, path: Path) -> Pair | None:
    return next((pair for section in sections(text) for pair in section.pairs if pair.path == path), None)


def _with_pairs(text: str, path: Path, pairs: list[str]) -> str:
    """Return a text with more lines in a table, which is begun at the end of the file where there is none."""
    newline = newline_of(text)
    lines = newline.join(pairs)
    for section in sections(text):
        if section.path == path:
            return with_line(text, section.end, lines)
    gap = newline if text.strip() else ""
    return with_line(text, len(text), f"{gap}[{'.'.join(map(_key, path))}]{newline}{lines}")


def _with_source(text: str, wanted: Wanted) -> str:
    """Return a text that says in which folder an editable distribution stands."""
    if not wanted.editable:
        return text
    line = f"{_key(wanted.name)} = {{ path = {json.dumps(wanted.text, ensure_ascii=False)}, editable = true }}"
    old = _source(text, wanted.name)
    if old is None:
        return _with_pairs(text, SOURCES, [line])
    return text[: line_start(text, old.begin)] + line + text[old.end :]


def _source(text: str, name: str) -> Pair | None:
    pairs = (pair for section in sections(text) for pair in section.pairs)
    return next(
        (pair for pair in pairs if pair.path[:-1] == SOURCES and canonicalize_name(pair.path[-1]) == name), None
    )


def _lookup(text: str, path: Path) -> Any:
    value: Any = tomllib.loads(text)
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _texts(data: dict[str, Any]) -> list[str]:
    """Return every requirement that is left, of whatever list."""
    project, groups = data.get("project", {}), data.get("dependency-groups", {})
    lists = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values(), *groups.values()]
    return [str(one) for each in lists for one in each]


def _key(name: str) -> str:
    bare = name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    return name if bare else json.dumps(name, ensure_ascii=False)
