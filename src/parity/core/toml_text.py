"""Plain data → TOML, one entry of a list a line."""

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_lines(data: Mapping[str, Any]) -> str:
    """Return the pairs of one table: texts, whole numbers, booleans, lists, and mappings as inline tables."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in data.items())


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(value[key])}" for key in value)
        return f"{{ {inside} }}" if inside else "{}"
    if len(value) < 2:  # noqa: PLR2004 - a single entry stays on the line of its key
        return f"[{', '.join(map(_value, value))}]"
    return "[\n" + "".join(f"  {_value(entry)},\n" for entry in value) + "]"


def _text(text: str) -> str:
    """Write a TOML basic string: JSON's, except that TOML also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
