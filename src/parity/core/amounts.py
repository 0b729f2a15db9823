"""Amounts as people read them: sizes, and so and so many of something."""

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000


def size_text(size: int) -> str:
    """Return bytes as people read them: `10.5 MB`."""
    amount, unit = float(size), 0
    while round(amount, 1) >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{size} B" if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"


def counted(number: int, what: str, several: str = "") -> str:
    """Return how many there are of a thing: `1 file`, `12 files`; `several` where an `s` does not make the plural."""
    return f"{number} {what if number == 1 else several or f'{what}s'}"
