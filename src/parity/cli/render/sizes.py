"""Bytes, for people."""

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000


def shown(size: int) -> str:
    """Return a number of bytes in words, `12.3 MB`."""
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"
