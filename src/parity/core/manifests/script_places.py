"""Where in a script something stands that was found in what its comments say (PEP 723), read as a `pyproject.toml`."""

import re
from dataclasses import replace

from parity.core.manifests.pyproject_toml import Pyproject
from parity.core.manifests.script_blocks import as_project, block_of
from parity.core.places import Place
from parity.core.toml_spans import sections, values_in

_PART = re.compile(r"""\[(\d+)\]|"((?:\\.|[^"\\])*)"|([A-Za-z0-9_-]+)""")


def in_script(parsed: Pyproject, text: str) -> Pyproject:
    """Return what the block of a script says with the places that it has in the text of the script.

    A key has no `project` before it there, and a line.
    """
    return replace(
        parsed,
        faults=tuple(replace(each, place=_placed(each.place, text)) for each in parsed.faults),
        wheels=tuple(replace(each, place=_placed(each.place, text)) for each in parsed.wheels),
        conda=tuple(replace(each, place=_placed(each.place, text)) for each in parsed.conda),
    )


def _placed(place: Place, text: str) -> Place:
    line = place.line or (_line_of(as_project(text), place.key) if place.key else None)
    key = place.key.removeprefix("project").removeprefix(".")
    return Place(file=place.file, key=key, line=line and line - _shift(text))


def _shift(text: str) -> int:
    """Return by how many lines a block stands further down than in its script: two lines come before it."""
    found = block_of(text)
    return max(2 - found[0], 0) if found else 0


def _line_of(text: str, key: str) -> int | None:
    """Return the line of the entry that is nearest to a key; None where none is near, or the text is no TOML."""
    parts = [match.groups() for match in _PART.finditer(key)]
    names = tuple(quoted or bare or f"[{number}]" for number, quoted, bare in parts)
    try:
        pairs = [pair for section in sections(text) for pair in section.pairs]
    except (IndexError, ValueError):  # what is wrong is that it cannot be read
        return None
    near = [pair for pair in pairs if pair.path == names[: len(pair.path)]]
    if not near:
        return None
    pair = max(near, key=lambda each: len(each.path))
    at = pair.begin
    behind = parts[len(pair.path) :]
    if behind and behind[0][0] and text[pair.start] == "[":
        values, _ = values_in(text, pair.start)
        at = values[int(behind[0][0])][0] if int(behind[0][0]) < len(values) else at
    return text.count("\n", 0, at) + 1
