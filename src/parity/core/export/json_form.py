"""The form that loses nothing: a lock as JSON, with the name of the environment and the indexes that it needs.

    {"format": "parity-export/1", "name": "web", "indexes": [{"name": "corp", "url": "https://…", …}], "lock": {…}}

`lock` has the keys of `parity.lock`, all of its targets included.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from parity.core.addresses import kept
from parity.core.dataclass import dataclass
from parity.core.errors import Fault
from parity.core.export.model import Exported, Subject
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileDamaged, LockfileFuture
from parity.core.lockfile.model import Lockfile
from parity.core.lockfile.relocate import relocated
from parity.core.lockfile.tables import Table
from parity.core.places import Place
from parity.core.spec import Index

FORMAT = "parity-export/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an exported file says."""

    name: str
    lock: Lockfile
    indexes: tuple[Index, ...]


def json_form(subject: Subject) -> Exported:
    """Return the whole lock. Paths in it are relative to the folder of the written file."""
    lock = subject.lock
    placed = replace(
        lock,
        wheels=tuple(replace(each, path=subject.placed(each.path)) if each.path else each for each in lock.wheels),
        conda=tuple(replace(each, channel=subject.placed_channel(each.channel)) for each in lock.conda),
        channels=tuple(map(subject.placed_channel, lock.channels)),
    )
    data = {
        "format": FORMAT,
        "name": subject.name,
        "indexes": [_said(subject, index) for index in subject.indexes],
        "lock": v1.to_data(placed),
    }
    return Exported(text=json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def relocated_form(reading: Reading, folder: str) -> Reading:
    """Return what a file of a folder, an absolute path, says; paths in it mean the same from everywhere."""
    indexes = tuple(
        replace(index, url=posixpath.normpath(posixpath.join(folder, index.url))) if _is_path(index.url) else index
        for index in reading.indexes
    )
    return replace(reading, lock=relocated(reading.lock, folder), indexes=indexes)


def is_json_form(text: str) -> bool:
    """Say whether a text is such a file, of whichever version, by the mark at its beginning."""
    return bool(re.match(r'\s*\{\s*"format"\s*:\s*"parity-export/', text))


def parse_json_form(text: str, file: str) -> Reading:
    """Read an exported file. Raises LockfileDamaged with every fault, LockfileFuture."""
    faults: list[Fault] = []
    head = Table(data=_object(text, file), place=Place(file=file), faults=faults)
    if (found := head.text("format", None)) != FORMAT and found.startswith("parity-export/"):
        raise LockfileFuture(
            f"`{file}` has the format `{found}`, and this parity reads `{FORMAT}`", hint="update parity"
        )
    if found != FORMAT:
        head.fault("format", f"expected `{FORMAT}`")
    name = head.text("name", "")
    indexes = tuple(_index(table) for table in head.tables("indexes"))
    lock = head.table("lock")
    head.refuse_unknown()
    if faults:
        raise LockfileDamaged(file, faults)
    return Reading(name=name, lock=v1.from_data(lock.data, file), indexes=indexes)


def _said(subject: Subject, index: Index) -> dict[str, Any]:
    said = asdict(replace(index, url=_url(subject, index)))
    return {key: value for key, value in said.items() if key != "place"}


def _url(subject: Subject, index: Index) -> str:
    return subject.placed(index.url) if _is_path(index.url) else kept(index.url)


def _is_path(url: str) -> bool:
    return bool(url) and "://" not in url and not url.startswith(("~", "${"))


def _object(text: str, file: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        place = Place(file=file, line=error.lineno)
        raise LockfileDamaged(file, [Fault(place=place, message=f"is not JSON: {error.msg}")]) from None
    if not isinstance(data, dict):
        raise LockfileDamaged(file, [Fault(place=Place(file=file), message="is no JSON object")])
    return data


def _index(table: Table) -> Index:
    index = Index(
        name=table.text("name", None),
        url=table.text("url", ""),
        default=table.flag("default"),
        flat=table.flag("flat"),
        explicit=table.flag("explicit"),
    )
    table.refuse_unknown()
    return index
