"""Prebuilt interpreters: fetched and unpacked by uv at their final address, published by a marker."""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from packaging.version import Version

from parity.core.dataclass import dataclass
from parity.core.errors import ParityError, PythonBroken, PythonUnavailable
from parity.core.interpreters import Interpreter, choose, nearest
from parity.core.python_request import PythonRequest
from parity.engines.interpreters.discover.sources import executable_in
from parity.engines.interpreters.discover.surroundings import answers_folder
from parity.engines.interpreters.downloads import CallUv, Download, available, read_list, require_hash
from parity.engines.interpreters.inspect import NotAnInterpreter, inspect_running
from parity.engines.interpreters.library import compile_library
from parity.engines.interpreters.marker import read_marker
from parity.engines.interpreters.own import Own
from parity.engines.system.digests import digest
from parity.engines.system.hashing import hash_file
from parity.engines.system.process import Outcome

# GraalPy comes from nowhere else
_MIRRORS = {"cpython": "--mirror", "pypy": "--pypy-mirror"}
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Where prebuilt interpreters come from: uv's own addresses, a `mirror` of them, or a download list of the user's.

    `downloads` is a path (absolute) or an address. Both are empty where nothing was said.
    """

    mirror: str = ""
    downloads: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An interpreter that is here now, the archive it was made from, and whether it was here before."""

    interpreter: Interpreter
    file: str
    sha256: str
    reused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prebuilt:
    """The prebuilt interpreters of one store. `home` and `cache` are parity's folders, `failure` tells uv's reasons."""

    home: str
    cache: str
    call: CallUv
    failure: Callable[[Outcome, str], ParityError]
    offline: bool = False

    def find(self, requests: Sequence[PythonRequest], offer: Offer) -> Download:
        """Return the prebuilt interpreter that answers the requests best.

        Raises PythonUnavailable where none does, PythonDownloadUnhashed where the user's list has no hash for it,
        PythonDownloadsInvalid, NetworkFailed, or what uv said.
        """
        entries = read_list(offer.downloads, offline=self.offline) if offer.downloads else None
        found = available(self.call, self.failure, source=offer.downloads, entries=entries)
        interpreters = [download.interpreter for download in found]
        chosen = choose(requests, interpreters)
        if chosen is None:
            raise PythonUnavailable(requests[0].text, nearest(requests[0], interpreters))
        download = found[next(index for index, each in enumerate(interpreters) if each is chosen)]
        require_hash(download, offer.downloads)
        return download

    def install(self, download: Download, offer: Offer, *, again: bool = False) -> Installed:
        """Fetch, unpack, compile, try out and publish an interpreter; nothing is done where it is here already.

        `again` makes it anew. Raises PythonBroken where it does not run here or is not what it was said to be, what
        `failure` makes of uv's reasons, OSError.
        """
        own = Own(home=self.home)
        name = _name(download)
        reused = own.publish(name, partial(self._build, download=download, offer=offer), again=again)
        return self._installed(own.folder(name), download, reused=reused)

    def _build(self, folder: str, *, download: Download, offer: Offer) -> Mapping[str, Any]:
        """Fill the empty folder of an interpreter and return what it was made from."""
        archives = os.path.join(self.cache, "pythons", "v1")
        arguments = ["python", "install", "--no-bin", "--no-registry", "--install-dir", folder, download.key]
        if offer.mirror:
            option = _MIRRORS.get(download.interpreter.implementation, "")
            arguments += [option, offer.mirror] if option else []
        if download.entry is not None:
            # uv sees this entry alone: nothing else can be taken by mistake
            single = Path(folder, "list.json")
            single.write_text(json.dumps({download.key: dict(download.entry)}), encoding="utf-8")
            arguments += ["--python-downloads-json-url", str(single)]
        extra = {"UV_PYTHON_DOWNLOADS": "manual", "UV_PYTHON_CACHE_DIR": archives}
        outcome = self.call(arguments, extra=extra)
        if outcome.status != 0:
            raise self.failure(outcome, f"cannot install Python {download.interpreter.version}")
        self._try_out(os.path.join(folder, download.key), download)
        compile_library(os.path.join(folder, download.key), download.interpreter, name=download.key)
        _tidy(folder, download.key)
        return {"key": download.key, "file": download.file, "sha256": _archive_hash(archives, download)}

    def _try_out(self, prefix: str, download: Download) -> None:
        """Raise PythonBroken unless the interpreter starts and is the version that was asked for."""
        try:
            facts = inspect_running(executable_in(prefix), answers_folder(self.cache))
        except NotAnInterpreter as error:
            raise PythonBroken(download.key, str(error)) from error
        wanted = download.interpreter
        found = (facts.implementation, Version(facts.version), facts.free_threaded)
        if found != (wanted.implementation, Version(wanted.version), wanted.free_threaded):
            raise PythonBroken(download.key, f"it is {facts.implementation} {facts.version}")

    def _installed(self, folder: str, download: Download, *, reused: bool) -> Installed:
        executable = executable_in(os.path.join(folder, download.key))
        facts = inspect_running(executable, answers_folder(self.cache))
        marker = read_marker(folder)
        interpreter = replace(
            download.interpreter,
            path=executable,
            real_path=os.path.realpath(executable),
            cache_tag=facts.cache_tag,
            abi=facts.abi,
            platform=facts.platform,
            libc=facts.libc,
        )
        return Installed(interpreter=interpreter, file=marker["file"], sha256=marker["sha256"], reused=reused)


def _name(download: Download) -> str:
    what = download.interpreter
    recipe = json.dumps([download.key, download.file, download.sha256])
    threads = "t" if what.free_threaded else ""
    name = f"{what.implementation}-{what.version}{threads}-{what.platform}-{digest(recipe.encode())[:12]}"
    if not _SAFE_NAME.fullmatch(name) or not _SAFE_NAME.fullmatch(download.key):
        raise PythonBroken(download.key, "its name cannot be the name of a folder")
    return name


def _tidy(folder: str, key: str) -> None:
    """Remove what uv leaves beside an interpreter: its lock, its workshop, its alias, the list that it was handed."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name == key:
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def _archive_hash(archives: str, download: Download) -> str:
    """Return the SHA-256 of the archive that uv kept after it had checked it."""
    if download.sha256:
        return download.sha256.lower()
    kept = [name for name in os.listdir(archives) if unquote(name).endswith(f"-{download.file}")]
    newest = max(kept, key=lambda name: os.stat(os.path.join(archives, name)).st_mtime_ns, default="")
    return hash_file(os.path.join(archives, newest)) if newest else ""
