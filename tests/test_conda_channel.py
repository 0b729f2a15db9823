"""The conda channel that the tests stand on stands itself: rattler solves it, and what it installs really runs."""

import os
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Mapping
from http.client import IncompleteRead
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.conda.channel import Channels, build_channel
from tests.support.conda.packages import PLACEHOLDER, File, Package, module, write_channel, write_package
from tests.support.conda.reference import PLAIN, Reference, rattler_alone
from tests.support.conda.server import Repodata, serve_channel
from tests.support.conda.shards import msgpack, write_shards
from tests.support.serving import Fault, FaultKind

CACHE = Path(__file__).resolve().parents[1] / ".cache"


def run(*command: str | Path, path: Path | None = None) -> str:
    """Run a program with no variable but PATH, which `path` comes first in, and return what it printed."""
    folders = os.pathsep.join([*([] if path is None else [str(path)]), os.environ["PATH"]])
    done = subprocess.run(command, env={"PATH": folders}, check=False, capture_output=True, encoding="utf-8")
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def solved(channels: Channels, tmp_path: Path, *specs: str, machine: Mapping[str, str] = PLAIN) -> set[str]:
    """Solve against `conda-forge` alone and return the packages; an error fails the test."""
    found = rattler_alone([str(channels.forge)], specs, tmp_path, machine=machine)
    assert "" == found.error
    return set(found.packages)


def small(folder: Path) -> Package:
    """Write a channel `small` of one package into a folder."""
    package = Package("small", "1.0", noarch="generic", files={"share/small.txt": "small\n" * 1000})
    write_channel(folder / "small", package)
    return package


def test_everything_installs_and_runs(conda_channels: Channels, tmp_path: Path) -> None:
    """The packed interpreter, the C program, the extension and all kinds of scripts run where they are installed."""
    specs = ["greetapp", "textapp", "links", "old-format", "linked", "menus", "activate-static", "env-vars", "pytorch"]
    prefix = tmp_path / "a folder" / "env"
    with serve_channel(conda_channels.root) as served:
        made = rattler_alone([served.channel("conda-forge")], specs, tmp_path, prefix=prefix)
    assert "" == made.error
    assert {*made.packages} >= {f"python={conda_channels.python_version}=h1a2b3c4_0_cpython"}
    code = "import greet, ssl, sqlite3, ctypes, torch, numpy, sys; print(greet.word(), greet.length(), greet.prefix())"
    assert f"hello 5 {prefix}\n" == run(prefix / "bin" / "python", "-c", code)
    code = "import sys, sysconfig; print(sys.prefix, sys.path[-1], sysconfig.get_path('purelib'))"
    site = prefix / conda_channels.site_packages
    assert f"{prefix} {site} {site}\n" == run(prefix / "bin" / "python3", "-c", code)
    assert f"hello 1.1 {prefix}\n" == run(prefix / "bin" / "greet")
    # In a path with a space, what is no Python script finds its interpreter by PATH only.
    assert f"{prefix}/include\n" == run(prefix / "bin" / "greet-config", path=prefix / "bin")
    assert "textapp a b\n" == run(prefix / "bin" / "textapp", "a", "b")
    assert f"hello {prefix}\n" == run(prefix / "bin" / "greetapp")
    assert "links\n" == run(prefix / "bin" / "links")
    assert f"prefix = {prefix}\nlibrary = {prefix}/lib\n" == (prefix / "etc" / "links.conf").read_text()
    assert "content\n" == (prefix / "share" / "links" / "folder" / "file.txt").read_text()
    assert "green\n" == (prefix / "share" / "old-format" / "grün.txt").read_text(encoding="utf-8")
    assert not (prefix / "share" / "linked" / "stamp").exists()


def test_an_environment_names_no_other_folder(conda_channels: Channels, tmp_path: Path) -> None:
    """Nothing in a prefix leads to where it was packed, and no placeholder is left in it."""
    made = rattler_alone([str(conda_channels.forge)], ["greet", "links"], tmp_path, prefix=tmp_path / "env")
    assert "" == made.error
    # conda-meta says which placeholder a file had, and which channel it came from.
    files = [path for path in (tmp_path / "env").rglob("*") if path.is_file() and "conda-meta" not in path.parts]
    strange = (PLACEHOLDER.encode(), str(CACHE).encode(), b"test-channel-new-")
    assert [] == [path for path in files if any(word in path.read_bytes() for word in strange)]
    assert len(files) > 1000


@pytest.mark.parametrize("side", ["openblas", "mkl"])
def test_a_mutex_lets_one_implementation_in(conda_channels: Channels, tmp_path: Path, side: str) -> None:
    """Either BLAS goes with numpy, the better one by itself, and both at once with nothing."""
    assert f"blas=1.0={side}" in solved(conda_channels, tmp_path, "numpy", f"needs-{side}")
    assert "blas=1.0=openblas" in solved(conda_channels, tmp_path, "numpy")
    both = rattler_alone([str(conda_channels.forge)], ["needs-mkl", "needs-openblas"], tmp_path)
    assert "needs-mkl" in both.error


@pytest.mark.parametrize(
    ("machine", "spec", "wanted"),
    [
        ({}, "pytorch", "pytorch=2.4.1=cpu_generic_{tag}_h0_0"),
        ({"__cuda": "12.8"}, "pytorch", "pytorch=2.4.1=cuda126_{tag}_h0_300"),
        ({"__cuda": "11.8"}, "pytorch", "pytorch=2.4.1=cpu_generic_{tag}_h0_0"),
        ({"__glibc": "2.28"}, "modern", "modern=1.0=h0_0"),
        ({"__glibc": "2.39"}, "modern", "modern=2.0=h0_0"),
        ({}, "for-unix", "for-unix=1.0=unix_0"),
    ],
)
def test_the_machine_chooses_the_build(
    conda_channels: Channels, tmp_path: Path, machine: dict[str, str], spec: str, wanted: str
) -> None:
    """Virtual packages decide between CUDA and CPU builds, and how new a C library may be needed."""
    tag = f"py{conda_channels.python_minor.replace('.', '')}"
    assert wanted.format(tag=tag) in solved(conda_channels, tmp_path, spec, machine={**PLAIN, **machine})


def test_the_processor_chooses_the_build(conda_channels: Channels, tmp_path: Path) -> None:
    """The highest build that a processor can run is taken."""
    if conda_channels.subdir != "linux-64":
        pytest.skip("the levels of a processor are those of x86-64")
    for level in ("x86_64", "x86_64_v3"):
        found = solved(conda_channels, tmp_path, "fastmath", machine={**PLAIN, "__archspec": f"1={level}"})
        assert f"fastmath=1.0={level}" in {package.partition("_h0")[0] for package in found}


def test_the_first_channel_shadows_the_others(conda_channels: Channels, tmp_path: Path) -> None:
    """With strict priority a package is taken from the first channel that has it, however old it is there."""

    def found(*names: str) -> Reference:
        return rattler_alone([f"{conda_channels.root}/{name}" for name in names], ["pytorch", "wordlib"], tmp_path)

    assert {"pytorch=2.3.1", "wordlib=0.9"} <= {
        each.rpartition("=")[0] for each in found("pytorch", "conda-forge").packages
    }
    assert {"pytorch=2.4.1", "wordlib=2.0"} <= {
        each.rpartition("=")[0] for each in found("conda-forge", "pytorch").packages
    }
    labelled = found("conda-forge/label/dev", "conda-forge")
    assert "wordlib=3.0rc1=pyhd8ed1ab_0" in labelled.packages
    assert labelled.channels["wordlib"].rstrip("/").endswith("conda-forge/label/dev")


def test_what_projects_ask_for_solves(conda_channels: Channels, tmp_path: Path) -> None:
    """An older Python with the usual names has an answer, of packages that are there to be solved with only."""
    specs = ["python=3.10", "pytorch", "transformers", "datasets", "lightning", "jupyter", "pip"]
    assert {"python=3.10.14=h0110_0_cpython", "numpy=1.26.4=py310_h0_0"} <= solved(conda_channels, tmp_path, *specs)
    assert any(each.startswith("numpy=2.1.3=") for each in solved(conda_channels, tmp_path, "numpy"))


def test_link_scripts_run_where_they_are_allowed(conda_channels: Channels, tmp_path: Path) -> None:
    """The package with a post-link script has one that works."""
    channel = str(conda_channels.forge)
    made = rattler_alone([channel], ["linked"], tmp_path, prefix=tmp_path / "env", link_scripts=True)
    assert "" == made.error
    assert "linked 1.0\n" == (tmp_path / "env" / "share" / "linked" / "stamp").read_text()


def test_a_short_placeholder_is_refused(conda_channels: Channels, tmp_path: Path) -> None:
    """A binary with a placeholder shorter than the prefix cannot be installed there."""
    channel = str(conda_channels.forge)
    long = rattler_alone([channel], ["stubborn"], tmp_path, prefix=tmp_path / ("long" * 20))
    assert "stubborn" in long.error


@pytest.mark.parametrize("form", [("plain",), ("zstd",), ("sharded",)], ids=lambda form: form[0])
def test_every_form_of_repodata_says_the_same(
    conda_channels: Channels, tmp_path: Path, form: tuple[Repodata, ...]
) -> None:
    """Plain, compressed and sharded repodata have the same packages in them."""
    with serve_channel(conda_channels.root, repodata=form) as served:
        found = rattler_alone([served.channel("conda-forge")], ["greetapp", "old-format"], tmp_path)
        sent = {request.path.rsplit("/", 1)[-1] for request in served.requests if request.status == 200}
    assert "" == found.error
    assert set(found.packages) == solved(conda_channels, tmp_path, "greetapp", "old-format")
    names = {"plain": "repodata.json", "zstd": "repodata.json.zst", "sharded": "repodata_shards.msgpack.zst"}
    assert {names[form[0]]} == sent & set(names.values())


@pytest.mark.parametrize(
    ("kind", "archive"),
    [("corrupted", ".conda"), ("corrupted", ".tar.bz2"), ("replaced", ".conda"), ("replaced", ".tar.bz2")],
)
def test_a_wrong_package_is_noticed(tmp_path: Path, kind: FaultKind, archive: str) -> None:
    """Each fault of a package is one that rattler notices, and taking it away makes the package good again."""
    form = ".conda" if archive == ".conda" else ".tar.bz2"
    package = Package("small", "1.0", noarch="generic", files={"share/small.txt": "small\n" * 1000}, form=form)  # type: ignore[arg-type]  # mypy widens the literal
    write_channel(tmp_path / "small", package)
    with serve_channel(tmp_path, faults={package.file: Fault(kind)}) as served:
        wrong = rattler_alone([served.channel("small")], ["small"], tmp_path, prefix=tmp_path / "env")
        assert "" != wrong.error
        served.faults.clear()
        good = rattler_alone([served.channel("small")], ["small"], tmp_path, prefix=tmp_path / "again")
        assert "" == good.error
    assert (tmp_path / "again" / "share" / "small.txt").exists()


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_of_the_server_is_noticed(tmp_path: Path, status: int) -> None:
    """An error may be that of a whole channel, of one subdir or of one package."""
    package = small(tmp_path)
    with serve_channel(tmp_path, faults={package.file: Fault("status", status)}) as served:
        assert str(status) in rattler_alone([served.channel("small")], ["small"], tmp_path, prefix=tmp_path / "e").error
        for key in ("small", "small/noarch", "repodata.json"):
            served.faults = {key: Fault("status", status)}
            served.repodata = ["plain"]
            found = rattler_alone([served.channel("small")], ["small"], tmp_path / key)
            assert "" != found.error
            assert () == found.packages
    assert status in {request.status for request in served.requests}


@pytest.mark.parametrize("form", ["plain", "zstd"])
def test_garbled_repodata_is_noticed(tmp_path: Path, form: Repodata) -> None:
    """Repodata that is no JSON is an error, in either compression."""
    small(tmp_path)
    with serve_channel(tmp_path, faults={"small/noarch": Fault("garbled")}, repodata=[form]) as served:
        assert "" != rattler_alone([served.channel("small")], ["small"], tmp_path).error


def test_a_truncated_package_ends_early(tmp_path: Path) -> None:
    """The connection ends half-way through a package; rattler itself would try again for seconds."""
    package = small(tmp_path)
    with (
        serve_channel(tmp_path, faults={package.file: Fault("truncated")}) as served,
        urlopen(f"{served.channel('small')}/noarch/{package.file}") as answer,
        pytest.raises(IncompleteRead),
    ):
        answer.read()


def test_a_held_channel_waits_for_its_release(tmp_path: Path) -> None:
    """Nothing of a held channel is answered before the test says so, and another channel meanwhile is."""
    small(tmp_path)
    shutil.copytree(tmp_path / "small", tmp_path / "other")
    answers: list[int] = []
    with serve_channel(tmp_path, faults={"small": Fault("held")}) as served:

        def ask() -> None:
            with urlopen(f"{served.channel('small')}/noarch/repodata.json") as answer:
                answers.append(answer.status)

        asker = threading.Thread(target=ask)
        asker.start()
        with urlopen(f"{served.channel('other')}/noarch/repodata.json"):
            assert [] == answers
        served.faults["small"].release.set()
        asker.join()
    assert [200] == answers


def test_secrets_are_asked_for(tmp_path: Path) -> None:
    """A name and password, a token in the address or one in the header open the channel, and nothing else does."""
    small(tmp_path)
    page = "small/noarch/repodata.json"

    def status(address: str, **headers: str) -> int:
        try:
            with urlopen(Request(address, headers=headers)) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    with serve_channel(tmp_path, username="me", password="s3:cr@t/") as served:
        assert 401 == status(f"{served.url}/{page}")
        assert 200 == status(f"{served.url}/{page}", Authorization="Basic bWU6czM6Y3JAdC8=")
        assert "" != rattler_alone([served.channel("small")], ["small"], tmp_path / "without").error
        found = rattler_alone([f"{served.url_with_credentials}/small"], ["small"], tmp_path / "with")
        assert ("", ("small=1.0=0",)) == (found.error, found.packages)
    with serve_channel(tmp_path, token="tk-1") as served:
        assert (401, 401) == (status(f"{served.url}/{page}"), status(f"{served.url}/t/tk-2/{page}"))
        assert 200 == status(f"{served.url_with_credentials}/{page}")
    with serve_channel(tmp_path, bearer="b-1") as served:
        assert 401 == status(f"{served.url}/{page}")
        assert 200 == status(f"{served.url}/{page}", Authorization="Bearer b-1")


def test_an_unchanged_page_is_not_sent_twice(tmp_path: Path) -> None:
    """Who shows the tag of what he has is told that it is still good; nothing outside the folder is served."""
    small(tmp_path / "inside")
    (tmp_path / "secret.json").write_text("{}")
    with serve_channel(tmp_path / "inside") as served:
        with urlopen(f"{served.channel('small')}/noarch/repodata.json") as answer:
            tag = answer.headers["ETag"]
        with pytest.raises(HTTPError, match="304"):
            urlopen(Request(f"{served.channel('small')}/noarch/repodata.json", headers={"If-None-Match": tag}))
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{served.url}/small/../../secret.json")
        assert [200, 304, 404] == [request.status for request in served.requests]


def test_equal_packages_have_equal_bytes(tmp_path: Path) -> None:
    """A package and a channel written twice are the same, so that a test may name their hashes."""
    package = Package(
        "demo",
        "1.0",
        subdir="linux-64",
        files={"bin/demo": f"#!{PLACEHOLDER}/bin/sh\n", "link": File(link="bin/demo"), **module("demo", "1.0")},
    )
    for folder in ("one", "two"):
        write_shards(write_channel(tmp_path / folder, package))
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert 8 == len(files)
    assert [] == [
        path for path in files if (tmp_path / "one" / path).read_bytes() != (tmp_path / "two" / path).read_bytes()
    ]
    with zipfile.ZipFile(tmp_path / "one" / "linux-64" / package.file) as archive:
        assert ["metadata.json", "pkg-demo-1.0-0.tar.zst", "info-demo-1.0-0.tar.zst"] == archive.namelist()


def test_a_channel_grows(tmp_path: Path) -> None:
    """Packages are added to a channel that is there; an archive may be replaced behind the repodata's back."""
    package = small(tmp_path)
    write_channel(tmp_path / "small", Package("more", "1.0", noarch="generic"))
    assert "" == rattler_alone([str(tmp_path / "small")], ["small", "more"], tmp_path).error
    record = write_package(tmp_path / "small", package)
    path = tmp_path / "small" / "noarch" / package.file
    assert (package.file, path.stat().st_size) == (path.name, record["size"])


def test_the_channel_is_built_once(conda_channels: Channels) -> None:
    """What is in the cache is found again, without the wheels and programs that it was built with."""
    page = conda_channels.forge / "noarch" / "repodata.json"
    before = page.stat().st_mtime_ns
    assert conda_channels == build_channel(CACHE)
    assert before == page.stat().st_mtime_ns
    assert [] == list(CACHE.glob("test-channel-new-*"))


def test_message_pack_is_what_its_specification_says() -> None:
    """The few types that shards have are written in the forms that the specification gives."""
    assert bytes.fromhex("df00000001db00000001 61d3ffffffffffffffff") == msgpack({"a": -1})
    assert bytes.fromhex("dd00000001c60000000200ff") == msgpack([b"\x00\xff"])
    with pytest.raises(TypeError, match="float is not written"):
        msgpack(1.5)
