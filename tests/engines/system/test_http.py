"""A file behind an address, read in parts."""

import io
import zipfile
from dataclasses import field
from pathlib import Path

import pytest

from parity.core.dataclass import dataclass
from parity.core.errors import NetworkFailed
from parity.engines.system.http import Http, RemoteFile, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving(Http):
    """A server that gives parts of one content, and remembers which."""

    content: bytes
    parts: list[str] = field(default_factory=list)

    def get(self, address: str, headers: dict[str, str] | None = None) -> Response | None:  # type: ignore[override] # what is passed here
        """Answer a request for a part."""
        said = (headers or {})["Range"]
        self.parts.append(said)
        begin, end = map(int, said.removeprefix("bytes=").split("-"))
        return Response(status=206, headers={}, content=self.content[begin : end + 1], address=address)


def test_little_of_a_large_archive_is_read() -> None:
    """Its end in one go, and what is looked for; the whole of it never."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("early.txt", "early")
        archive.writestr("large.bin", b"x" * 1_000_000)
        archive.writestr("late.txt", "late")
    http = Serving(environ={}, content=whole.getvalue())
    with zipfile.ZipFile(io.BufferedReader(RemoteFile(http, "https://example.com/a", len(http.content)))) as archive:
        assert b"late" == archive.read("late.txt")
        assert 1 == len(http.parts)
        assert b"early" == archive.read("early.txt")
        assert 2 <= len(http.parts) <= 3


def test_what_is_not_there_is_none_and_what_fails_is_an_error(tmp_path: Path) -> None:
    """A missing file, a port where nobody listens."""
    http = Http(environ={})
    assert None is http.get((tmp_path / "missing").as_uri())
    with pytest.raises(NetworkFailed, match=r"`http://127\.0\.0\.1:9/a` cannot be read"):
        http.get("http://someone:s3cret@127.0.0.1:9/a")
