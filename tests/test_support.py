"""What the tests stand on stands itself: wheels that install, sdists that build, an index that real uv reads."""

import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Mapping
from http.client import IncompleteRead, RemoteDisconnected
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uv

from tests.support.index import JSON, Index, serve_index
from tests.support.projects import World
from tests.support.serving import Fault
from tests.support.wheels import make_sdist, make_wheel, write_project


def uv_run(
    *arguments: str, tmp_path: Path, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run uv away from the user's configuration, cache and virtual environments."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV"))}
    settings = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_HTTP_RETRIES": "0", "HOME": str(tmp_path)}
    return subprocess.run(
        [uv.find_uv_bin(), *arguments, "--no-config", "--python", sys.executable],
        env={**kept, **settings, **(environ or {})},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def install(index: Index, *packages: str, tmp_path: Path, url: str = "") -> subprocess.CompletedProcess[str]:
    """Install packages from the index into `tmp_path/site`."""
    return uv_run(
        *("pip", "install", "--target", "site", "--default-index", url or index.url, *packages), tmp_path=tmp_path
    )


def test_equal_arguments_give_equal_wheels(tmp_path: Path) -> None:
    """A wheel and an sdist made twice have the same bytes, so that a test may name their hashes."""
    for make in (make_wheel, make_sdist):
        first = make(tmp_path / "one", "demo", "1.0", requires=["base>=1"])
        second = make(tmp_path / "two", "demo", "1.0", requires=["base>=1"])
        assert first.read_bytes() == second.read_bytes()


def test_a_compressed_tag_set_is_written_out(tmp_path: Path) -> None:
    """WHEEL names every single tag of a compressed set, as the specification wants."""
    wheel = make_wheel(tmp_path, "demo", "1.0", tag="py2.py3-none-any", build="3")
    assert "demo-1.0-3-py2.py3-none-any.whl" == wheel.name
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("demo-1.0.dist-info/WHEEL").decode()
    assert ["Build: 3", "Tag: py2-none-any", "Tag: py3-none-any"] == text.splitlines()[3:]


@pytest.mark.parametrize("json_api", [True, False], ids=["json", "html"])
def test_uv_installs_from_the_index(tmp_path: Path, json_api: bool) -> None:
    """Real uv resolves dependencies, extras and `requires-python` over the index, and installs every kind of file."""
    wheels = tmp_path / "wheels"
    make_wheel(wheels, "Base.Pkg", "1.0")
    make_wheel(wheels, "Base.Pkg", "2.0", requires_python=">=99")
    make_wheel(wheels, "extra", "1.0", data={"scripts/tool": "#!python\nprint('tool')\n", "data/share/x.txt": "x"})
    make_wheel(
        wheels,
        "app",
        "1.0",
        requires=["base-pkg>=1"],
        extras={"more": ["extra"]},
        entry_points={"app": "app:main"},
        modules={"app/__init__.py": "def main():\n    print('hello')\n"},
    )
    with serve_index(wheels, json_api=json_api) as index:
        done = install(index, "app[more]", tmp_path=tmp_path)
    assert (0, "") == (done.returncode, done.stdout), done.stderr
    assert "x" == (tmp_path / "site/share/x.txt").read_text()
    assert {"app", "tool"} <= {path.name for path in (tmp_path / "site/bin").iterdir()}
    assert '__version__ = "1.0"\n' == (tmp_path / "site/base_pkg/__init__.py").read_text()
    # With PEP 658 metadata, a wheel that is not chosen is never fetched.
    assert ["app-1.0-py3-none-any.whl", "base_pkg-1.0-py3-none-any.whl", "extra-1.0-py3-none-any.whl"] == sorted(
        set(index.downloads)
    )


def test_a_project_builds_without_a_network(tmp_path: Path) -> None:
    """An sdist builds, and a source project installs editable, with a backend of its own and no index."""
    sdist = make_sdist(tmp_path / "files", "demo", "1.0", modules={"demo.py": "answer = 42\n"})
    folder = write_project(tmp_path / "project", "mine", entry_points={"mine": "mine:main"})
    done = uv_run(
        *("pip", "install", "--offline", "--no-index", "--target", "site", str(sdist), "--editable", str(folder)),
        tmp_path=tmp_path,
    )
    assert 0 == done.returncode, done.stderr
    assert "answer = 42\n" == (tmp_path / "site/demo.py").read_text()
    pointers = [path.read_text().strip() for path in (tmp_path / "site").glob("*.pth")]
    assert [str(folder / "src")] == pointers
    assert (tmp_path / "site/bin/mine").exists()


def test_an_index_behind_a_password_refuses_others(tmp_path: Path) -> None:
    """Without its name and password the index answers 401, with them it serves."""
    make_wheel(tmp_path / "wheels", "demo", "1.0")
    with serve_index(tmp_path / "wheels", username="me", password="s3:cr@t/") as index:
        assert 0 != install(index, "demo", tmp_path=tmp_path).returncode
        assert {401} == {request.status for request in index.requests}
        assert 0 == install(index, "demo", tmp_path=tmp_path, url=index.url_with_credentials).returncode


@pytest.mark.parametrize("kind", ["corrupted", "truncated", "status"])
def test_a_fault_stops_the_installation(tmp_path: Path, kind: str) -> None:
    """Each fault on demand is one that uv notices, and taking it away makes the file good again."""
    wheel = make_wheel(tmp_path / "wheels", "demo", "1.0")
    fault = Fault(kind, status=404)  # type: ignore[arg-type]  # parametrize knows no literals
    with serve_index(tmp_path / "wheels", faults={wheel.name: fault}) as index:
        address = f"http://{index.address}/files/{wheel.name}#sha256={hashlib.sha256(wheel.read_bytes()).hexdigest()}"
        assert 0 != install(index, f"demo @ {address}", tmp_path=tmp_path).returncode
        index.faults.clear()
        assert 0 == install(index, "demo", tmp_path=tmp_path).returncode


def test_a_replaced_file_is_another_file_with_a_right_hash(tmp_path: Path) -> None:
    """A replaced wheel installs as before; only who remembers the old hash can tell."""
    wheel = make_wheel(tmp_path / "wheels", "demo", "1.0")
    with serve_index(tmp_path / "wheels", faults={wheel.name: Fault("replaced")}) as index:
        assert 0 == install(index, "demo", tmp_path=tmp_path).returncode
        with urlopen(f"{index.url}/demo/") as page:
            assert hashlib.sha256(wheel.read_bytes()).hexdigest() not in page.read().decode()


def test_a_held_file_waits_for_its_release(tmp_path: Path) -> None:
    """Nothing is answered before the test says so: a slow network without a sleep."""
    wheel = make_wheel(tmp_path / "wheels", "demo", "1.0")
    answers: list[int] = []
    with serve_index(tmp_path / "wheels", faults={wheel.name: Fault("held")}) as index:
        address = f"http://{index.address}/files/{wheel.name}"

        def ask() -> None:
            with urlopen(address) as answer:
                answers.append(answer.status)

        asker = threading.Thread(target=ask)
        asker.start()
        with urlopen(f"{index.url}/"):
            assert [] == answers
        index.faults[wheel.name].release.set()
        asker.join()
    assert [200] == answers


def test_flags_of_a_file_reach_the_page(tmp_path: Path) -> None:
    """Yanked files, upload times and the flat page are as the specifications have them."""
    wheel = make_wheel(tmp_path / "wheels", "demo", "1.0")
    times = {wheel.name: "2024-05-06T07:08:09Z"}
    with serve_index(tmp_path / "wheels", yanked={wheel.name: "broken"}, uploaded=times) as index:
        with urlopen(Request(f"{index.url}/demo/", headers={"Accept": JSON})) as page:
            text = page.read().decode()
        assert '"yanked": "broken"' in text
        assert '"upload-time": "2024-05-06T07:08:09Z"' in text
        with urlopen(index.flat_url) as page:
            assert 'data-yanked="broken"' in page.read().decode()
        with pytest.raises(HTTPError):
            urlopen(f"{index.url}/other/")


def test_a_world_sees_nothing_of_the_user(world: World) -> None:
    """A program run in a world has its home, its index and no setting of the user's."""
    code = "import os; print(os.environ['HOME'], os.environ['UV_DEFAULT_INDEX'], 'VIRTUAL_ENV' in os.environ)"
    outcome = world.run(sys.executable, "-c", code)
    assert (0, "[TMP]/home http://[INDEX]/simple False\n", "") == (outcome.exit_code, outcome.stdout, outcome.stderr)
    assert str(world.root) in outcome.raw_stdout


def test_the_program_runs_in_a_world(world: World) -> None:
    """Parity itself starts there, and a wrong word is answered on stderr with exit code 2."""
    outcome = world.parity("--help")
    assert (0, "") == (outcome.exit_code, outcome.stderr)
    assert "sync" in outcome.stdout
    assert (2, "") == ((outcome := world.parity("no-such-command")).exit_code, outcome.stdout)


def test_a_client_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    """A killed download ends the test quietly; a fault in the index itself does not."""
    wheel = make_wheel(tmp_path / "wheels", "demo", "1.0")
    with serve_index(tmp_path / "wheels", faults={wheel.name: Fault("truncated")}) as index:
        with pytest.raises(IncompleteRead), urlopen(f"http://{index.address}/files/{wheel.name}") as answer:
            answer.read()
        index.faults.clear()
    with (
        pytest.raises(ExceptionGroup, match="the server of a test failed"),
        serve_index(tmp_path / "none") as index,
        pytest.raises(RemoteDisconnected),
    ):
        urlopen(f"{index.url}/")


def test_output_is_filtered(world: World) -> None:
    """Times and sizes differ from run to run and are masked; versions and counts are not."""
    text = "built 12 packages (3.4 MB) in 1.25 s, 80 ms saved; numpy 1.26.4\n"
    assert "built 12 packages ([SIZE]) in [TIME], [TIME] saved; numpy 1.26.4\n" == world.filtered(text)


def test_the_furnished_packages_install_together(world: World) -> None:
    """Everything that a world's index has can be installed at once, the diamond on its only version."""
    packages = ("diamond", "app[plugins]", "space-one", "space-two", "files")
    done = install(world.index, *packages, tmp_path=world.root)
    assert 0 == done.returncode, done.stderr
    site = world.root / "site"
    code = "import base, files, space.one, space.two, diamond, plugin; print(base.__version__)"
    assert "1.0\n" == world.run(sys.executable, "-c", code, env={"PYTHONPATH": str(site)}).stdout
    assert "a note\n" == (site / "share/files/note.txt").read_text()
