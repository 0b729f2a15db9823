"""Prebuilt interpreters, fetched by the real uv from a list of our own."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from parity.core import contents
from parity.core.errors import (
    NetworkFailed,
    ParityError,
    PythonBroken,
    PythonDownloadsInvalid,
    PythonDownloadUnhashed,
    PythonUnavailable,
)
from parity.core.places import Place
from parity.core.python_request import PythonRequest, parse_request
from parity.engines.interpreters.discover import discover
from parity.engines.interpreters.discover.surroundings import surroundings_of
from parity.engines.interpreters.prebuilt import Installed, Offer, Prebuilt
from parity.engines.pypi.uv import Uv, failure, find_uv
from tests.support.interpreters import download_entry, pack_interpreter

THIS = ".".join(map(str, sys.version_info[:3]))
MINOR = THIS.rpartition(".")[0]
pytestmark = pytest.mark.skipif(
    sys.version_info.releaselevel != "final",
    reason="the Python of these tests is a pre-release, lists name finals here",
)


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of these tests as an archive."""
    return pack_interpreter(tmp_path_factory.mktemp("archive") / "python.tar.gz")


class Store:
    """A store of its own, with a download list."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.list = root / "list.json"
        uv = Uv(binary=find_uv(), cache=root / "cache" / "uv", environ={"HOME": str(root), "PATH": os.defpath})
        self.prebuilt = Prebuilt(home=str(root / "home"), cache=str(root / "cache"), call=uv.call, failure=failure)

    @property
    def offer(self) -> Offer:
        """The list."""
        return Offer(downloads=str(self.list))

    def offers(self, *entries: Mapping[str, object]) -> None:
        """Write the list."""
        self.list.write_text(json.dumps({f"entry-{number}": dict(entry) for number, entry in enumerate(entries)}))

    def install(self, text: str = THIS, *, again: bool = False) -> Installed:
        """Find and install what answers."""
        return self.prebuilt.install(self.prebuilt.find(asked(text), self.offer), self.offer, again=again)

    def discovered(self) -> list[str]:
        """Return the paths of parity's own interpreters, as discovery finds them."""
        around = surroundings_of({"HOME": str(self.root), "PATH": ""}, home=self.prebuilt.home, cache=str(self.root))
        return [each.path for each in discover(around).interpreters]

    def left(self) -> list[str]:
        """Return what lies where interpreters are."""
        folder = Path(self.prebuilt.home, "pythons", "v1")
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def asked(text: str) -> list[PythonRequest]:
    """Return a request."""
    return [parse_request(text, Place(file=".python-version", line=1))]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return an empty store."""
    return Store(tmp_path)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> tuple[Store, Installed]:
    """Return a store into which the interpreter was installed."""
    store = Store(tmp_path_factory.mktemp("store"))
    store.offers(download_entry(archive))
    return store, store.install()


def test_an_installed_interpreter_runs_and_is_found(filled: tuple[Store, Installed]) -> None:
    """It starts, says its version, and discovery finds it once, as parity's own."""
    store, installed = filled
    said = subprocess.run(
        [installed.interpreter.path, "-I", "-c", "import sys, json; print(json.dumps([sys.version, sys.prefix]))"],
        check=True,
        capture_output=True,
        text=True,
    )
    version, prefix = json.loads(said.stdout)

    assert version.startswith(THIS)
    assert installed.interpreter.path == f"{prefix}/bin/python"
    assert [installed.interpreter.path] == store.discovered()
    assert not installed.reused


def test_its_files_are_listed_read_only_and_compiled(filled: tuple[Store, Installed]) -> None:
    """The manifest names every file with its hash, nothing can be written, and bytecode is there already."""
    store, installed = filled
    folder = Path(store.prebuilt.home, "pythons", "v1", *store.left())
    entries = contents.parse((folder / ".parity" / "files").read_text())
    on_disk = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if (path.is_symlink() or path.is_file()) and ".parity" not in path.parts
    }

    assert on_disk == {entry.path for entry in entries}
    assert {path.split("/")[0] for path in on_disk} == {Path(installed.interpreter.path).parts[-3]}
    assert not any(entry.mode & 0o222 for entry in entries if entry.kind == "f")
    assert not stat.S_IMODE(Path(installed.interpreter.path).parent.stat().st_mode) & 0o222
    assert any(entry.path.endswith(f"os.{sys.implementation.cache_tag}.pyc") for entry in entries)


def test_its_bytecode_names_no_folder_of_this_machine(filled: tuple[Store, Installed]) -> None:
    """The same archive gives the same bytecode wherever it is unpacked."""
    store, _ = filled
    compiled = [*Path(store.prebuilt.home).rglob("*.pyc")]

    assert compiled
    assert not [path for path in compiled if str(store.root).encode() in path.read_bytes()]


def test_what_is_here_is_not_fetched_again(filled: tuple[Store, Installed], archive: Path) -> None:
    """A second install does nothing and remembers the archive."""
    store, first = filled
    second = store.install()

    around = surroundings_of({"HOME": str(store.root), "PATH": ""}, home=store.prebuilt.home, cache=str(store.root))
    (found,) = discover(around).interpreters

    assert (True, first.interpreter) == (second.reused, second.interpreter)
    assert ("prebuilt", second.file, second.sha256) == (found.made, found.file, found.sha256)
    assert (archive.name, json.loads(store.list.read_text())["entry-0"]["sha256"]) == (second.file, second.sha256)


def test_a_killed_install_leaves_nothing_to_see(store: Store, archive: Path) -> None:
    """Killed after unpacking, before the marker: not found, and the next install makes it whole."""
    store.offers(download_entry(archive))
    script = """
        import os, signal, sys
        from pathlib import Path
        from parity.engines.interpreters import prebuilt
        from tests.engines.interpreters.test_prebuilt import Store
        prebuilt.compile_library = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        Store(Path(sys.argv[1])).install()
    """
    code = "\n".join(line.strip() for line in script.splitlines())
    paths = os.pathsep.join([str(Path(__file__).parents[3]), str(Path(__file__).parents[3] / "src")])
    killed = subprocess.run(
        [sys.executable, "-c", code, str(store.root)], check=False, env={**os.environ, "PYTHONPATH": paths}
    )

    assert -9 == killed.returncode
    assert 1 == len(store.left())
    assert [] == store.discovered()
    installed = store.install()
    assert [installed.interpreter.path] == store.discovered()
    assert 1 == len(store.left())
    again = store.install(again=True)
    assert (False, installed.interpreter) == (again.reused, again.interpreter)
    assert 1 == len(store.left())


def test_leftovers_of_other_versions_are_swept(store: Store, archive: Path) -> None:
    """What a killed install of another version left goes with the next install, whichever it is."""
    leftover = Path(store.prebuilt.home, "pythons", "v1", "cpython-3.9.9-linux-64-abc")
    for folder in (leftover, leftover.with_name(".old-1-cpython")):
        (folder / "lib").mkdir(parents=True)
        (folder / "lib" / "os.py").touch()
        (folder / "lib").chmod(0o555)
    store.offers(download_entry(archive, sha256="0" * 64))
    with pytest.raises(ParityError, match="Hash mismatch"):
        store.install()

    assert [] == store.left()


def test_an_archive_with_another_hash_is_refused(store: Store, archive: Path) -> None:
    """Nothing is left of it, and the reason is uv's own."""
    store.offers(download_entry(archive, sha256="0" * 64))
    with pytest.raises(ParityError, match=f"cannot install Python {THIS}: .*Hash mismatch"):
        store.install()

    assert [] == store.left()


def test_an_entry_without_a_hash_is_refused(store: Store, archive: Path) -> None:
    """Refused before anything is fetched, with the list and the entry named."""
    store.offers(download_entry(archive, sha256=None))
    with pytest.raises(PythonDownloadUnhashed, match=f"cpython-{THIS}.*list.json"):
        store.install()

    assert [] == store.left()


def test_only_what_would_be_taken_needs_a_hash(filled: tuple[Store, Installed], archive: Path) -> None:
    """Another entry without one is nobody's business."""
    store, installed = filled
    store.offers(download_entry(archive), download_entry(archive, "3.8.1", sha256=None, url="file:///nowhere"))

    assert installed.interpreter == store.install().interpreter


def test_an_archive_that_is_another_version_is_refused(store: Store, archive: Path) -> None:
    """The interpreter says itself what it is."""
    store.offers(download_entry(archive, f"{MINOR}.77"))
    with pytest.raises(PythonBroken, match=f"it is cpython {THIS}"):
        store.install(MINOR)

    assert [] == store.left()


@pytest.mark.parametrize("text", ["3.99", "system", "miniconda3-4.7.12", "pypy3.10", ">=4", "3.13t"])
def test_what_the_list_does_not_have_is_not_replaced(store: Store, archive: Path, text: str) -> None:
    """No other version, no other implementation; the nearest are named where a version was asked for."""
    store.offers(download_entry(archive, "3.12.1"))
    with pytest.raises(PythonUnavailable) as caught:
        store.install(text)

    assert f"no prebuilt Python answers `{text}`" == caught.value.message
    assert ("the nearest that there are: `3.12.1`" if text == "3.99" else caught.value.hint) == caught.value.hint


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file"),
        ("{", "it is not JSON"),
        ("[]", "not an object of entries"),
        ('{"a": {"sha256": "abc"}}', "the `sha256` of `a` is not one"),
    ],
)
def test_a_list_that_is_none_is_refused(store: Store, content: str | None, reason: str) -> None:
    """Missing, damaged, of another shape."""
    if content is not None:
        store.list.write_text(content)
    with pytest.raises(PythonDownloadsInvalid, match=reason):
        store.install()


def test_a_list_that_cannot_be_reached_is_a_fault_of_the_network(store: Store) -> None:
    """An address is read like a file, unless the network is out of bounds."""
    with pytest.raises(NetworkFailed, match="cannot be reached"):
        store.prebuilt.find(asked("3.12"), Offer(downloads="http://127.0.0.1:9/list.json"))


def test_uv_knows_prebuilt_interpreters_by_itself(store: Store) -> None:
    """Without a list, uv's own is asked; stable versions come first."""
    download = store.prebuilt.find(asked("3.12"), Offer())

    assert download.interpreter.version.startswith("3.12.")
    assert download.interpreter.version in download.file
    assert not store.prebuilt.find(asked("any"), Offer()).interpreter.prerelease


@pytest.mark.parametrize("version", ["3.12", "pypy3.11"])
def test_a_mirror_is_where_the_archive_is_looked_for(store: Store, version: str) -> None:
    """The address of uv's own list is replaced, the archive's name stays; CPython's and PyPy's alike."""
    mirror = store.root / "mirror"
    download = store.prebuilt.find(asked(version), Offer(mirror=mirror.as_uri()))
    with pytest.raises(ParityError, match=str(mirror)):
        store.prebuilt.install(download, Offer(mirror=mirror.as_uri()))

    assert [] == store.left()
