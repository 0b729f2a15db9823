"""Interpreters found in worlds that the tests made."""

import os
from pathlib import Path

import pytest

from parity.engines.interpreters.discover import Discovery, discover
from parity.engines.interpreters.discover.surroundings import surroundings_of
from tests.support.interpreters import lone_interpreter, make_prefix


class World:
    """A home with nothing in it, and what discovery finds there."""

    def __init__(self, root: Path) -> None:
        self.home = root
        self.store = root / ".local" / "share" / "parity"
        self.environ = {"HOME": str(root), "PATH": str(root / "bin")}

    def look(self) -> Discovery:
        """Discover."""
        return discover(surroundings_of(self.environ, home=str(self.store), cache=str(self.home / ".cache" / "parity")))

    def found(self) -> list[tuple[str, str, str, str]]:
        """Return source, name, version and path of what is found, the path from home."""
        return [
            (each.source, each.name, each.version, os.path.relpath(each.path, self.home))
            for each in self.look().interpreters
        ]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return an empty home."""
    return World(tmp_path.resolve())


def test_an_empty_world_has_none(world: World) -> None:
    """Folders that do not exist are no fault."""
    assert Discovery(interpreters=()) == world.look()


def test_pyenv_versions_and_aliases_are_found(world: World) -> None:
    """Each version once, with the alias that a link makes; a virtual environment is only named."""
    versions = world.home / ".pyenv" / "versions"
    make_prefix(versions / "3.11.7", "3.11.7")
    make_prefix(versions / "pypy3.10-7.3.17", "3.10.14", kind="pypy", pypy="7.3.17")
    (versions / "3.11").symlink_to("3.11.7")
    make_prefix(versions / "work", "3.11.7")
    (versions / "work" / "pyvenv.cfg").touch()

    assert [
        ("pyenv", "3.11", "3.11.7", ".pyenv/versions/3.11/bin/python"),
        ("pyenv", "3.11.7", "3.11.7", ".pyenv/versions/3.11.7/bin/python"),
        ("pyenv", "pypy3.10-7.3.17", "3.10.14", ".pyenv/versions/pypy3.10-7.3.17/bin/python"),
    ] == world.found()
    assert ("work",) == world.look().environments


def test_pyenv_root_is_where_the_variable_says(world: World) -> None:
    """PYENV_ROOT replaces `~/.pyenv`."""
    make_prefix(world.home / ".pyenv" / "versions" / "3.9.1", "3.9.1")
    make_prefix(world.home / "elsewhere" / "versions" / "3.8.1", "3.8.1")
    world.environ["PYENV_ROOT"] = str(world.home / "elsewhere")

    assert ["3.8.1"] == [version for _, _, version, _ in world.found()]


def test_shims_are_not_interpreters(world: World) -> None:
    """Neither pyenv's folder of shims nor anybody's scripts on PATH are looked through."""
    shims = world.home / ".pyenv" / "shims"
    for folder in (shims, world.home / "bin"):
        folder.mkdir(parents=True)
        (folder / "python3").write_text("#!/bin/sh\nexit 9\n")
        (folder / "python3").chmod(0o755)
    world.environ["PATH"] = f"{shims}:{world.home / 'bin'}"

    assert Discovery(interpreters=()) == world.look()


def test_path_is_searched_in_its_order(world: World) -> None:
    """The most telling name stands for an interpreter, what `python3` means comes first, links are followed."""
    make_prefix(world.home / "opt", "3.9.2")
    make_prefix(world.home / "usr", "3.12.1")
    make_prefix(world.home / "other", "3.13.1")
    usr = world.home / "usr" / "bin"
    (usr / "python3").symlink_to("python3.12")
    (usr / "python3.13").symlink_to(world.home / "other" / "bin" / "python3.13")
    (usr / "python3-config").touch()
    world.environ["PATH"] = f"{world.home / 'opt' / 'bin'}:relative:{usr}:{usr}/"

    assert [
        ("path", "", "3.9.2", "opt/bin/python3.9"),
        ("path", "", "3.12.1", "usr/bin/python3.12"),
        ("path", "", "3.13.1", "usr/bin/python3.13"),
    ] == world.found()


def test_what_a_manager_owns_is_not_found_again_on_path(world: World) -> None:
    """Links of uv and pyenv on PATH lead to interpreters that are known already."""
    make_prefix(world.home / ".pyenv" / "versions" / "3.11.7", "3.11.7")
    make_prefix(world.home / ".local" / "share" / "uv" / "python" / "cpython-3.12.4-linux-x86_64-gnu", "3.12.4")
    (world.home / ".local/share/uv/python/cpython-3.12-linux-x86_64-gnu").symlink_to("cpython-3.12.4-linux-x86_64-gnu")
    (world.home / "bin").mkdir()
    (world.home / "bin" / "python3.12").symlink_to(
        world.home / ".local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu/bin/python3.12"
    )
    world.environ["PATH"] = f"{world.home / 'bin'}:{world.home / '.pyenv/versions/3.11.7/bin'}"

    assert [("pyenv", "3.11.7"), ("uv", "3.12.4")] == [(source, version) for source, _, version, _ in world.found()]


def test_an_active_virtual_environment_is_not_an_interpreter(world: World) -> None:
    """The venv that stands first on PATH is skipped."""
    make_prefix(world.home / "venv", "3.12.4")
    (world.home / "venv" / "pyvenv.cfg").touch()
    world.environ["PATH"] = str(world.home / "venv" / "bin")

    assert Discovery(interpreters=()) == world.look()


def test_conda_installations_and_environments_are_found(world: World) -> None:
    """By their usual places, by conda's own list, and by PATH; an environment without Python is no fault."""
    root = world.home / "miniforge3"
    for prefix, version in ((root, "3.12.2"), (root / "envs" / "gpu", "3.10.9"), (world.home / "far", "3.9.9")):
        make_prefix(prefix, version)
        (prefix / "conda-meta").mkdir()
    (root / "condabin").mkdir()
    (root / "envs" / "r" / "conda-meta").mkdir(parents=True)
    (world.home / ".conda").mkdir()
    (world.home / ".conda" / "environments.txt").write_text(f"{world.home / 'far'}\n{world.home / 'gone'}\n{root}\n")
    expected = [("conda", "base", "3.12.2"), ("conda", "gpu", "3.10.9"), ("conda", "far", "3.9.9")]

    assert expected == [(source, name, version) for source, name, version, _ in world.found()]
    world.environ["PATH"] = str(root / "envs" / "gpu" / "bin")
    assert sorted(expected) == sorted((source, name, version) for source, name, version, _ in world.found())


@pytest.mark.parametrize("name", ["CONDA_EXE", "CONDA_PREFIX"])
def test_conda_elsewhere_is_found_by_its_variables(world: World, name: str) -> None:
    """An active environment leads to the installation it belongs to."""
    root = world.home / "opt" / "conda"
    make_prefix(root, "3.12.2")
    (root / "conda-meta").mkdir()
    (root / "condabin").mkdir()
    make_prefix(root / "envs" / "gpu", "3.10.9")
    (root / "envs" / "gpu" / "conda-meta").mkdir()
    world.environ[name] = str({"CONDA_EXE": root / "bin" / "conda", "CONDA_PREFIX": root / "envs" / "gpu"}[name])

    assert [("base", "3.12.2"), ("gpu", "3.10.9")] == [(name, version) for _, name, version, _ in world.found()]


def test_of_parity_only_what_is_complete_is_found(world: World) -> None:
    """Without its marker an interpreter of parity's own is not there."""
    pythons = world.store / "pythons" / "v1"
    for name, version in (("cpython-3.12.4-linux-64-aaaa", "3.12.4"), ("cpython-3.13.1-linux-64-bbbb", "3.13.1")):
        make_prefix(pythons / name / "inner", version)
        (pythons / name / ".parity").mkdir()
    (pythons / "cpython-3.12.4-linux-64-aaaa" / ".parity" / "complete").touch()

    assert [("parity", "3.12.4")] == [(source, version) for source, _, version, _ in world.found()]


def test_broken_ones_are_findings(world: World) -> None:
    """A half-made version of pyenv's and a dead link on PATH are named; the others are still found."""
    versions = world.home / ".pyenv" / "versions"
    (versions / "3.8.1" / "lib").mkdir(parents=True)
    make_prefix(versions / "3.11.7", "3.11.7")
    (world.home / "bin").mkdir()
    (world.home / "bin" / "python3.10").symlink_to("gone")
    discovery = world.look()

    assert ["3.11.7"] == [each.version for each in discovery.interpreters]
    assert ["interpreter-broken", "interpreter-broken"] == [finding.code for finding in discovery.findings]
    assert [
        f"`{versions / '3.8.1'}` is not a Python that works: there is no `bin/python` in it",
        f"`{world.home / 'bin' / 'python3.10'}` is not a Python that works: no such file or directory",
    ] == [finding.message for finding in discovery.findings]


def test_what_files_do_not_tell_is_asked_once(world: World) -> None:
    """An executable without headers, as Debian has it, is started at the first look and never again."""
    log = world.home / "log"
    lone_interpreter(world.home / "bin" / "python3", log)
    first = world.look()

    assert 1 == len(first.interpreters)
    assert first == world.look()
    assert "." == log.read_text()


def test_the_stub_of_macos_is_left_alone(tmp_path: Path) -> None:
    """Without Apple's tools `/usr/bin/python3` is a program that opens a window."""
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    without, with_tools = (
        surroundings_of(environ, home="", cache="", platform="darwin", tools=str(tools))
        for tools in (tmp_path / "missing", tmp_path)
    )

    assert ("/bin",) == without.search_path
    assert ("/usr/bin", "/bin") == with_tools.search_path
