"""Plain data → YAML that every reader takes the same way: block style, and in quotes whatever could mean something."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_](?: ?[A-Za-z0-9_.,=:@/+<>!~*()-])*")
# YAML 1.1, which conda's reader speaks, has more of them than 1.2
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# what JSON leaves as it is and YAML does not take for text
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def yaml_text(data: Mapping[str, Any]) -> str:
    """Return mappings, sequences, texts, whole numbers, booleans and None as a YAML document."""
    return "".join(f"{line}\n" for line in _mapping(data))


def scalar(text: str) -> str:
    """Return a text as a YAML scalar, in double quotes unless it is read as that text without them."""
    plain = _PLAIN.fullmatch(text) and ": " not in text and not text.endswith(":")
    if plain and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _mapping(data: Mapping[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        yield from _entry(f"{scalar(key)}:", value)


def _sequence(data: Sequence[Any]) -> Iterator[str]:
    for value in data:
        if isinstance(value, Mapping) and value:
            first, *others = _mapping(value)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)
        else:
            yield from _entry("-", value)


def _entry(head: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from (f"  {line}" for line in _mapping(value))
    elif isinstance(value, list | tuple) and value:
        yield head
        yield from (f"  {line}" for line in _sequence(value))
    else:
        yield f"{head} {_single(value)}"


def _single(value: Any) -> str:
    if isinstance(value, str):
        return scalar(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return "{}" if isinstance(value, Mapping) else "[]"
