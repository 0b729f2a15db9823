"""A package index on 127.0.0.1: PEP 503 and PEP 691, with faults on demand and a record of what was asked.

    with serve_index(folder) as index:
        index.url                                   # http://127.0.0.1:…/simple
        index.faults["a-1.0-py3-none-any.whl"] = Fault("corrupted")

The folder is read anew for each request: a file added later is served at once.
"""

import base64
import functools
import hashlib
import html
import json
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import HeaderParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote

from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

from tests.support.wheels import replaced

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "text/html; charset=utf-8"

FaultKind = Literal["corrupted", "replaced", "truncated", "status", "held"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one file, or with a project's page when it is keyed by the project's name.

    `corrupted`: other bytes than the index's hash says. `replaced`: another file with the same name and content, and
    the index gives its hash. `truncated`: the connection ends half-way. `status`: an HTTP error. `held`: nothing
    is answered before `release` is set.
    """

    kind: FaultKind
    status: int = 500
    release: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came in, and the status it got."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Index:
    """A running index. `faults`, `yanked` and `uploaded` are keyed by file name and may change while it runs."""

    folder: Path
    address: str
    prefix: str
    json_api: bool
    username: str
    password: str
    metadata_files: bool
    faults: dict[str, Fault]
    yanked: dict[str, str]
    uploaded: dict[str, str]
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The index as an installer is told it, without credentials."""
        return f"http://{self.address}{self.prefix}"

    @property
    def url_with_credentials(self) -> str:
        """The index with the name and password in the address."""
        return f"http://{quote(self.username, safe='')}:{quote(self.password, safe='')}@{self.address}{self.prefix}"

    @property
    def flat_url(self) -> str:
        """One page with a link to every file, for `--find-links`."""
        return f"http://{self.address}/flat/"

    @property
    def downloads(self) -> list[str]:
        """The names of the distribution files that were asked for, in order."""
        paths = [request.path for request in self.requests]
        return [path.rsplit("/", 1)[1] for path in paths if path.endswith((".whl", ".tar.gz"))]


@contextmanager
def serve_index(
    folder: Path,
    *,
    json_api: bool = True,
    username: str = "",
    password: str = "",
    faults: Mapping[str, Fault] | None = None,
    prefix: str = "/simple",
    yanked: Mapping[str, str] | None = None,
    uploaded: Mapping[str, str] | None = None,
    metadata_files: bool = True,
) -> Iterator[Index]:
    """Serve the wheels and sdists of `folder` on a free port of 127.0.0.1 until the block ends.

    `json_api`: offer PEP 691 to those who ask. `username`, `password`: ask for them (basic authentication).
    `prefix`: where the index stands. `yanked`: file name → reason. `uploaded`: file name → RFC 3339 time.
    `metadata_files`: serve PEP 658 metadata beside wheels.
    """
    server = _Server(("127.0.0.1", 0), _Handler)
    index = Index(
        folder=folder,
        address=f"127.0.0.1:{server.server_address[1]}",
        prefix=prefix,
        json_api=json_api,
        username=username,
        password=password,
        metadata_files=metadata_files,
        faults=dict(faults or {}),
        yanked=dict(yanked or {}),
        uploaded=dict(uploaded or {}),
    )
    server.index = index
    # The default poll of half a second would be paid at the end of every test.
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield index
    finally:
        for fault in index.faults.values():
            fault.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
    if server.failures:
        raise ExceptionGroup("the index failed", server.failures)


class _Server(ThreadingHTTPServer):
    """Knows what it serves, and keeps the failures of its handlers for the end of the test."""

    daemon_threads = True
    index: Index

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.failures: list[Exception] = []
        super().__init__(address, handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep a failure, unless it is the other side that went away: tests kill what they started."""
        del request, client_address
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, ConnectionError):
            self.failures.append(error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A distribution file as the index describes it."""

    name: str
    content: bytes
    metadata: bytes | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def requires_python(self) -> str:
        return str(HeaderParser().parsestr((self.metadata or b"").decode()).get("Requires-Python", ""))


def _read(index: Index, path: Path) -> _File:
    content = path.read_bytes()
    if path.name in index.faults and index.faults[path.name].kind == "replaced":
        content = replaced(content)
    metadata = None
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            inner = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            metadata = archive.read(inner)
    return _File(name=path.name, content=content, metadata=metadata)


def _named(file: str) -> tuple[str, str]:
    """Return the project and version of a distribution's file name."""
    if file.endswith(".whl"):
        wheel = parse_wheel_filename(file)
        return str(wheel[0]), str(wheel[1])
    project, version = parse_sdist_filename(file)
    return str(project), str(version)


def _paths(index: Index) -> list[Path]:
    return sorted(path for path in index.folder.iterdir() if path.name.endswith((".whl", ".tar.gz")))


def _files(index: Index, project: str) -> list[_File]:
    """Return the files of one project: of a folder of hundreds, nothing else is opened."""
    wanted = canonicalize_name(project)
    return [_read(index, path) for path in _paths(index) if _named(path.name)[0] == wanted]


def _json_file(index: Index, file: _File) -> dict[str, Any]:
    """Describe a file as PEP 691 and PEP 700 do."""
    described: dict[str, Any] = {
        "filename": file.name,
        "url": f"/files/{quote(file.name)}",
        "hashes": {"sha256": file.sha256},
        "size": len(file.content),
        "upload-time": index.uploaded.get(file.name, "2020-01-01T00:00:00Z"),
        "yanked": index.yanked.get(file.name, False),
    }
    if file.requires_python:
        described["requires-python"] = file.requires_python
    if file.metadata is not None and index.metadata_files:
        described["core-metadata"] = {"sha256": hashlib.sha256(file.metadata).hexdigest()}
    return described


def _json_page(index: Index, project: str, files: list[_File]) -> dict[str, Any]:
    return {
        "name": project,
        "versions": sorted({_named(file.name)[1] for file in files}),
        "files": [_json_file(index, file) for file in files],
    }


def _html_file(index: Index, file: _File) -> str:
    """Describe a file as PEP 503, 592 and 658 do."""
    attributes = {"href": f"/files/{quote(file.name)}#sha256={file.sha256}"}
    if file.requires_python:
        attributes["data-requires-python"] = file.requires_python
    if file.name in index.yanked:
        attributes["data-yanked"] = index.yanked[file.name]
    if file.metadata is not None and index.metadata_files:
        attributes["data-core-metadata"] = f"sha256={hashlib.sha256(file.metadata).hexdigest()}"
    written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<a {written}>{html.escape(file.name)}</a><br>"


def _html_page(links: list[str]) -> bytes:
    return ("<!DOCTYPE html>\n<html><body>\n" + "\n".join(links) + "\n</body></html>\n").encode()


class _Handler(BaseHTTPRequestHandler):
    """Answers for one connection."""

    protocol_version = "HTTP/1.1"
    server: _Server

    @property
    def index(self) -> Index:
        return self.server.index

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep quiet: requests are recorded instead."""

    def do_GET(self) -> None:
        """Answer a page or a file."""
        path = unquote(self.path.split("?", 1)[0])
        fault = self.index.faults.get(path.rstrip("/").rsplit("/", 1)[-1])
        if fault is not None and fault.kind == "held":
            fault.release.wait()
        if not self._allowed():
            self._send(401, b"", HTML, headers={"WWW-Authenticate": 'Basic realm="index"'})
        elif fault is not None and fault.kind == "status":
            self._send(fault.status, b"", HTML)
        elif path.startswith("/files/"):
            self._send_file(path.removeprefix("/files/"), fault)
        elif path == "/flat/":
            self._send(
                200, _html_page([_html_file(self.index, _read(self.index, path)) for path in _paths(self.index)]), HTML
            )
        elif path.startswith(f"{self.index.prefix}/"):
            self._send_page(path.removeprefix(f"{self.index.prefix}/").strip("/"))
        else:
            self._send(404, b"", HTML)

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self.do_GET()

    def _allowed(self) -> bool:
        if not self.index.username:
            return True
        wanted = base64.b64encode(f"{self.index.username}:{self.index.password}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _send_page(self, project: str) -> None:
        as_json = self.index.json_api and JSON in self.headers.get("Accept", "")
        files = _files(self.index, project) if project else []
        names = sorted({_named(path.name)[0] for path in _paths(self.index)})
        if project and not files:
            self._send(404, b"", HTML)
        elif as_json:
            page = (
                _json_page(self.index, project, files) if project else {"projects": [{"name": name} for name in names]}
            )
            self._send(200, json.dumps({"meta": {"api-version": "1.1"}, **page}).encode(), JSON)
        elif project:
            self._send(200, _html_page([_html_file(self.index, file) for file in files]), HTML)
        else:
            links = [f'<a href="{self.index.prefix}/{name}/">{name}</a><br>' for name in names]
            self._send(200, _html_page(links), HTML)

    def _send_file(self, name: str, fault: Fault | None) -> None:
        path = self.index.folder / name.removesuffix(".metadata")
        if "/" in name or not path.is_file():
            self._send(404, b"", HTML)
            return
        file = _read(self.index, path)
        content = file.content if path.name == name else file.metadata or b""
        if fault is not None and fault.kind == "corrupted":
            content = content[:-1] + bytes([content[-1] ^ 1])
        missing = len(content) // 2 if fault is not None and fault.kind == "truncated" else 0
        self._send(200, content, "application/octet-stream", missing=missing, headers={"Cache-Control": "max-age=600"})

    def _send(
        self, status: int, body: bytes, kind: str, *, missing: int = 0, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer, and note the request; `missing` bytes at the end are promised and not sent."""
        noted = {name.lower(): value for name, value in self.headers.items()}
        self.index.requests.append(Request(method=self.command, path=unquote(self.path), status=status, headers=noted))
        self.send_response(status)
        # Pages are asked for again each time, so that a file added in the middle of a test is seen.
        for name, value in {"Cache-Control": "no-cache", "Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) - missing])
        if missing:
            self.close_connection = True
