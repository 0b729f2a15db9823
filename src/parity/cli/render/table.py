"""Rows of words as lines with aligned columns, and sizes as people read them."""

from collections.abc import Iterable

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000


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


def size_text(size: int) -> str:
    """Return bytes as people read them: `10.5 MB`; nothing where nobody knows."""
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return "" if not size else f"{amount:.0f} {_UNITS[unit]}" if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"
