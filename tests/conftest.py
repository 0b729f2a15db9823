"""Every test has a home, caches and a store of its own; none sees the user's."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.builds import BuiltOnce, build_once
from tests.support.conda.channel import Channels, build_channel
from tests.support.index import serve_index
from tests.support.projects import World, furnish


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point what parity reads of the user at an empty folder, so that no test touches or depends on his."""
    folder = tmp_path_factory.mktemp("user")
    for name in ("HOME", "PARITY_HOME", "PARITY_CACHE_DIR"):
        monkeypatch.setenv(name, str(folder / name.lower()))
    (folder / "home").mkdir()
    for name in ("PYENV_VERSION", "VIRTUAL_ENV", "CONDA_PREFIX", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """Make a machine with an index of a few packages (see `furnish`) and an empty project.

    A test marked `network` gets the package registries in the index's place.
    """
    for name in ("home", "project", "tmp", "wheels"):
        (tmp_path / name).mkdir()
    furnish(tmp_path / "wheels")
    with serve_index(tmp_path / "wheels") as index:
        yield World(root=tmp_path, index=index, online=request.node.get_closest_marker("network") is not None)


@pytest.fixture(scope="session")
def conda_channels() -> Channels:
    """Build the conda channels of real programs, once for all runs: they are kept in the checkout's `.cache`."""
    if sys.platform != "linux":
        pytest.skip("the tests' conda channel is made of Linux programs")
    if shutil.which("cc") is None:
        pytest.skip("no C compiler (cc), of which the tests' conda channel is made")
    return build_channel(Path(__file__).resolve().parents[1] / ".cache")


@pytest.fixture(scope="session")
def built_python() -> BuiltOnce:
    """Build a real CPython from upstream's sources, once for all runs: it is kept in the checkout's `.cache`."""
    if sys.platform != "linux":
        pytest.skip("the tests' sources of CPython come from Debian's mirrors")
    if shutil.which("cc") is None or shutil.which("make") is None:
        pytest.skip("no C compiler and make (cc, make), with which an interpreter is built")
    return build_once(Path(__file__).resolve().parents[1] / ".cache")
