"""Source archives: fetched once, checked against their hash at every use, unpacked."""

import os
import re
import tarfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

from parity.core.builds.errors import PythonSourceCorrupt
from parity.core.builds.sources import Archive
from parity.core.errors import NetworkFailed
from parity.engines.system.hashing import hash_file
from parity.engines.system.locks import Lock

_BLOCK = 1 << 18
_NOT_FOUND = frozenset({403, 404, 410})
_VERSION = re.compile(r'^#define\s+PY_VERSION\s+"([^"+]+)', re.MULTILINE)

Progress = Callable[[int, int], None]


def fetch(archives: Sequence[Archive], base: str, cache: str, *, offline: bool, progress: Progress) -> tuple[str, str]:
    """Return the path and the SHA-256 of one of the archives, out of the cache or from an address.

    `base` is a folder or an address (`file`, `http`, `https`). `progress` is told the bytes that are here. Raises
    NetworkFailed where none can be had, PythonSourceCorrupt where what is there is not what upstream published.
    """
    with Lock(os.path.join(cache, "locks", "sources")):
        for archive in archives:
            path = _place(cache, archive)
            if os.path.exists(path) and hash_file(path) == archive.sha256:
                return path, archive.sha256
        tried = []
        for archive in archives:
            for address in archive.addresses(base):
                if _fetch(address, _place(cache, archive), archive, offline=offline, progress=progress):
                    return _place(cache, archive), archive.sha256
                tried.append(address)
    raise NetworkFailed(
        f"the sources of Python {archives[0].version} are nowhere below `{base}`",
        hint=f"looked for {' and '.join(f'`{address}`' for address in tried[:2])}; bring one with `--archive FILE`",
    )


def unpack(path: str, folder: str) -> tuple[str, str]:
    """Unpack an archive into a folder and return where its sources are, and which version they are.

    Raises PythonSourceCorrupt where it is no archive of CPython's sources, OSError.
    """
    try:
        with tarfile.open(path) as archive:
            if hasattr(tarfile, "data_filter"):
                archive.extractall(folder, filter="data")
            else:  # Python 3.11.3 and before; what upstream published was checked by its hash
                archive.extractall(folder)  # noqa: S202 - see above
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise PythonSourceCorrupt(f"`{path}` cannot be unpacked: {error}") from error
    inside = os.listdir(folder)
    source = os.path.join(folder, inside[0]) if len(inside) == 1 else folder
    header = Path(source, "Include", "patchlevel.h")
    found = _VERSION.search(header.read_text(encoding="utf-8")) if header.is_file() else None
    if found is None:
        raise PythonSourceCorrupt(
            f"`{path}` has no sources of CPython in it", hint="bring the archive as upstream publishes it"
        )
    return source, found[1]


def released(source: str) -> int:
    """Return when sources were made (seconds since 1970): the time of the header that names the version."""
    return int(os.stat(os.path.join(source, "Include", "patchlevel.h")).st_mtime)


def _place(cache: str, archive: Archive) -> str:
    return os.path.join(cache, "sources", "v1", archive.sha256[:16], archive.file)


def _fetch(address: str, path: str, archive: Archive, *, offline: bool, progress: Progress) -> bool:
    """Fetch an archive and say whether there is one."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"}:
        local = unquote(parts.path) if parts.scheme == "file" else address
        if not os.path.isfile(local):
            return False
        with open(local, "rb") as file:
            _keep(file, path, archive, address, progress)
        return True
    if offline:
        raise NetworkFailed(
            f"the sources of Python {archive.version} are not on this machine", hint="run it once without `--offline`"
        )
    try:
        with urlopen(address, timeout=60) as answer:  # noqa: S310 (the scheme was looked at above)
            promised = int(answer.headers.get("Content-Length") or 0)
            _keep(answer, path, archive, address, progress, promised=promised)
    except HTTPError as error:
        if error.code in _NOT_FOUND:
            return False
        raise NetworkFailed(f"`{address}` says {error.code} {error.reason}", hint="try again later") from error
    except (URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", "") or error
        raise NetworkFailed(
            f"`{address}` cannot be reached: {reason}",
            hint="name a mirror with `--mirror` or `PARITY_PYTHON_SOURCES`, or bring the file with `--archive`",
        ) from error
    return True


def _keep(
    source: BinaryIO, path: str, archive: Archive, address: str, progress: Progress, *, promised: int = 0
) -> None:
    """Write what comes to its place in the cache once it is known to be right; `promised` is in bytes."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    part, state, size = f"{path}.part", sha256(), 0
    with open(part, "wb") as file:
        while block := source.read(_BLOCK):
            file.write(block)
            state.update(block)
            size += len(block)
            progress(size, promised or archive.size)
    if size < promised:
        os.unlink(part)
        raise NetworkFailed(f"`{address}` ended after {size} of {promised} bytes", hint="try again")
    if state.hexdigest() != archive.sha256:
        os.unlink(part)
        raise PythonSourceCorrupt(
            f"`{address}` is not what upstream published: its SHA-256 is {state.hexdigest()}, and should be "
            f"{archive.sha256}",
            hint="take another mirror, or tell whoever runs this one",
        )
    os.replace(part, path)


def examine(path: str) -> tuple[str, str]:
    """Return the SHA-256 of an archive and the version of the sources in it.

    Raises PythonSourceCorrupt where it is no archive of CPython's sources, OSError where it cannot be read.
    """
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.name.endswith("/Include/patchlevel.h") and (file := archive.extractfile(member)):
                    found = _VERSION.search(file.read().decode(errors="replace"))
                    if found:
                        return hash_file(path), found[1]
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise PythonSourceCorrupt(f"`{path}` is no archive: {error}") from error
    raise PythonSourceCorrupt(
        f"`{path}` has no sources of CPython in it", hint="bring the archive that upstream publishes"
    )
