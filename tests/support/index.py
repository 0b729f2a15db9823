"""A package index on 127.0.0.1: PEP 503 and PEP 691, with faults on demand and a record of what was asked.

    with serve_index(folder) as index:
        index.url                                   # http://127.0.0.1:…/simple
        index.faults["a-1.0-py3-none-any.whl"] = Fault("corrupted")

The folder is read anew for each request: a file added later is served at once.
"""

import hashlib
import html
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

from tests.support.serving import Fault, Handler, Site, serving
from tests.support.wheels import replaced

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "text/html; charset=utf-8"


@dataclass(slots=True, kw_only=True)
class Index(Site):
    """A running index. `faults`, `yanked` and `uploaded` are keyed by file name and may change while it runs.

    A fault with a project's name is one of the project's page.
    """

    prefix: str
    json_api: bool
    metadata_files: bool
    yanked: dict[str, str]
    uploaded: dict[str, str]

    @property
    def url(self) -> str:
        """The index as an installer is told it, without credentials."""
        return f"http://{self.address}{self.prefix}"

    @property
    def url_with_credentials(self) -> str:
        """The index with the name and password in the address."""
        return self.with_credentials(self.url)

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
    index = Index(
        folder=folder,
        prefix=prefix,
        json_api=json_api,
        username=username,
        password=password,
        metadata_files=metadata_files,
        faults=dict(faults or {}),
        yanked=dict(yanked or {}),
        uploaded=dict(uploaded or {}),
    )
    with serving(index, _Handler):
        yield index


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


class _Handler(Handler):
    """Answers for one connection."""

    @property
    def index(self) -> Index:
        assert isinstance(self.server.site, Index)
        return self.server.site

    def answer(self) -> None:
        """Answer a page or a file."""
        path = self.path_asked
        fault = self.index.faults.get(path.rstrip("/").rsplit("/", 1)[-1])
        if fault is not None and fault.kind == "held":
            fault.release.wait()
        if not self.allowed():
            self.send(401, b"", HTML, headers={"WWW-Authenticate": 'Basic realm="index"'})
        elif fault is not None and fault.kind == "status":
            self.send(fault.status, b"", HTML)
        elif path.startswith("/files/"):
            self._send_file(path.removeprefix("/files/"), fault)
        elif path == "/flat/":
            self.send(
                200, _html_page([_html_file(self.index, _read(self.index, path)) for path in _paths(self.index)]), HTML
            )
        elif path.startswith(f"{self.index.prefix}/"):
            self._send_page(path.removeprefix(f"{self.index.prefix}/").strip("/"))
        else:
            self.send(404, b"", HTML)

    def _send_page(self, project: str) -> None:
        as_json = self.index.json_api and JSON in self.headers.get("Accept", "")
        files = _files(self.index, project) if project else []
        names = sorted({_named(path.name)[0] for path in _paths(self.index)})
        if project and not files:
            self.send(404, b"", HTML)
        elif as_json:
            page = (
                _json_page(self.index, project, files) if project else {"projects": [{"name": name} for name in names]}
            )
            self.send(200, json.dumps({"meta": {"api-version": "1.1"}, **page}).encode(), JSON)
        elif project:
            self.send(200, _html_page([_html_file(self.index, file) for file in files]), HTML)
        else:
            links = [f'<a href="{self.index.prefix}/{name}/">{name}</a><br>' for name in names]
            self.send(200, _html_page(links), HTML)

    def _send_file(self, name: str, fault: Fault | None) -> None:
        path = self.index.folder / name.removesuffix(".metadata")
        if "/" in name or not path.is_file():
            self.send(404, b"", HTML)
            return
        file = _read(self.index, path)
        content = file.content if path.name == name else file.metadata or b""
        self.send_content(content, "application/octet-stream", fault, headers={"Cache-Control": "max-age=600"})
