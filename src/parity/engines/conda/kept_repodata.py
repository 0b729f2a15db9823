"""What channels last answered that could be read: rattler's cache believes whatever comes with a status of 200.

kept/<file>     the same files as in rattler's cache, and the same names: a page of repodata and what is known about it
                (`.json`, `.info.json`), or a list of shards (`.shards-cache-v1`)
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from parity.engines.system.calm import Calm

_FOLDER = "kept"
_ABOUT = ".info.json"
_HEAD = 64 * 1024  # bytes of a list of shards in which its own address stands, far more than headers take


def keep(cache: Path, address: str, platforms: Sequence[str]) -> None:
    """Keep what rattler's cache has of folders of a channel, which have just been read. Raises OSError."""
    (cache / _FOLDER).mkdir(exist_ok=True)
    for path in _files(cache, address, platforms):
        _share(path, cache / _FOLDER / path.name)


def put_back(cache: Path, address: str, platforms: Sequence[str]) -> None:
    """Put what was kept of folders of a channel in the place of what came since. Raises OSError."""
    for path in _files(cache / _FOLDER, address, platforms):
        _share(path, cache / path.name)


def _files(folder: Path, address: str, platforms: Sequence[str]) -> Iterator[Path]:
    folders = [f"{address}/{platform}/".encode() for platform in platforms]
    for path in folder.glob("*.shards-cache-v1"):
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if any(each in head for each in folders):
            yield path
    for about in folder.glob(f"*{_ABOUT}"):
        page = about.with_name(f"{about.name.removesuffix(_ABOUT)}.json")
        if any(_address(about).encode().startswith(each) for each in folders) and page.is_file():
            yield from (page, about)


def _address(about: Path) -> str:
    """Return where a page came from; nothing where that is half written."""
    try:
        return str(json.loads(about.read_bytes())["url"])
    except (ValueError, LookupError, TypeError):
        return ""


def _share(path: Path, place: Path) -> None:
    """Have a file at another place too, time and all: rattler takes a page of another time for another page.

    It puts another page in the place of one, and writes into all other files: only a page can be shared.
    """
    there = place.stat() if place.exists() else None
    found = path.stat()
    if there and (there.st_size, there.st_mtime_ns) == (found.st_size, found.st_mtime_ns):
        return
    beside = place.with_name(f"{place.name}.{os.getpid()}.tmp")
    with Calm():
        if path.name.endswith(_ABOUT) or path.suffix != ".json" or not _linked(path, beside):
            shutil.copy2(path, beside)
        beside.replace(place)


def _linked(path: Path, place: Path) -> bool:
    try:
        place.hardlink_to(path)
    except OSError:  # a file system without links
        return False
    return True
