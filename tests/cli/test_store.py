"""The store as a user meets it: private copies, who may write, what two packages share, what is remembered."""

import json
import os
import stat
import sys

import pytest

from tests.support.projects import World
from tests.support.wheels import make_wheel


def test_environments_share_the_files_of_what_they_have_in_common(world: World) -> None:
    """Another environment with the same package links to its files, bytecode included, wherever the disk can."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    first = world.environment()
    world.write("requirements.txt", "app\nfiles\n")
    world.parity("sync")
    second = world.environment()
    common = [path.relative_to(first) for path in first.glob("lib/*/site-packages/app/**/*") if path.is_file()]

    assert first != second
    assert {"__init__.py", "__pycache__"} <= {part for path in common for part in path.parts}
    assert [] == [path for path in common if not (first / path).samefile(second / path)]


def test_a_private_copy_may_be_written_to(world: World) -> None:
    """Edits there are seen there and nowhere else; it stays private until `--no-copy`."""
    world.write("requirements.txt", "plugin\n")
    world.parity("sync")
    shared, other = world.environment(), world.copy_project()
    world.parity("sync", cwd=other)
    named = world.parity("sync", "--copy").stderr.partition(" (")[0]
    assert (0, f"{named}\n") == (world.parity("sync").exit_code, world.parity("sync").stderr)
    private = world.environment()
    module = next(private.glob("lib/*/site-packages/plugin/__init__.py"))
    module.write_text("__version__ = 'mine'\n", encoding="utf-8")
    code = "import plugin; print(plugin.__version__)"
    edited = world.parity("run", "python", "-c", code)
    elsewhere = world.parity("run", "python", "-c", code, cwd=other)
    world.write("requirements.txt", "# a comment\nplugin\n")
    world.parity("sync")
    still = world.environment()
    world.parity("sync", "--no-copy")

    assert "private" == private.parent.name
    assert private.stat().st_mode & 0o200
    assert ("mine\n", "1.0\n") == (edited.stdout, elsewhere.stdout)
    assert (private, shared) == (still, world.environment())
    assert 0 == world.parity("verify", "--deep").exit_code


def test_a_private_copy_made_with_frozen_stays_private(world: World) -> None:
    """Although another project has a shared one for the same lock."""
    world.write("requirements.txt", "plugin\n")
    world.parity("sync")
    other = world.copy_project()
    world.parity("sync", "--frozen", "--copy", cwd=other)
    world.parity("sync", cwd=other)

    assert "private" == world.environment(other).parent.name


@pytest.mark.parametrize("mask", ["002", "000", "077"])
def test_every_umask_gives_a_store_of_ones_own(world: World, mask: str) -> None:
    """Many systems let the group write; the store is the user's alone all the same, and the environment the same."""
    world.write("requirements.txt", "app\n")
    parity = f"'{sys.executable}' -m parity"
    outcome = world.run("sh", "-c", f"umask {mask}; {parity} sync && {parity} sync && {parity} verify --deep")

    assert 0 == outcome.exit_code, outcome
    assert [0o700, 0o700] == [stat.S_IMODE(path.stat().st_mode) for path in (world.store, world.cache)]


def test_a_store_that_others_may_write_to_is_refused(world: World) -> None:
    """By every command that would build in it or start something from it."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    world.store.chmod(0o777)
    sync, run = world.parity("sync"), world.parity("run", "app")

    for outcome in (sync, run):
        assert (1, "") == (outcome.exit_code, outcome.stdout)
        assert "error: the store `[TMP]/store` is not yours alone: others may write to it\n" in outcome.stderr


def test_two_packages_with_one_file_are_told_of_once(world: World) -> None:
    """The first one's is kept, said as a warning; `verify` has nothing against it."""
    make_wheel(world.wheels, "one", "1.0", modules={"shared/x.py": "x = 1\n"})
    make_wheel(world.wheels, "two", "1.0", modules={"shared/x.py": "x = 2\n"})
    world.write("requirements.txt", "one\ntwo\n")
    outcome = world.parity("sync")

    assert (0, "") == (outcome.exit_code, outcome.stdout), outcome
    assert "shared/x.py`; what `one` brings is kept\n" in outcome.stderr
    assert 0 == world.parity("verify", "--deep").exit_code


def test_a_link_that_was_changed_is_set_right(world: World) -> None:
    """Removed, or led to another environment of the store: the next sync puts it back."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    made = world.environment()
    (world.project / ".venv").unlink()
    removed = world.parity("sync")
    (world.project / ".venv").unlink()
    (world.project / ".venv").symlink_to(made.parent / "another")
    led_away = world.parity("sync")

    assert (0, 0) == (removed.exit_code, led_away.exit_code)
    assert made == world.environment()


def test_the_store_remembers_each_switch(world: World) -> None:
    """A generation for each environment and lock, none for a sync with nothing to do."""
    world.write("requirements.txt", "app\n")
    numbers = [json.loads(world.parity("sync", "--json").raw_stdout)["data"]["generation"] for _ in range(2)]
    world.write("requirements.txt", "app\nfiles\n")
    numbers.append(json.loads(world.parity("sync", "--json").raw_stdout)["data"]["generation"])

    assert [1, 1, 2] == numbers
    assert os.path.lexists(world.project / ".venv")
