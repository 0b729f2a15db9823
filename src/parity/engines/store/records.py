"""Small records that are read on every start: a line a fact, a tab between its words.

Not JSON: importing a parser would cost half of what `parity run` may take. Backslash, tab and newline are escaped,
so any path survives; bytes that are not UTF-8 travel as Python's surrogates.
"""

from __future__ import annotations

import os

from parity.engines.system.calm import Calm

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Row = Sequence[str]


def encode(rows: Iterable[Row]) -> bytes:
    """Return rows as text of lines."""
    lines = ("\t".join(map(_escape, row)) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def decode(data: bytes) -> list[list[str]]:
    """Return the rows of a record; the last one is dropped where it was cut off in the middle."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if "\\" not in "".join(lines):
        return [line.split("\t") for line in lines[:-1]]
    return [[_unescape(word) for word in line.split("\t")] for line in lines[:-1]]


def read(path: str) -> list[list[str]] | None:
    """Return the rows of a record, or None where there is none. Raises OSError for anything else in the way."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        size = os.fstat(descriptor).st_size
        return decode(os.read(descriptor, size))
    finally:
        os.close(descriptor)


def write(path: str, rows: Iterable[Row], *, durable: bool = False) -> None:
    """Replace a record in one step; `durable` has it on its disk before it appears. Raises OSError."""
    temporary = f"{path}.{os.getpid()}.tmp"
    with Calm():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(encode(rows))
                if durable:
                    file.flush()
                    os.fsync(descriptor)
            os.rename(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise


def _escape(word: str) -> str:
    if "\\" in word or "\t" in word or "\n" in word:
        return word.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    return word


def _unescape(word: str) -> str:
    parts = word.split("\\\\")
    return "\\".join(part.replace("\\t", "\t").replace("\\n", "\n") for part in parts)
