"""Conda channels on 127.0.0.1, as a channel alias serves them, with faults on demand and a record of what was asked.

with serve_channel(channels.root) as served:
    served.url                                  # http://127.0.0.1:…, the alias
    served.channel("conda-forge")               # …/conda-forge
    served.faults["numpy-2.1.3-py312_h0_0.conda"] = Fault("replaced")
    served.faults["conda-forge"] = Fault("status", 403)
"""

import bz2
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Literal

from tests.support.conda.packages import compressed
from tests.support.serving import Fault, Handler, Site, serving
from tests.support.wheels import replaced

Repodata = Literal["plain", "zstd", "sharded"]

_FORMS: Mapping[str, Repodata] = {
    "repodata.json": "plain",
    "repodata.json.zst": "zstd",
    "repodata_shards.msgpack.zst": "sharded",
}
_ARCHIVES = (".conda", ".tar.bz2")
_BYTES = "application/octet-stream"


@dataclass(slots=True, kw_only=True)
class ServedChannels(Site):
    """Running channels. `faults`, `repodata` and the secrets may change while it runs.

    `faults` are keyed by a file's name, by its path below the root, or by a folder above it: the longest path wins.
    """

    token: str
    bearer: str
    repodata: Collection[Repodata]

    @property
    def url(self) -> str:
        """The channel alias, without credentials."""
        return f"http://{self.address}"

    @property
    def url_with_credentials(self) -> str:
        """The channel alias with the name and password, or the token, in the address."""
        return f"{self.url}/t/{self.token}" if self.token else self.with_credentials(self.url)

    @property
    def downloads(self) -> list[str]:
        """The names of the packages that were asked for and sent, in order."""
        sent = [request.path for request in self.requests if request.method == "GET" and request.status == 200]
        return [path.rsplit("/", 1)[1] for path in sent if path.endswith(_ARCHIVES)]

    def channel(self, name: str) -> str:
        """Return a channel's address, without credentials."""
        return f"{self.url}/{name}"


@contextmanager
def serve_channel(
    folder: Path,
    *,
    faults: Mapping[str, Fault] | None = None,
    username: str = "",
    password: str = "",
    token: str = "",
    bearer: str = "",
    repodata: Collection[Repodata] = ("plain", "zstd"),
) -> Iterator[ServedChannels]:
    """Serve a folder of channels, or one channel, on a free port of 127.0.0.1 until the block ends.

    `username`, `password`: ask for them (basic authentication). `token`: answer below `/t/<token>/` only. `bearer`:
    ask for this token in the header. `repodata`: the forms that are offered; files of others are not found.
    """
    served = ServedChannels(
        folder=folder,
        username=username,
        password=password,
        faults=dict(faults or {}),
        token=token,
        bearer=bearer,
        repodata=repodata,
    )
    with serving(served, _Handler):
        yield served


class _Handler(Handler):
    """Answers for one connection."""

    @property
    def served(self) -> ServedChannels:
        assert isinstance(self.server.site, ServedChannels)
        return self.server.site

    def answer(self) -> None:
        """Answer a file, or the fault in its place."""
        place = self._place()
        fault = self._fault(place or "")
        if fault is not None and fault.kind == "held":
            fault.release.wait()
        path = self.served.folder / (place or "")
        if place is None:
            self.send(401, b"", _BYTES, headers={"WWW-Authenticate": 'Basic realm="channel"'})
        elif fault is not None and fault.kind == "status":
            self.send(fault.status, b"", _BYTES)
        elif ".." in path.parts or not path.is_file() or not self._offered(path.name):
            self.send(404, b"", _BYTES)
        else:
            self._send_file(path, fault)

    def _place(self) -> str | None:
        """Return what is asked for as a path below the root; None for who has not said the secret."""
        path, served = self.path_asked, self.served
        if not self.allowed() or (served.bearer and self.headers.get("Authorization") != f"Bearer {served.bearer}"):
            return None
        if served.token:
            before, _, path = path.partition(f"/t/{served.token}/")
            return None if before or not path else path
        return path.strip("/")

    def _fault(self, place: str) -> Fault | None:
        parts = place.split("/")
        paths = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
        keys = [paths[0], parts[-1], *paths[1:]]
        return next((self.served.faults[key] for key in keys if key in self.served.faults), None)

    def _offered(self, name: str) -> bool:
        return name not in _FORMS or _FORMS[name] in self.served.repodata

    def _send_file(self, path: Path, fault: Fault | None) -> None:
        stat = path.stat()
        archive = path.name.endswith(_ARCHIVES)
        tag = f'"{stat.st_mtime_ns}-{stat.st_size}"'
        headers = {
            "Cache-Control": "max-age=600" if archive else "no-cache",
            "ETag": tag,
            "Last-Modified": formatdate(stat.st_mtime, usegmt=True),
        }
        if fault is None and self.headers.get("If-None-Match") == tag:
            self.send(304, b"", _BYTES, headers=headers)
            return
        content = path.read_bytes()
        if fault is not None and fault.kind == "garbled":
            content = _garbled(path.name)
        if fault is not None and fault.kind == "replaced":
            content = replaced(content) if path.suffix == ".conda" else content + bz2.compress(b"")
        self.send_content(content, "application/json" if path.suffix == ".json" else _BYTES, fault, headers)


def _garbled(name: str) -> bytes:
    """Return what cannot be parsed, in the compression that the name promises."""
    text = b'{"packages": {]'
    return compressed(text) if name.endswith(".zst") else text
