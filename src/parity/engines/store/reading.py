"""Reading the files of an environment for what they are, wherever they stand."""

import os
from collections.abc import Sequence
from urllib.parse import quote

from parity.core.conda.relocation import nameless
from parity.engines.system.digests import digest
from parity.engines.system.hashing import hash_files

FLAGS = slice(4, 8)  # of bytecode, PEP 552
CHECKED, _UNCHECKED = b"\3\0\0\0", b"\1\0\0\0"


def digests(environment: str, paths: Sequence[str]) -> list[str]:
    """Return the SHA-256 of files, in order. Raises OSError."""
    return hash_files([f"{environment}/{path}" for path in paths])


def digest_of_bytecode(environment: str, path: str) -> str:
    """Return the SHA-256 of bytecode as it would be in a shared environment, where it does not notice edits."""
    data = _read(environment, path)
    if data[FLAGS] == CHECKED:
        data = data[: FLAGS.start] + _UNCHECKED + data[FLAGS.stop :]
    return digest(data)


def digest_nameless(environment: str, path: str) -> str:
    """Return the SHA-256 of a file as it would be without the environment's own address in it."""
    return digest(nameless(_read(environment, path), os.fsencode(environment)))


def digest_without(environment: str, path: str, place: str, name: str) -> tuple[str, bool]:
    """Return the SHA-256 of a file in which a place is called by a name, and whether the place was in it.

    As a path, or as an address has it (RFC 3986), which is how PEP 610 says from where something was installed.
    """
    data = _read(environment, path)
    renamed = data.replace(os.fsencode(place), name.encode()).replace(quote(place).encode(), name.encode())
    return digest(renamed), renamed != data


def read_text(environment: str, path: str) -> str:
    """Return a file's text. Raises OSError."""
    return os.fsdecode(_read(environment, path))


def leads_to(environment: str, path: str, target: str) -> bool:
    """Say whether a link of an environment leads, over however many others, to a file outside it."""
    link = os.path.join(environment, path)
    return os.path.isabs(os.readlink(link)) and os.path.realpath(link) == os.path.realpath(target)


def _read(environment: str, path: str) -> bytes:
    with open(f"{environment}/{path}", "rb") as file:
        return file.read()
