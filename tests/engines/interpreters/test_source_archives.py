"""Fetching source archives: from a folder, from a server, out of the cache."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from parity.core.builds.errors import PythonSourceCorrupt
from parity.core.builds.sources import Archive
from parity.core.errors import NetworkFailed
from parity.engines.interpreters.source_build.archives import examine, fetch
from tests.support.serving import Fault, Handler, Site, serving
from tests.support.sources import make_sources


class Files(Handler):
    """Serves what is in the site's folder."""

    def answer(self) -> None:
        """Answer a file, or that there is none."""
        site = self.server.site
        path, fault = site.folder / self.path_asked.lstrip("/"), site.faults.get(self.path_asked.rpartition("/")[2])
        if fault is not None and fault.kind == "status":
            self.send(fault.status, b"", "text/plain")
        elif path.is_file():
            self.send_content(path.read_bytes(), "application/octet-stream", fault)
        else:
            self.send(404, b"", "text/plain")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """Make a folder like upstream's with the sources of one release in it."""
    folder = tmp_path / "mirror" / "3.99.0"
    folder.mkdir(parents=True)
    make_sources(folder, "3.99.0")
    return tmp_path / "mirror"


@pytest.fixture
def archive(mirror: Path) -> Archive:
    """Return what the table would say of it."""
    content = (mirror / "3.99.0" / "Python-3.99.0.tgz").read_bytes()
    return Archive(
        version="3.99.0", file="Python-3.99.0.tgz", sha256=hashlib.sha256(content).hexdigest(), size=len(content)
    )


@pytest.fixture
def site(mirror: Path) -> Iterator[Site]:
    """Serve the mirror."""
    site = Site(folder=mirror, username="", password="", faults={})
    with serving(site, Files):
        yield site


@pytest.fixture
def get(tmp_path: Path, archive: Archive) -> Callable[..., Path]:
    """Return what fetches the archive from somewhere."""

    def fetch_from(base: str, *archives: Archive, offline: bool = False) -> Path:
        seen: list[tuple[int, int]] = []
        path, sha256 = fetch(
            archives or [archive],
            base,
            str(tmp_path / "cache"),
            offline=offline,
            progress=lambda done, total: seen.append((done, total)),
        )
        assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == sha256
        assert not seen or (archive.size, archive.size) == seen[-1]
        return Path(path)

    return fetch_from


def left(tmp_path: Path) -> list[Path]:
    """Return the files that the cache has of archives."""
    return [path for path in (tmp_path / "cache" / "sources").rglob("*") if path.is_file()]


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_folder_is_a_mirror(mirror: Path, get: Callable[..., Path], form: str) -> None:
    """By its path or its address."""
    assert "Python-3.99.0.tgz" == get(form.format(mirror)).name


def test_a_mirror_may_have_all_archives_in_one_folder(mirror: Path, get: Callable[..., Path]) -> None:
    """Without a folder for each release."""
    assert "Python-3.99.0.tgz" == get(str(mirror / "3.99.0")).name


def test_an_address_is_asked_and_what_is_here_is_not_fetched_again(site: Site, get: Callable[..., Path]) -> None:
    """Out of the cache the second time, without the network too."""
    first = get(f"http://{site.address}")
    asked = [request.path for request in site.requests]

    assert ["/3.99.0/Python-3.99.0.tgz"] == asked
    assert first == get(f"http://{site.address}", offline=True)
    assert asked == [request.path for request in site.requests]


def test_a_cached_archive_that_was_changed_is_fetched_again(site: Site, get: Callable[..., Path]) -> None:
    """Its hash is looked at every time."""
    get(f"http://{site.address}").write_bytes(b"changed")

    assert get(f"http://{site.address}").read_bytes() != b"changed"
    assert 2 == len(site.requests)


def test_the_other_archive_of_a_release_does_too(site: Site, archive: Archive, get: Callable[..., Path]) -> None:
    """A mirror may have only one of them."""
    smaller = replace(archive, file="Python-3.99.0.tar.xz", sha256="0" * 64)

    assert "Python-3.99.0.tgz" == get(f"http://{site.address}", smaller, archive).name


def test_what_nobody_has_says_where_it_was_looked_for(site: Site, archive: Archive, get: Callable[..., Path]) -> None:
    """Both places."""
    with pytest.raises(NetworkFailed, match=r"the sources of Python 3\.98\.1 are nowhere below") as caught:
        get(f"http://{site.address}", replace(archive, version="3.98.1", file="Python-3.98.1.tgz"))

    assert "3.98.1/Python-3.98.1.tgz` and `" in caught.value.hint


def test_an_archive_that_is_not_upstreams_is_refused(
    tmp_path: Path, site: Site, archive: Archive, get: Callable[..., Path]
) -> None:
    """Both hashes are told, and nothing of it is kept."""
    site.faults[archive.file] = Fault("corrupted")
    with pytest.raises(PythonSourceCorrupt, match=archive.sha256):
        get(f"http://{site.address}")

    assert [] == left(tmp_path)


@pytest.mark.parametrize(
    "failure", [(Fault("truncated"), "ended after"), (Fault("status", status=503), "says 503")], ids=["half", "503"]
)
def test_a_server_that_fails_is_named(
    tmp_path: Path, site: Site, archive: Archive, get: Callable[..., Path], failure: tuple[Fault, str]
) -> None:
    """With what went wrong; nothing of it is kept."""
    site.faults[archive.file], said = failure
    with pytest.raises(NetworkFailed, match=said):
        get(f"http://{site.address}")

    assert [] == left(tmp_path)


def test_an_address_that_is_out_of_reach_says_what_else_there_is(get: Callable[..., Path]) -> None:
    """A mirror, or the file itself."""
    with pytest.raises(NetworkFailed, match="cannot be reached") as caught:
        get("http://127.0.0.1:9")

    assert "--archive" in caught.value.hint


def test_offline_means_offline(site: Site, get: Callable[..., Path]) -> None:
    """Nobody is asked."""
    with pytest.raises(NetworkFailed, match="are not on this machine"):
        get(f"http://{site.address}", offline=True)

    assert [] == site.requests


def test_a_local_archive_says_which_version_it_is(tmp_path: Path) -> None:
    """By the header that says it in the interpreter, too."""
    path = make_sources(tmp_path, "3.99.1", name="mine.tgz")

    assert (hashlib.sha256(path.read_bytes()).hexdigest(), "3.99.1") == examine(str(path))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04"])
def test_what_is_no_archive_of_sources_is_refused(tmp_path: Path, content: bytes) -> None:
    """Named, with what was expected."""
    (tmp_path / "x.tgz").write_bytes(content)
    with pytest.raises(PythonSourceCorrupt, match=r"x\.tgz"):
        examine(str(tmp_path / "x.tgz"))
