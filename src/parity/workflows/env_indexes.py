"""The indexes that came with an exported lock, as they are noted beside it: rows of a small record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.spec import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def index_rows(indexes: Iterable[Index]) -> list[list[str]]:
    """Return a row for each: its name, its address, and which of the kinds it is."""
    return [[index.name, index.url, *_kinds(index)] for index in indexes]


def indexes_in(rows: Iterable[Sequence[str]]) -> tuple[Index, ...]:
    """Return the indexes of such rows."""
    return tuple(
        Index(name=name, url=url, default="default" in kinds, flat="flat" in kinds, explicit="explicit" in kinds)
        for name, url, *kinds in rows
    )


def _kinds(index: Index) -> list[str]:
    kinds = {"default": index.default, "flat": index.flat, "explicit": index.explicit}
    return [kind for kind, is_one in kinds.items() if is_one]
