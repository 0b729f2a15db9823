"""A server on 127.0.0.1 for one test: faults on demand, a password, and a record of what was asked."""

import base64
import functools
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

FaultKind = Literal["corrupted", "replaced", "truncated", "status", "held", "garbled"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one file, or with whatever else the server finds it by.

    `corrupted`: other bytes than the published hash says. `replaced`: another file with the same name and content.
    `truncated`: the connection ends half-way. `status`: an HTTP error. `held`: nothing is answered before `release`
    is set. `garbled`: text that cannot be parsed.
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
class Site:
    """A folder that is served. `faults` may change while it runs; `requests` are kept in order."""

    folder: Path
    username: str
    password: str
    faults: dict[str, Fault]
    address: str = ""
    requests: list[Request] = field(default_factory=list)

    def with_credentials(self, url: str) -> str:
        """Return an address of this site with the name and password in it."""
        secret = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}"
        return url.replace(f"//{self.address}", f"//{secret}@{self.address}", 1)


@contextmanager
def serving(site: Site, handler: "type[Handler]") -> Iterator[None]:
    """Serve a site on a free port of 127.0.0.1, which becomes its `address`, until the block ends.

    Raises ExceptionGroup at the end where a handler failed, unless it was the other side that went away.
    """
    server = Server(("127.0.0.1", 0), handler)
    site.address = f"127.0.0.1:{server.server_address[1]}"
    server.site = site
    # The default poll of half a second would be paid at the end of every test.
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield
    finally:
        for fault in site.faults.values():
            fault.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
    if server.failures:
        raise ExceptionGroup("the server of a test failed", server.failures)


class Server(ThreadingHTTPServer):
    """Knows what it serves, and keeps the failures of its handlers for the end of the test."""

    daemon_threads = True
    site: Site

    def __init__(self, address: tuple[str, int], handler: "type[Handler]") -> None:
        self.failures: list[Exception] = []
        super().__init__(address, handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep a failure, unless it is the other side that went away: tests kill what they started."""
        del request, client_address
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, ConnectionError):
            self.failures.append(error)


class Handler(BaseHTTPRequestHandler):
    """Answers for one connection: what kinds of servers have in common."""

    protocol_version = "HTTP/1.1"
    server: Server

    @property
    def path_asked(self) -> str:
        """The path without quoting and query."""
        return unquote(self.path.split("?", 1)[0])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep quiet: requests are recorded instead."""

    def answer(self) -> None:
        """Answer a page or a file; the body is left out where only the head was asked for."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer."""
        self.answer()

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self.answer()

    def allowed(self) -> bool:
        """Say whether the name and password that the site asks for came with the request."""
        site = self.server.site
        wanted = base64.b64encode(f"{site.username}:{site.password}".encode()).decode()
        return not site.username or self.headers.get("Authorization") == f"Basic {wanted}"

    def send(
        self, status: int, body: bytes, kind: str, *, missing: int = 0, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer, and note the request; `missing` bytes at the end are promised and not sent."""
        noted = {name.lower(): value for name, value in self.headers.items()}
        self.server.site.requests.append(
            Request(method=self.command, path=unquote(self.path), status=status, headers=noted)
        )
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

    def send_content(
        self, content: bytes, kind: str, fault: Fault | None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer with a file, corrupted or truncated where the fault says so."""
        if fault is not None and fault.kind == "corrupted":
            content = content[:-1] + bytes([content[-1] ^ 1])
        missing = len(content) // 2 if fault is not None and fault.kind == "truncated" else 0
        self.send(200, content, kind, missing=missing, headers=headers)
