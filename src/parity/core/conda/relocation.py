"""What of a conda prefix names its own address, and what it is without that: the same wherever the prefix is.

An installer writes the address over a placeholder (in a program over part of it, the rest is filled with zeros), and
gives a script another first line where the address is too long for one or has a space in it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from parity.core.conda.prefix_records import FOLDER

ENVIRONMENT = "{environment}"
# `#!/bin/sh` in place of an interpreter that the kernel would not find: Python takes the line for a string
_LONG_SHEBANG = re.compile(rb"""\A#!/bin/sh\n'''exec' "([^"\n]*)"([^\n]*) "\$0" "\$@" #'''\n""")
_SAID = ("name", "version", "build", "build_number", "subdir", "sha256", "noarch", "depends", "constrains")
_ASKED = "requested_specs"
_ENTRY_POINT = "unix_python_entry_point"


class Rewritten(NamedTuple):
    """A file into which the address was written: its SHA-256 with it, and before. Empty where it is made anew."""

    here: str
    before: str


def is_record(path: str) -> bool:
    """Say whether a path in a prefix is that of a package's record."""
    return path.startswith(f"{FOLDER}/") and path.endswith(".json")


def rewritten(text: str) -> dict[str, Rewritten]:
    """Return which files of a package name the address, by path, as its record says; none where that is damaged."""
    found = {}
    for each in _paths(_parsed(text) or {}):
        if each.get("prefix_placeholder"):
            found[each["_path"]] = Rewritten(each.get("sha256_in_prefix") or "", each.get("sha256") or "")
        elif _is_made(each):
            found[each["_path"]] = Rewritten("", "")
    return found


def record_digest(text: str) -> str:
    """Return the SHA-256 of what a record says that is true of the package in every prefix, whoever wrote it.

    That of the whole text where it is damaged.
    """
    record = _parsed(text)
    if record is None:
        return _digest(text)
    said = {name: record.get(name) or None for name in (*_SAID, _ASKED)}
    paths = sorted((each["_path"], "" if _is_made(each) else each.get("sha256") or "") for each in _paths(record))
    return _digest(json.dumps({**said, "paths": paths}, sort_keys=True))


def nameless(data: bytes, address: bytes) -> bytes:
    """Return a file of a prefix as it would be without the address in it, also where a line of it was replaced."""
    plain = _LONG_SHEBANG.sub(rb"#!\1\2\n", data) if address in data else data
    return plain.replace(address, ENVIRONMENT.encode())


def _parsed(text: str) -> Mapping[str, Any] | None:
    """Return a record, or None where it has not the shape of one."""
    try:
        record = json.loads(text)
        whole = all(isinstance(each["_path"], str) for each in _paths(record))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return record if whole else None


def _paths(record: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return tuple(record.get("paths_data", {}).get("paths", ()))


def _is_made(path: Mapping[str, Any]) -> bool:
    return path.get("path_type") == _ENTRY_POINT


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
