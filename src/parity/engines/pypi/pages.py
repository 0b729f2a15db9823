"""What an index says of a project: PEP 691's JSON, PEP 503's page of links, or a folder (`--find-links`)."""

import json
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from parity.core.errors import NetworkFailed
from parity.core.negotiation.joint import PublishedFile
from parity.engines.system.http import Response

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz")


def read_page(response: Response, *, index: str, before: str = "") -> list[PublishedFile]:
    """Return the files that a page lists. Those from `before` (RFC 3339) on are left out, and those without a time.

    Raises NetworkFailed where it is not a page of an index.
    """
    if "json" not in response.headers.get("content-type", ""):
        return [] if before else _links(response, index)
    try:
        listed = json.loads(response.content)["files"]
        return [
            PublishedFile(
                name=file["filename"],
                address=urljoin(response.address, file["url"]),
                sha256=file.get("hashes", {}).get("sha256", ""),
                size=file.get("size") or 0,
                requires_python=file.get("requires-python") or "",
                yanked=bool(file.get("yanked", False)),
                metadata=bool(file.get("core-metadata", file.get("dist-info-metadata", False))),
                index=index,
            )
            for file in listed
            if not before or "" < file.get("upload-time", "") < before
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NetworkFailed(f"`{response.address}` is not a page of an index: {error!r}") from None


def read_folder(folder: Path, *, index: str) -> list[PublishedFile]:
    """Return the distributions in a folder. Raises OSError."""
    paths = sorted(path for path in folder.iterdir() if path.name.endswith(_ARCHIVES))
    return [
        PublishedFile(name=path.name, address=path.as_uri(), size=path.stat().st_size, index=index) for path in paths
    ]


def _links(response: Response, index: str) -> list[PublishedFile]:
    reader = _Links()
    reader.feed(response.content.decode("utf-8", errors="replace"))
    base = urljoin(response.address, reader.base)
    found = [_link(urljoin(base, href), attributes, index) for href, attributes in reader.found]
    return [file for file in found if file.name.endswith(_ARCHIVES)]


def _link(address: str, attributes: dict[str, str | None], index: str) -> PublishedFile:
    parts = urlsplit(address)
    kind, _, digest = parts.fragment.partition("=")
    return PublishedFile(
        name=unquote(parts.path.rsplit("/", 1)[-1]),
        address=parts._replace(fragment="").geturl(),
        sha256=digest if kind == "sha256" else "",
        requires_python=attributes.get("data-requires-python") or "",
        yanked="data-yanked" in attributes,
        metadata="data-core-metadata" in attributes or "data-dist-info-metadata" in attributes,
        index=index,
    )


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        href = attributes.get("href")
        if tag == "a" and href:
            self.found.append((href, attributes))
        elif tag == "base" and href:
            self.base = href
