"""`parity fingerprint`, as a user types it: the same wherever the same is installed, another where anything differs."""

import json
import os
import py_compile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.projects import World
from tests.support.wheels import write_project


def fingerprint(world: World, cwd: Path | None = None) -> str:
    """Return the fingerprint of a project's environment."""
    outcome = world.parity("fingerprint", cwd=cwd)
    assert (0, "") == (outcome.exit_code, outcome.stderr), outcome
    return outcome.stdout.strip()


def elsewhere(world: World, name: str) -> dict[str, str]:
    """Return the variables under which parity has another store and another cache."""
    return {"PARITY_HOME": str(world.root / name / "a longer path"), "PARITY_CACHE_DIR": str(world.root / name / "c")}


def site(world: World) -> Path:
    """Return site-packages of the project's environment, which may be written to."""
    found = next(world.environment().glob("lib/*/site-packages"))
    world.run("chmod", "-R", "u+w", str(world.environment()))
    return found


def test_two_homes_give_one_fingerprint(world: World) -> None:
    """Built at another time, in another store from another cache, for a project in another folder."""
    world.write("requirements.txt", "app\nfiles\ndiamond\n")
    world.parity("sync")
    other = world.copy_project()
    variables = elsewhere(world, "two")
    assert 0 == world.parity("sync", cwd=other, env=variables).exit_code
    there = world.parity("fingerprint", cwd=other, env=variables)

    assert world.environment() != world.environment(other)
    assert fingerprint(world) == there.stdout.strip()
    assert 64 == len(fingerprint(world))


def test_a_private_copy_has_the_fingerprint_of_the_shared_one(world: World) -> None:
    """Although its files may be written to, and its bytecode notices that."""
    world.write("requirements.txt", "app\nfiles\n")
    world.parity("sync")
    shared = fingerprint(world)
    world.parity("sync", "--copy")

    assert shared == fingerprint(world)


def test_a_project_that_is_a_package_has_it_in_every_folder(world: World) -> None:
    """Its own folder is in what is installed from it, and does not count."""
    found = []
    for name in ("one", "a second one"):
        project = world.root / name
        write_project(project, "mine", requires=["left"], entry_points={"mine": "mine:main"})
        assert 0 == world.parity("sync", cwd=project).exit_code
        found.append(fingerprint(world, cwd=project))

    assert found[0] == found[1]


def _delete(site: Path) -> None:
    (site / "files" / "table.csv").unlink()


def _edit(site: Path) -> None:
    file = site / "files" / "table.csv"
    found, text = file.stat(), file.read_bytes().replace(b"1", b"7")
    file.unlink()
    file.write_bytes(text)
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


def _add(site: Path) -> None:
    (site / "more.py").touch()


def _make_executable(site: Path) -> None:
    (site / "files" / "table.csv").chmod(0o755)


def _swap_link(site: Path) -> None:
    python = site.parents[2] / "bin" / "python"
    python.unlink()
    python.symlink_to("/bin/sh")


def _see_the_system(site: Path) -> None:
    settings = site.parents[2] / "pyvenv.cfg"
    text = settings.read_text(encoding="utf-8").replace("packages = false", "packages = true")
    settings.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("change", [_delete, _edit, _add, _make_executable, _swap_link, _see_the_system])
def test_whatever_differs_shows(world: World, change: Callable[[Path], None]) -> None:
    """A file less or more, other content of the same size and time, a permission, a link, a setting."""
    world.write("requirements.txt", "app\nfiles\n")
    world.parity("sync")
    before = fingerprint(world)
    change(site(world))

    assert before != fingerprint(world)


def test_what_does_not_matter_does_not_show(world: World) -> None:
    """Times, write permissions, and bytecode that another Python wrote beside a module."""
    world.write("requirements.txt", "app\nfiles\n")
    world.parity("sync")
    before = fingerprint(world)
    module = site(world) / "app" / "__init__.py"
    os.utime(module, (1, 1))
    py_compile.compile(str(module), cfile=str(module.parent / "__pycache__" / "__init__.cpython-399.pyc"))

    assert before == fingerprint(world)


def test_full_is_everything_as_json(world: World) -> None:
    """On its own and in the envelope; variables, packages and every file are in it."""
    world.write("environment.yml", "dependencies:\n  - python\n  - pip:\n    - app\nvariables:\n  MODE: fast\n")
    assert 0 == world.parity("sync", "--route", "venv").exit_code
    plain = json.loads(world.parity("fingerprint", "--full").raw_stdout)
    envelope = json.loads(world.parity("fingerprint", "--full", "--json").raw_stdout)["data"]
    short = json.loads(world.parity("fingerprint", "--json").raw_stdout)["data"]

    assert plain == envelope["full"]
    assert {"fingerprint": plain["fingerprint"], "files": len(plain["entries"])} == short
    assert {"MODE": "fast"} == plain["variables"]
    assert {"version": "1.0", "build": "app-1.0-py3-none-any.whl", "channel": ""} == plain["packages"]["app"]
    assert {"@/app/__init__.py", "bin/app", "bin/python"} <= {each["path"] for each in plain["entries"]}
    assert str(world.root) not in json.dumps(plain)
