"""What a tree of files contains: the manifest that every artifact and every environment carries.

A line an entry: kind, mode, size, mtime, digest, path. A path under `@/` belongs into site-packages, wherever an
interpreter has that; any other is relative to the environment.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

SITE = "@/"
_PATH = attrgetter("path")


class Entry(NamedTuple):
    """One file or link. A tuple, not a dataclass: an environment has tens of thousands of them.

    `kind` is `f` (a file; `digest` is its SHA-256) or `l` (a link; `digest` is where it leads). `mode` are the
    permission bits, `size` is in bytes, `mtime` in nanoseconds since 1970.
    """

    kind: str
    mode: int
    size: int
    mtime: int
    digest: str
    path: str


def dump(entries: Iterable[Entry]) -> str:
    """Return a manifest's text, sorted by path."""
    ordered = sorted(entries, key=_PATH)
    return "".join(
        f"{entry.kind}\t{entry.mode:o}\t{entry.size}\t{entry.mtime}\t{_escape(entry.digest)}\t{_escape(entry.path)}\n"
        for entry in ordered
    )


def parse(text: str) -> list[Entry]:
    """Return the entries of a manifest's text. Raises ValueError where it is damaged."""
    rows = (line.split("\t") for line in text.split("\n") if line)
    entries = [
        Entry(kind, int(mode, 8), int(size), int(mtime), digest, path) for kind, mode, size, mtime, digest, path in rows
    ]
    if "\\" not in text:
        return entries
    return [entry._replace(digest=_unescape(entry.digest), path=_unescape(entry.path)) for entry in entries]


def content_lines(entries: Iterable[Entry]) -> str:
    """Return what of a tree is the same wherever and whenever it is made: kind, mode, digest and path."""
    ordered = sorted(entries, key=_PATH)
    return "".join(
        f"{entry.kind}\t{entry.mode:o}\t{_escape(entry.digest)}\t{_escape(entry.path)}\n" for entry in ordered
    )


def placed(path: str, site: str) -> str:
    """Return where an entry stands in an environment whose site-packages is at `site` (relative, like the result)."""
    return f"{site}/{path[2:]}" if path.startswith(SITE) else path


def folders_above(path: str) -> Iterator[str]:
    """Yield the folders on the way to a relative path, the nearest first."""
    while path := path.rpartition("/")[0]:
        yield path


def _escape(word: str) -> str:
    if word.isprintable() and "\\" not in word:  # as nearly all are
        return word
    return word.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _unescape(word: str) -> str:
    return "\\".join(part.replace("\\t", "\t").replace("\\n", "\n") for part in word.split("\\\\"))
