"""Rows of words as lines with aligned columns."""

from collections.abc import Iterable


def aligned(rows: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return one line a row; a column in which nobody has anything is left out, the last one is not filled up."""
    table = list(rows)
    if not table:
        return ()
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return tuple(
        "  ".join(f"{word:<{width}}" for word, width in zip(row, widths, strict=True) if width).rstrip()
        for row in table
    )
