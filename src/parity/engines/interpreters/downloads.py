"""Prebuilt interpreters that can be had: what uv's own list says for this machine, or a list of the user's.

Format of a list: the JSON that `uv python install --python-downloads-json-url` reads, an object of entries with
`name`, `arch`, `os`, `libc`, `major`, `minor`, `patch`, `prerelease`, `url`, `sha256`, `variant` and `build`.
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

from parity.core.dataclass import dataclass
from parity.core.errors import NetworkFailed, ParityError, PythonDownloadsInvalid, PythonDownloadUnhashed
from parity.core.interpreters import Interpreter
from parity.engines.system.process import Outcome

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_SYSTEMS = {"linux": "linux", "darwin": "osx", "macos": "osx"}
_MACHINES = {"x86_64": "64", "i686": "32"}


class CallUv(Protocol):
    """Runs uv to its end with parity's own folders and returns how it ended, whatever that is."""

    def __call__(
        self, arguments: Sequence[str], *, cwd: Path | None = ..., extra: Mapping[str, str] | None = ...
    ) -> Outcome:
        """Run uv."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One prebuilt interpreter: uv's name for it, and what it will be once it is here.

    `file` is the archive's name, `sha256` what a list of the user's says; empty for uv's own list, which keeps its
    hashes to itself and checks them. `entry` is the user's own entry, to be handed to uv alone.
    """

    key: str
    file: str
    interpreter: Interpreter
    sha256: str = ""
    entry: Mapping[str, Any] | None = None


def read_list(source: str, *, offline: bool) -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of a download list: a path, or an address (`file`, `http`, `https`).

    Raises PythonDownloadsInvalid where it cannot be read or is no such list, NetworkFailed where it cannot be reached.
    """
    try:
        entries = json.loads(_fetch(source, offline=offline))
    except (OSError, ValueError) as error:
        said = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not JSON"
        raise PythonDownloadsInvalid(source, said) from error
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise PythonDownloadsInvalid(source, "it is not an object of entries")
    for name, entry in entries.items():
        if entry.get("sha256") is not None and not _SHA256.fullmatch(str(entry["sha256"])):
            raise PythonDownloadsInvalid(source, f"the `sha256` of `{name}` is not one")
    return entries


def available(
    call: CallUv,
    failure: Callable[[Outcome, str], ParityError],
    *,
    source: str = "",
    entries: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Download, ...]:
    """Return every prebuilt interpreter for this machine, of uv's own list or the one at `source`.

    Raises what `failure` makes of uv's.
    """
    chosen = ["--python-downloads-json-url", source] if source else []
    outcome = call(["python", "list", "--only-downloads", "--all-versions", "--output-format", "json", *chosen])
    if outcome.status != 0:
        raise failure(outcome, "cannot list the Pythons that can be installed")
    by_address = {entry.get("url"): entry for entry in (entries or {}).values()}
    return tuple(_to_download(row, by_address.get(row["url"])) for row in json.loads(outcome.stdout) if row.get("url"))


def require_hash(download: Download, source: str) -> None:
    """Raise PythonDownloadUnhashed where a user's own list does not say what the archive must be."""
    if source and not download.sha256:
        raise PythonDownloadUnhashed(download.key, source)


def _fetch(source: str, *, offline: bool) -> bytes:
    address = urlsplit(source)
    if address.scheme == "file":
        return Path(unquote(address.path)).read_bytes()
    if address.scheme not in {"http", "https"}:
        return Path(source).read_bytes()
    if offline:
        raise NetworkFailed("the download list is not on this machine", hint="run it once without `--offline`")
    try:
        with urlopen(source, timeout=60) as answer:  # noqa: S310 (the scheme was looked at above)
            content: bytes = answer.read()
    except URLError as error:
        raise NetworkFailed(
            f"the download list cannot be reached: {error.reason}", hint="check the address, the network and proxies"
        ) from error
    return content


def _to_download(row: Mapping[str, Any], entry: Mapping[str, Any] | None) -> Download:
    system = _SYSTEMS.get(row["os"], row["os"])
    machine = "arm64" if (system, row["arch"]) == ("osx", "aarch64") else _MACHINES.get(row["arch"], row["arch"])
    interpreter = Interpreter(
        implementation=row["implementation"],
        version=row["version"],
        path="",
        real_path="",
        source="parity",
        free_threaded="freethreaded" in row["variant"],
        debug="debug" in row["variant"],
        platform=f"{system}-{machine}",
        libc={"gnu": "glibc", "musl": "musl"}.get(row["libc"], ""),
    )
    return Download(
        key=row["key"],
        file=os.path.basename(unquote(urlsplit(row["url"]).path)),
        interpreter=interpreter,
        sha256=str((entry or {}).get("sha256") or ""),
        entry=entry,
    )
