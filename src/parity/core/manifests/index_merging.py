"""One list of indexes out of what the settings and several manifests say, each under one name."""

import re
from collections.abc import Sequence
from dataclasses import replace

from parity.core.errors import Fault
from parity.core.places import Place
from parity.core.spec import Index

_NUMBERED = re.compile(r"(?P<stem>extra|find-links|index)-\d+")


def merge_indexes(settled: Sequence[Index], said: Sequence[tuple[str, Index]]) -> tuple[tuple[Index, ...], list[Fault]]:
    """Return the indexes in the order of their priority: those of the settings, then those of each file.

    The settings win. Names that parity gave itself (`extra-1`) are given anew. Two files that name different default
    indexes, or different addresses under one name, are faults.
    """
    found = {index.name: index for index in settled}
    faults: list[Fault] = []
    given_by: dict[str, str] = {}
    for file, index in said:
        name = index.name
        if any(_same(index, other) and (other.name == name or _is_nameless(index)) for other in found.values()):
            continue
        if index.default:
            other = next((other for other in found.values() if other.default), None)
        elif matched := _NUMBERED.fullmatch(name):
            name, other = _free(matched["stem"], found), None
        else:
            other = found.get(name)
        if other is None:
            found[name] = replace(index, name=name)
            given_by[name] = file
        elif other.name in given_by:
            faults.append(_clash(file, index, given_by[other.name]))
    return tuple(found.values()), faults


def _is_nameless(index: Index) -> bool:
    return index.default or _NUMBERED.fullmatch(index.name) is not None


def _same(index: Index, other: Index) -> bool:
    return (index.url, index.default, index.flat, index.explicit) == (
        other.url,
        other.default,
        other.flat,
        other.explicit,
    )


def _free(stem: str, taken: dict[str, Index]) -> str:
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _clash(file: str, index: Index, other: str) -> Fault:
    what = "another default index" if index.default else f"another address for the index `{index.name}`"
    return Fault(
        place=Place(file=file),
        message=f"`{file}` names {what} than `{other}`",
        hint="settle it once, under `[[tool.parity.indexes]]`",
    )
