"""What a distribution says of itself (core metadata), wherever it is written, as little as possible being fetched."""

import io
import json
import posixpath
import tarfile
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import IO

from packaging.utils import canonicalize_name

from parity.core.errors import NetworkFailed
from parity.core.negotiation.joint import Metadata, PublishedFile
from parity.engines.system.http import Http, RemoteFile

_DEEPEST = 1  # PKG-INFO stands in the one folder of a source distribution


def read_metadata(http: Http, file: PublishedFile) -> Metadata:
    """Return what a file of an index says of itself. Raises NetworkFailed."""
    if file.metadata:
        beside = http.get(f"{file.address}.metadata")
        if beside:
            return parse_metadata(beside.content.decode("utf-8", errors="replace"))
    try:
        return _inside(_opened(http, file), file.name)
    except (OSError, zipfile.BadZipFile, tarfile.TarError, StopIteration, EOFError) as error:
        if file.name.endswith(".whl") and not file.address.startswith("file:"):
            return _inside(_whole(http, file), file.name)
        raise NetworkFailed(f"`{file.name}` cannot be read: {error}") from None


def parse_metadata(text: str) -> Metadata:
    """Return what METADATA or PKG-INFO says (core metadata 2.x: headers as in a mail)."""
    said = HeaderParser().parsestr(text)
    return Metadata(
        name=canonicalize_name(said.get("Name", "")),
        version=said.get("Version", ""),
        requires=tuple(" ".join(each.split()) for each in said.get_all("Requires-Dist", [])),
    )


def read_project(folder: Path) -> Metadata:
    """Return what the `pyproject.toml` of a folder says, as far as it is written there and not left to its build."""
    try:
        said = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return Metadata()
    project = said.get("project", {})
    optional = project.get("optional-dependencies", {})
    extras = [_with_extra(text, extra) for extra, texts in optional.items() for text in texts]
    return Metadata(
        name=canonicalize_name(project.get("name", "")),
        version=project.get("version", ""),
        requires=(*project.get("dependencies", ()), *extras),
    )


def to_text(metadata: Metadata) -> str:
    """Return metadata as a cache keeps it."""
    return json.dumps({"name": metadata.name, "version": metadata.version, "requires": metadata.requires})


def from_text(text: str) -> Metadata:
    """Return metadata that a cache kept. Raises ValueError, KeyError."""
    said = json.loads(text)
    return Metadata(name=said["name"], version=said["version"], requires=tuple(said["requires"]))


def _with_extra(text: str, extra: str) -> str:
    body, _, marker = text.partition(";")
    return f'{body} ; {f"({marker.strip()}) and " if marker else ""}extra == "{extra}"'


def _opened(http: Http, file: PublishedFile) -> IO[bytes]:
    if file.name.endswith(".whl") and file.size and not file.address.startswith("file:"):
        return io.BufferedReader(RemoteFile(http, file.address, file.size))
    return _whole(http, file)


def _whole(http: Http, file: PublishedFile) -> IO[bytes]:
    answer = http.get(file.address)
    if answer is None:
        raise NetworkFailed(f"there is no `{file.name}` where its index says")
    return io.BytesIO(answer.content)


def _inside(archive: IO[bytes], name: str) -> Metadata:
    if name.endswith((".whl", ".zip")):
        wanted = ".dist-info/METADATA" if name.endswith(".whl") else "/PKG-INFO"
        with zipfile.ZipFile(archive) as opened:
            path = next(each for each in sorted(opened.namelist(), key=len) if each.endswith(wanted))
            return parse_metadata(opened.read(path).decode("utf-8", errors="replace"))
    with tarfile.open(fileobj=archive) as source:
        for member in source:
            if posixpath.basename(member.name) == "PKG-INFO" and member.name.count("/") == _DEEPEST:
                content = source.extractfile(member)
                return parse_metadata(content.read().decode("utf-8", errors="replace")) if content else Metadata()
    return Metadata()
