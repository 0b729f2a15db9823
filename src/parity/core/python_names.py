"""Names of installed versions, and what a prefix of one means: `3.12` is the newest 3.12 there is, never 3.120.

Names are folders, as pyenv has them: `3.12.4`, `3.13.0t`, `pypy3.10-7.3.15`, `miniconda3-4.7.12`, a virtual
environment's own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from parity.core.interpreters import Interpreter

#: What may become part of a path; `..` is refused besides.
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_UNASKED = re.compile(r".*(-dev|-src|-latest|(a|b|rc)\d+)")
# pyenv's definitions: a version of CPython (`3.13-dev`), or another implementation or distribution with one of its own
_OTHERS = (
    "activepython anaconda cinder graalpy graalpython ironpython jython mambaforge micropython miniconda miniforge"
)
_OTHERS += " nogil pypy pyston stackless"
_DEFINITION = re.compile(rf"(?:{'|'.join(_OTHERS.split())})[0-9-][A-Za-z0-9._+-]*|\d+\.\d[A-Za-z0-9._+-]*")
_THREADED = re.compile(r"(.*\d)t")


def newest(prefix: str, names: Iterable[str]) -> str | None:
    """Return the name that a prefix means: itself where there is one, else the newest that goes on with `.` or `-`.

    Development builds and pre-releases, and free-threaded builds unless the prefix ends in `t`, are meant by their
    whole names only. None where there is nothing.
    """
    known = list(names)
    if prefix in known:
        return prefix
    threaded = _THREADED.fullmatch(prefix)
    stem = threaded[1] if threaded else prefix
    fitting = [
        name
        for name in known
        if name.startswith((f"{stem}.", f"{stem}-"))
        and not _UNASKED.fullmatch(name)
        and bool(_THREADED.fullmatch(name)) == bool(threaded)
    ]
    return max(fitting, key=in_order, default=None)


def in_order(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Return what names are sorted by: numbers as numbers, `3.9` before `3.10`."""
    parts = re.findall(r"\d+|[^\d.-]+", name)
    return tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)


def as_paths(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Return what names are sorted by where what stands between their numbers counts too: `3.1.2/x` before `3.1/x`."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)


def words(names: Iterable[str]) -> dict[str, str]:
    """Return every word that means one of some names, with the name that it means."""
    known = list(names)
    found = {prefix for name in known for prefix in _prefixes(name)}
    meant = {word: newest(word, known) for word in sorted(found)}
    return {word: name for word, name in meant.items() if name}


def is_safe(word: str) -> bool:
    """Say whether a word may become part of a path."""
    return bool(SAFE.fullmatch(word)) and ".." not in word


def table(prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return every word that means an installed version with that version's prefix; `prefixes` is by name."""
    known = {name: prefix for name, prefix in prefixes.items() if is_safe(name)}
    return {word: known[name] for word, name in words(known).items()}


def is_definition(word: str) -> bool:
    """Say whether a word is formed as the names of versions that can be installed are, whoever has them."""
    return bool(_DEFINITION.fullmatch(word))


def name_of(interpreter: Interpreter) -> str:
    """Return the name that pyenv would give an interpreter which has none: `3.12.4`, `3.13.0t`, `pypy3.10.14`."""
    implementation = "" if interpreter.implementation == "cpython" else interpreter.implementation
    threads = "t" if interpreter.free_threaded else ""
    return f"{implementation}{interpreter.version}{threads}{'-debug' if interpreter.debug else ''}"


def _prefixes(name: str) -> Sequence[str]:
    threaded = _THREADED.fullmatch(name)
    cuts = [match.start() for match in re.finditer(r"[.-]", name)]
    stems = [name[:cut] for cut in cuts if name[:cut]]
    return [name, *(f"{stem}t" if threaded and stem[-1:].isdigit() else stem for stem in stems)]
