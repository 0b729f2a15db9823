"""`parity list`, as a user types it: what is in the environment, how large it is, who asked."""

import json

from tests.support.projects import World
from tests.support.wheels import write_project


def test_a_line_a_package_with_who_asked(world: World) -> None:
    """Aligned, by name, the interpreter first; data goes to standard output, and nothing else does."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    outcome = world.parity("list")
    lines = outcome.raw_stdout.splitlines()
    sizes = {path.name.split("-")[0]: path.stat().st_size for path in world.wheels.glob("*.whl")}

    assert (0, "") == (outcome.exit_code, outcome.stderr)
    assert ["cpython", "app", "base", "left"] == [line.split()[0] for line in lines]
    assert lines[1] == f"app      1.0   {sizes['app'] / 1000:.1f} kB  asked for"
    assert lines[2].endswith(" B  left")
    assert lines[3].endswith(" B  app")


def test_programs_get_whole_hashes_and_sizes(world: World) -> None:
    """Every key of DESIGN 7 for every package."""
    write_project(world.project, "mine", requires=["app"])
    world.parity("sync")
    answer = json.loads(world.parity("list", "--json").raw_stdout)
    packages = {package["name"]: package for package in answer["data"]["packages"]}

    for package in packages.values():
        assert {"name", "version", "kind", "build", "channel", "sha256", "size", "requested"} <= set(package)
    assert ["cpython", "app", "base", "left", "mine"] == list(packages)
    assert ("interpreter", True) == (packages["cpython"]["kind"], packages["cpython"]["requested"])
    assert (64, True) == (len(packages["app"]["sha256"]), packages["mine"]["requested"])
    assert [False, False] == [packages[name]["requested"] for name in ("base", "left")]
    assert (world.wheels / "app-1.0-py3-none-any.whl").stat().st_size == packages["app"]["size"]


def test_it_lists_what_is_there_not_what_is_locked(world: World) -> None:
    """A lock that moved on does not change what an environment contains."""
    world.write("requirements.txt", "plugin\n")
    world.parity("sync")
    world.write("requirements.txt", "plugin\nfiles\n")
    world.parity("lock")
    before = world.parity("list").stdout
    world.parity("sync")

    assert "files" not in before
    assert "files" in world.parity("list").stdout


def test_nothing_to_list_is_an_error(world: World) -> None:
    """No project, or no environment yet: with what to do."""
    outside = world.parity("list", cwd=world.home)
    world.write("requirements.txt", "app\n")
    unsynced = world.parity("list")

    assert (1, "") == (outside.exit_code, outside.stdout)
    assert (1, "") == (unsynced.exit_code, unsynced.stdout)
    assert "error: there is no project here: " in outside.stderr
    assert "hint: run `parity sync`\n" in unsynced.stderr
