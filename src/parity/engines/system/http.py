"""Fetching by HTTP: whole answers and parts of files, with the credentials that addresses and `~/.netrc` carry."""

import io
import netrc
import os
from base64 import b64encode
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from parity.core.dataclass import dataclass
from parity.core.errors import NetworkFailed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_SECONDS = 30
_MISSING = frozenset({404, 410})
_PARTIAL = 206
_TAIL = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came: the status, the headers, the content, and the address that it came from in the end."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """A client. `environ` says where `NETRC` and `HOME` are."""

    environ: Mapping[str, str]

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Response | None:
        """Return the answer to a request (http, https, file); None where there is nothing at the address.

        Raises NetworkFailed.
        """
        bare, secret = self._opened(address)
        request = Request(bare, headers={**(headers or {}), **secret})  # noqa: S310 - the user's own addresses
        try:
            with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - same
                content = answer.read()
                return Response(
                    status=answer.status or 200, headers=_lower(answer.headers), content=content, address=answer.url
                )
        except HTTPError as error:
            error.close()
            if error.code in _MISSING:
                return None
            raise _failed(bare, f"HTTP status {error.code}") from None
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", "") or error
            if isinstance(reason, FileNotFoundError | IsADirectoryError):
                return None
            raise _failed(bare, str(reason)) from None

    def part(self, address: str, begin: int, end: int) -> bytes | None:
        """Return the bytes of a file from `begin` to before `end`; None where the server gives whole files only.

        Raises NetworkFailed.
        """
        answer = self.get(address, {"Range": f"bytes={begin}-{end - 1}"})
        return answer.content if answer and answer.status == _PARTIAL else None

    def _opened(self, address: str) -> tuple[str, dict[str, str]]:
        """Return an address without the credentials in it, and the header that they become."""
        parts = urlsplit(address)
        user, at, host = parts.netloc.rpartition("@")
        bare = parts._replace(netloc=host, fragment="").geturl()
        name, _, password = user.partition(":")
        known = (unquote(name), unquote(password)) if at else self._known(parts.hostname or "")
        if not known:
            return bare, {}
        return bare, {"Authorization": f"Basic {b64encode(':'.join(known).encode()).decode()}"}

    def _known(self, host: str) -> tuple[str, str] | None:
        path = self.environ.get("NETRC") or os.path.join(self.environ.get("HOME", ""), ".netrc")
        try:
            found = netrc.netrc(path).authenticators(host)
        except (OSError, netrc.NetrcParseError):
            return None
        return (found[0], found[2] or "") if found else None


class RemoteFile(io.RawIOBase):
    """A file behind an address of which only those parts are fetched that are read. Its end comes first, in one go."""

    def __init__(self, http: Http, address: str, size: int) -> None:
        super().__init__()
        self._http, self._address, self._size, self._at = http, address, size, 0
        self._begin = max(0, size - _TAIL)
        self._tail: bytes | None = None

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill a buffer with the next bytes. Raises NetworkFailed; OSError where the server gives whole files only."""
        view = memoryview(buffer)
        end = min(self._size, self._at + len(view))
        if self._tail is None:
            self._tail = self._fetched(self._begin, self._size)
        if self._at >= self._begin:
            content = self._tail[self._at - self._begin : end - self._begin]
        else:
            content = self._fetched(self._at, end) if end > self._at else b""
        view[: len(content)] = content
        self._at += len(content)
        return len(content)

    def _fetched(self, begin: int, end: int) -> bytes:
        content = self._http.part(self._address, begin, end)
        if content is None:
            raise OSError(f"no part of {self._address} can be had")
        return content


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _failed(address: str, reason: str) -> NetworkFailed:
    return NetworkFailed(f"`{address}` cannot be read: {reason}", hint="check the address, the network and proxies")
