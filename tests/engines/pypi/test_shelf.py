"""Indexes looked at directly: pages in every form, metadata wherever it is, caches, credentials, counted requests."""

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from parity.core.errors import NetworkFailed
from parity.core.negotiation.joint import Metadata
from parity.core.places import Place
from parity.core.spec import Index, WheelRequirement
from parity.engines.pypi.shelf import IndexShelf, shelf_of
from parity.engines.pypi.uv import Uv, find_uv
from tests.engines.pypi.test_resolve import QUESTION, ask
from tests.support.index import serve_index
from tests.support.projects import World
from tests.support.serving import Fault
from tests.support.wheels import make_sdist, make_wheel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two versions of one distribution, a source distribution among them."""
    make_wheel(tmp_path / "files", "some-lib", "1.0", requires=["base>=1"], extras={"fast": ["speedup"]})
    make_wheel(tmp_path / "files", "some-lib", "2.0", requires_python=">=3.12")
    make_sdist(tmp_path / "files", "some-lib", "3.0", requires=["base<2"])
    return tmp_path / "files"


def shelf(world: World, environ: Mapping[str, str], *, offline: bool = False) -> IndexShelf:
    """Return a shelf for a world with other variables."""
    uv = Uv(binary=find_uv(), cache=world.cache / "uv", environ={"HOME": str(world.home), **environ}, offline=offline)
    return shelf_of(uv, world.project, QUESTION)


@pytest.mark.parametrize("json_api", [True, False])
@pytest.mark.parametrize("metadata_files", [True, False])
def test_both_kinds_of_pages_say_the_same(world: World, folder: Path, *, json_api: bool, metadata_files: bool) -> None:
    """PEP 691 and PEP 503, with metadata beside the wheel and without."""
    with serve_index(
        folder, json_api=json_api, metadata_files=metadata_files, yanked={"some_lib-1.0-py3-none-any.whl": "bad"}
    ) as index:
        known = shelf(world, {"UV_DEFAULT_INDEX": index.url})
        found = known.files(["some-lib", "nowhere"])
        assert [] == found["nowhere"]
        files = {file.name: file for file in found["some-lib"]}
        assert {
            "some_lib-1.0-py3-none-any.whl": (True, "", "default"),
            "some_lib-2.0-py3-none-any.whl": (False, ">=3.12", "default"),
            "some_lib-3.0.tar.gz": (False, "", "default"),
        } == {name: (file.yanked, file.requires_python, file.index) for name, file in files.items()}
        said = known.metadata([files["some_lib-1.0-py3-none-any.whl"], files["some_lib-3.0.tar.gz"]])
        assert ("base>=1", 'speedup ; extra == "fast"') == tuple(
            text.replace(";", " ;").replace("  ", " ") for text in said[0].requires
        )
        assert ("base<2",) == said[1].requires
        wheels = [name for name in index.downloads if name.endswith(".whl")]
        assert metadata_files == (not wheels)


def test_what_was_read_is_not_asked_for_again(world: World, folder: Path) -> None:
    """Metadata never, a page not for a while; offline both come out of the cache, and nothing else does."""
    with serve_index(folder) as index:
        environ = {"UV_DEFAULT_INDEX": index.url}
        files = shelf(world, environ).files(["some-lib"])["some-lib"]
        before = shelf(world, environ).metadata(files)
        asked = len(index.requests)
        again = shelf(world, environ, offline=True)
        assert (list(files), list(before)) == (list(again.files(["some-lib"])["some-lib"]), list(again.metadata(files)))
        assert asked == len(index.requests)
        with pytest.raises(NetworkFailed, match="is not in the cache"):
            again.files(["other"])


def test_the_first_index_that_has_a_name_counts(world: World, folder: Path, tmp_path: Path) -> None:
    """As with uv: those of `UV_INDEX` before the default one, with credentials from their variables."""
    make_wheel(tmp_path / "own", "some-lib", "0.1")
    make_wheel(tmp_path / "flat", "some-lib", "0.2")
    with (
        serve_index(folder) as index,
        serve_index(tmp_path / "own", username="someone", password="s3cret") as own,
    ):
        environ = {"UV_DEFAULT_INDEX": index.url, "UV_INDEX": f"our-own={own.url}"}
        with pytest.raises(NetworkFailed, match="HTTP status 401"):
            shelf(world, environ).files(["some-lib"])
        environ |= {"UV_INDEX_OUR_OWN_USERNAME": "someone", "UV_INDEX_OUR_OWN_PASSWORD": "s3cret"}
        environ |= {"UV_FIND_LINKS": str(tmp_path / "flat")}
        found = shelf(world, environ).files(["some-lib"])["some-lib"]
        assert ["some_lib-0.2-py3-none-any.whl", "some_lib-0.1-py3-none-any.whl"] == [file.name for file in found]
        netrc = world.home / ".netrc"
        netrc.parent.mkdir(parents=True, exist_ok=True)
        netrc.write_text("machine 127.0.0.1 login someone password s3cret\n", encoding="utf-8")
        plain = shelf(world, {"UV_DEFAULT_INDEX": own.url}).files(["some-lib"])["some-lib"]
        assert ["some_lib-0.1-py3-none-any.whl"] == [file.name for file in plain]


def test_no_index_means_no_index(world: World, tmp_path: Path) -> None:
    """A default index without an address: folders alone."""
    make_wheel(tmp_path / "flat", "some-lib", "0.2")
    uv = Uv(binary=find_uv(), cache=world.cache / "uv", environ={"UV_FIND_LINKS": str(tmp_path / "flat")})
    none = Index(name="default", url="", default=True)
    known = shelf_of(uv, world.project, replace(ask(), indexes=(none,)))
    assert 1 == len(known.files(["some-lib"])["some-lib"])


def test_a_part_of_a_large_wheel_is_enough(world: World, tmp_path: Path) -> None:
    """Where there is no metadata beside it, and the server gives whole files only, the whole wheel is read."""
    path = make_wheel(tmp_path / "files", "large", "1.0", requires=["base"], modules={"large.bin": "x" * 300_000})
    with serve_index(tmp_path / "files", metadata_files=False) as index:
        known = shelf(world, {"UV_DEFAULT_INDEX": index.url})
        (said,) = known.metadata(known.files(["large"])["large"])
        assert ("base",) == said.requires
    assert zipfile.is_zipfile(path)


def test_what_the_user_gave_says_what_is_written_down(world: World, tmp_path: Path) -> None:
    """A wheel, a project's `pyproject.toml` with its extras, and nothing of a project that only its build knows."""
    wheel = make_wheel(tmp_path / "files", "given", "1.0", requires=["base"])
    world.write("lib/pyproject.toml", _PROJECT)
    world.write("old/setup.py", "import setuptools\n")
    known = shelf(world, {})
    place = Place(file="requirements.txt")
    assert ("base",) == known.given(WheelRequirement(name="given", place=place, path=str(wheel))).requires
    project = known.given(WheelRequirement(name="", place=place, path="lib"))
    expected = ("numpy<2", 'fast ; extra == "speed"', "slow ; (python_version < '4') and extra == \"speed\"")
    assert ("my-lib", expected) == (project.name, tuple(" ".join(text.split()) for text in project.requires))
    assert Metadata() == known.given(WheelRequirement(name="old", place=place, path="old"))


_PROJECT = """[project]
name = "My_Lib"
version = "1"
dependencies = ["numpy<2"]
[project.optional-dependencies]
speed = ["fast", "slow; python_version < '4'"]
"""


def test_a_broken_page_is_an_error_with_its_address(world: World, folder: Path) -> None:
    """Not an empty answer: what is not known must not count as missing."""
    with serve_index(folder, faults={"some-lib": Fault("status", status=503)}) as index:
        known = shelf(world, {"UV_DEFAULT_INDEX": index.url})
        with pytest.raises(NetworkFailed, match="HTTP status 503"):
            known.files(["some-lib"])
