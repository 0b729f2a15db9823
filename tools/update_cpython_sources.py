"""Refresh src/parity/data/cpython_sources.tsv: the source archives of CPython, with their SHA-256 and size.

The facts are upstream's: what the releases' files are, as its own interface lists them. For old releases that does not
say SHA-256; those lines stay, and `--pyenv FOLDER` adds them from the build definitions of a checkout of pyenv, which
quote the same addresses. A hash that contradicts the table is an error: an archive that was published never changes.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

UPSTREAM = "https://www.python.org/api/v2/downloads/release_file/"
TARGET = Path(__file__).resolve().parents[1] / "src" / "parity" / "data" / "cpython_sources.tsv"
DEFINITIONS = "plugins/python-build/share/python-build"

_NAME = re.compile(r"Python-(?P<version>3\.(?:[89]|\d\d)\.\d+(?:(?:a|b|rc)\d+)?)\.(?:tar\.xz|tgz)")
_QUOTED = re.compile(r"/ftp/python/[^\"#]*/(?P<file>Python-[^\"/#]+)#(?P<sha256>[0-9a-f]{64})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEAD = """\
# CPython's source archives: version, file, SHA-256, size in bytes (0: nobody says), with tabs between them.
# Made by tools/update_cpython_sources.py. An archive lies below the folder of its release: 3.13.0/Python-3.13.0rc1.tgz.
"""


class Row(NamedTuple):
    """One archive."""

    file: str
    sha256: str
    size: int


def main() -> int:
    """Join what is known with what is published; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--upstream", default=UPSTREAM, help="another address of upstream's list, or a file; '' for none"
    )
    parser.add_argument("--pyenv", type=Path, metavar="FOLDER", help="a checkout of pyenv")
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    known = {row.file: row for row in read_table(options.output)} if options.output.exists() else {}
    published = [*(read_upstream(options.upstream) if options.upstream else ())]
    quoted = [*(read_definitions(options.pyenv) if options.pyenv else ())]
    try:
        rows = joined(known, [*published, *quoted])
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    options.output.write_text(table(rows), encoding="utf-8", newline="\n")
    print(f"{options.output}: {len(rows)} archives, {len(rows) - len(known)} of them new")
    return 0


def read_table(path: Path) -> Iterator[Row]:
    """Yield the archives that the table has."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            _, file, sha256, size = line.split("\t")
            yield Row(file, sha256, int(size))


def read_upstream(source: str) -> Iterator[Row]:
    """Yield the source archives that upstream lists with a SHA-256."""
    if source.startswith(("http:", "https:")):
        with urlopen(source, timeout=120) as answer:  # noqa: S310 (the scheme was looked at)
            files = json.load(answer)
    else:
        files = json.loads(Path(source).read_text(encoding="utf-8"))
    for entry in files:
        file, sha256 = entry["url"].rsplit("/", 1)[-1], str(entry.get("sha256_sum") or "").lower()
        if _NAME.fullmatch(file) and _SHA256.fullmatch(sha256):
            yield Row(file, sha256, int(entry.get("filesize") or 0))


def read_definitions(pyenv: Path) -> Iterator[Row]:
    """Yield the source archives that a checkout of pyenv quotes; it does not say how big they are."""
    for path in sorted((pyenv / DEFINITIONS).iterdir()):
        if path.is_file():
            for quoted in _QUOTED.finditer(path.read_text(encoding="utf-8")):
                if _NAME.fullmatch(quoted["file"]):
                    yield Row(quoted["file"], quoted["sha256"], 0)


def joined(known: dict[str, Row], found: Iterable[Row]) -> list[Row]:
    """Return all archives; a size that one source knows is kept. Raises ValueError where two hashes contradict."""
    rows = dict(known)
    for row in found:
        before = rows.get(row.file, row)
        if before.sha256 != row.sha256:
            raise ValueError(f"{row.file} is {before.sha256} in the table and {row.sha256} where it is published")
        rows[row.file] = row._replace(size=row.size or before.size)
    return sorted(rows.values(), key=_order)


def table(rows: Iterable[Row]) -> str:
    """Return the table's text."""
    lines = (f"{_version(row.file)}\t{row.file}\t{row.sha256}\t{row.size}\n" for row in rows)
    return _HEAD + "".join(lines)


def _version(file: str) -> str:
    match = _NAME.fullmatch(file)
    if match is None:
        raise ValueError(f"{file} is not the name of a source archive")
    return match["version"]


def _order(row: Row) -> tuple[list[int], str]:
    release, stage = re.split(r"(?=a|b|rc|$)", _version(row.file), maxsplit=1)
    # a final release sorts behind its candidates, and the smaller of two archives first
    return [int(part) for part in release.split(".")], f"{stage or 'z'} {'1' if row.file.endswith('.tgz') else '0'}"


if __name__ == "__main__":
    sys.exit(main())
