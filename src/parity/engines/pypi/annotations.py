"""What uv writes beside each distribution of a `requirements.txt`: who asked for it, and which index has it.

numpy==2.4.6
    # via
    #   -r requirements.in
    #   pandas
    # from https://index.example/simple
"""

import re
from collections.abc import Mapping

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass

_PACKAGE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?\s*(?:==|@\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One distribution's: the distributions that require it, whether a manifest names it, and its index's address."""

    parents: frozenset[str]
    requested: bool
    index: str


def read_annotations(text: str, *, manifests: frozenset[str]) -> Mapping[str, Annotation]:
    """Read them all, by normalised name; `manifests` are the `# via` words that stand for what the user wrote."""
    found: dict[str, Annotation] = {}
    name, via, index = "", set[str](), ""
    for line in [*text.splitlines(), "end==0"]:
        if match := _PACKAGE.match(line):
            if name:
                found[name] = _annotation(via, index, manifests)
            name, via, index = canonicalize_name(match["name"]), set(), ""
            continue
        words = line.strip().removeprefix("#").strip()
        if words.startswith("from "):
            index = words.removeprefix("from ").strip()
        elif line.startswith(" ") and (word := words.removeprefix("via").strip()):
            via.add(word)
    return found


def _annotation(via: set[str], index: str, manifests: frozenset[str]) -> Annotation:
    parents = {canonicalize_name(word.split("[", 1)[0]) for word in via if not word.startswith("-") and "(" not in word}
    return Annotation(parents=frozenset(parents), requested=bool(via & manifests), index=index)
