"""A project that is moved: its link comes along, what was made for its old folder does not."""

import json
from pathlib import Path

from tests.support.projects import World
from tests.support.wheels import write_project


def moved(world: World) -> Path:
    """Move the project to another folder and return that."""
    return world.project.rename(world.root / "elsewhere")


def test_a_package_that_was_moved_is_found_out(world: World) -> None:
    """Its environment imports it from where it was; syncing makes one for where it is."""
    write_project(world.project, "mine", requires=["left"])
    assert 0 == world.parity("sync").exit_code
    assert 0 == world.parity("verify").exit_code
    there = moved(world)
    drifted = world.parity("verify", "--json", cwd=there)
    assert 1 == drifted.exit_code
    (finding,) = json.loads(drifted.raw_stdout)["findings"]
    assert ("environment-outdated", "run `parity sync`") == (finding["code"], finding["hint"])
    assert "another folder" in finding["message"]
    assert 0 == world.parity("sync", cwd=there).exit_code
    assert 0 == world.parity("verify", "--deep", cwd=there).exit_code


def test_what_is_shared_is_at_home_anywhere(world: World) -> None:
    """An environment of wheels alone is the same for a project that was moved."""
    world.write("requirements.txt", "left\n")
    assert 0 == world.parity("sync").exit_code
    assert 0 == world.parity("verify", cwd=moved(world)).exit_code


def test_edits_that_are_left_behind_are_told(world: World) -> None:
    """With their place, since nobody else has them and the history of the new folder does not know them."""
    world.write("requirements.txt", "left\n")
    made = world.parity("sync", "--copy")
    before = world.environment()
    module = next(before.rglob("left/__init__.py"))
    module.write_text("mine = True\n", encoding="utf-8")
    there = moved(world)
    again = world.parity("sync", cwd=there)
    assert before != world.environment(there)
    assert "your change to" not in made.stderr
    assert "left/__init__.py` in the private environment is not in the new one" in again.stderr
    assert "hint: it stays in `[TMP]/store/envs/v1/private/" in again.stderr
    assert "mine = True\n" == module.read_text(encoding="utf-8")
    assert "stays in" not in world.parity("sync", cwd=there).stderr
