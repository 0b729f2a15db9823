"""Ranges of versions in the words of Poetry and pixi → PEP 440: `^1.2`, `~1.2`, `1.2.*`, `*`, a bare version."""

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version


def pep440(text: str) -> str | None:
    """Return the range as a canonical set, empty where any version will do; None where it is no range."""
    parts = [_part(part) for part in re.split(r"\s*,\s*|(?<=[\w*])\s+(?=[<>=!~^])", text.strip()) if part]
    if any(part is None for part in parts):
        return None
    try:
        return str(SpecifierSet(",".join(part for part in parts if part)))
    except InvalidSpecifier:
        return None


def _part(text: str) -> str | None:
    text = re.sub(r"^([<>=!~^]+)\s+", r"\1", text)
    if text == "*":
        return ""
    if text[:1] == "^" or (text[:1] == "~" and text[:2] != "~="):
        return _caret(text[1:]) if text[0] == "^" else _tilde(text[1:])
    if text[:1].isdigit():
        return f"=={text}"
    return text


def _caret(text: str) -> str | None:
    """Return what keeps the first part that is not zero."""
    release = _release(text)
    if release is None:
        return None
    kept = next((number for number, part in enumerate(release) if part), len(release) - 1)
    return f">={text},<{_next(release[: kept + 1])}"


def _tilde(text: str) -> str | None:
    """Return what keeps the first two parts, or the one that there is."""
    release = _release(text)
    return None if release is None else f">={text},<{_next(release[:2])}"


def _release(text: str) -> tuple[int, ...] | None:
    try:
        return Version(text).release
    except InvalidVersion:
        return None


def _next(release: tuple[int, ...]) -> str:
    return ".".join(map(str, (*release[:-1], release[-1] + 1)))
