"""Private environments: unlocked where they stand, their drift told, and no edit discarded without a word."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.core.lockfile.model import Lockfile
from tests.support.projects import World


def module(world: World, name: str = "app") -> Path:
    """Return a module of the project's environment."""
    return next(world.environment().glob(f"lib/*/site-packages/{name}/__init__.py"))


def findings(world: World, *words: str) -> list[dict[str, Any]]:
    """Return what a command finds."""
    return list(json.loads(world.parity(*words, "--json").raw_stdout)["findings"])


@pytest.fixture
def edited(world: World) -> World:
    """Unlock a project's environment and change a file of it."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    assert 0 == world.parity("env", "unlock").exit_code
    module(world).write_text("def main():\n    print('mine')\n", encoding="utf-8")
    return world


def test_an_environment_is_unlocked_where_it_stands(world: World) -> None:
    """A copy: an edit is seen at once, shown against the lock, and reaches no other project; the next run keeps it."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    shared, text = world.environment(), module(world).read_text(encoding="utf-8")
    done = world.parity("env", "unlock", "--offline")
    again = json.loads(world.parity("env", "unlock", "--json").raw_stdout)["data"]
    module(world).write_text("def main():\n    print('mine')\n", encoding="utf-8")

    assert 0 == done.exit_code, done
    assert f".venv is private/{world.environment().name}, which may be written to\n" in done.stderr
    assert (False, str(world.environment())) == (again["changed"], again["environment"])
    assert "mine\n" == world.parity("run", "app").stdout
    assert {"file-changed"} == {each["code"] for each in findings(world, "verify")}
    assert "`parity repair` brings back what is missing, with `--discard` it undoes" in world.parity("verify").stderr
    assert [text] == [path.read_text(encoding="utf-8") for path in shared.glob("lib/*/site-packages/app/__init__.py")]


def test_a_held_generation_is_unlocked_as_it_is(world: World) -> None:
    """Not what the lock says now, and it stays held."""
    for text in ("app\n", "app\nfiles\n"):
        world.write("requirements.txt", text)
        world.parity("sync")
    world.parity("rollback")
    assert 0 == world.parity("env", "unlock").exit_code

    assert [] == list(world.environment().glob("lib/*/site-packages/files"))
    assert "held at generation 1" in world.parity("verify").stderr
    assert "hello from app\n" == world.parity("run", "app").stdout
    assert world.environment().parent.name == "private"


def test_a_named_environment_is_unlocked(world: World) -> None:
    """By its name."""
    world.write("one.txt", "app\n")
    world.parity("env", "create", "-n", "one", "-f", "one.txt")
    done = world.parity("env", "unlock", "one")

    assert (0, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith("one is private/")
    assert "hint: `parity sync -n one --no-copy` goes back to the shared one\n" in done.stderr


def test_a_prefix_is_unlocked(write: Callable[..., Lockfile], world: World) -> None:
    """Of conda packages too."""
    write("textapp")
    world.parity("sync", "--frozen")
    assert 0 == world.parity("env", "unlock", "--offline").exit_code
    module(world, "wordlib").write_text("changed = 1\n", encoding="utf-8")

    assert ["file-changed"] == [each["code"] for each in findings(world, "verify")]
    assert 0 == world.parity("repair", "--discard").exit_code
    assert [] == findings(world, "verify", "--deep")


@pytest.mark.parametrize("way", ["another lock", "--no-copy"])
def test_sync_says_which_edits_it_leaves_behind(edited: World, way: str) -> None:
    """They stay in the history, `rollback` leads back to them, and coming back is told as well."""
    if way == "another lock":
        edited.write("requirements.txt", "app\nfiles\n")
    told = edited.parity("sync", *([way] if way.startswith("--") else []))
    back = edited.parity("rollback", "2")

    assert 0 == told.exit_code, told
    assert "your change to `lib/" in told.stderr
    assert "hint: `parity rollback 2` goes back to it" in told.stderr
    assert 0 == back.exit_code, back
    assert "mine\n" == edited.parity("run", "app").stdout


def test_where_nothing_was_edited_nothing_is_said(world: World) -> None:
    """Bytecode that Python writes is no edit."""
    world.write("requirements.txt", "app\n")
    world.parity("sync", "--copy")
    world.parity("run", "app")
    assert [] == findings(world, "sync", "--no-copy")
    assert [] == findings(world, "sync", "--copy")


def test_edits_that_are_come_back_to_are_told(edited: World) -> None:
    """A private environment of the same lock is the one from the last time."""
    edited.parity("sync", "--no-copy")
    assert ["edits-kept"] == [each["code"] for each in findings(edited, "sync", "--copy")]
    assert "mine\n" == edited.parity("run", "app").stdout


def test_a_collection_discards_edits_only_when_told_to(edited: World) -> None:
    """However old they are, and if the project is gone."""
    private = edited.environment()
    for text in ("files\n", "left\n", "app\nleft\n"):
        edited.write("requirements.txt", text)
        edited.parity("sync", "--no-copy")
    edited.parity("gc", "--keep", "1", "--wait")
    kept = json.loads(edited.parity("history", "--json").raw_stdout)["data"]["generations"]
    edited.run("mv", str(edited.project), str(edited.root / "gone"), cwd=edited.root)
    alone = json.loads(edited.parity("gc", "--json", "--wait", cwd=edited.root).raw_stdout)

    assert [2, 5] == [each["number"] for each in kept]
    assert private.exists()
    assert ["environment-edited"] == [each["code"] for each in alone["findings"]]
    assert 0 == edited.parity("gc", "--discard", "--wait", cwd=edited.root).exit_code
    assert not private.exists()
