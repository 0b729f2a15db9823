"""`parity rollback`, as a user types it: back, held, and forward again."""

import json
from pathlib import Path

import pytest

from tests.support.projects import World

HELD = "note: generation 1 is held: `parity sync` goes back to what `parity.lock` says\n"


@pytest.fixture
def past(world: World) -> World:
    """Give a project three generations: app, app and files, app and plugin."""
    for more in ("", "files\n", "plugin\n"):
        world.write("requirements.txt", f"app\n{more}")
        assert 0 == world.parity("sync").exit_code
    return world


def generations(world: World) -> list[tuple[int, str, bool]]:
    """Return number, reason and whether it is the current one of every generation."""
    found = json.loads(world.parity("history", "--json").raw_stdout)["data"]["generations"]
    return [(each["number"], each["reason"], each["current"]) for each in found]


def stored(world: World, number: int) -> Path:
    """Return where the environment of a generation is."""
    found = json.loads(world.parity("history", "--json").raw_stdout)["data"]["generations"]
    key = next(each["key"] for each in found if each["number"] == number)
    return world.store / "envs" / "v1" / str(key)


def imports(world: World, module: str) -> int:
    """Return the exit code of a program that imports a module."""
    return world.parity("run", "python", "-c", f"import {module}").exit_code


def test_back_to_the_one_before_and_further(past: World) -> None:
    """Going back twice goes back two steps, and a number goes anywhere; the lock stays what it was."""
    lock = (past.project / "parity.lock").read_bytes()
    first, second, third = (stored(past, number) for number in (1, 2, 3))
    outcome = past.parity("rollback")
    at_second = past.environment()
    past.parity("rollback")
    at_first = past.environment()
    none = past.parity("rollback")
    forth = past.parity("rollback", "3")

    said = f"back at generation 2: .venv is {second.name} (held until the next `parity sync`)\n"
    assert (0, "", said) == outcome.said
    assert (second, first, third) == (at_second, at_first, past.environment())
    assert (1, "", "error: there is no generation to go back to\nhint: see `parity history`\n") == none.said
    assert 0 == forth.exit_code
    assert lock == (past.project / "parity.lock").read_bytes()
    assert (6, "rollback", True) == generations(past)[-1]


def test_run_uses_what_is_held_and_says_so_once(past: World) -> None:
    """In every way of running, although lock and manifest say something else."""
    past.parity("rollback", "1")
    told = past.parity("run", "python", "-c", "print('hello')")
    again = past.parity("run", "app")
    frozen = past.parity("run", "--frozen", "python", "-c", "import plugin")

    assert (0, "hello\n", HELD) == told.said
    assert (0, "hello from app\n", "") == again.said
    assert 1 == frozen.exit_code
    assert 1 == imports(past, "plugin")
    assert stored(past, 1) == past.environment()


def test_a_changed_manifest_does_not_end_it_and_sync_does(past: World) -> None:
    """`sync` goes forward, even where it is the short way, and the note is told no more."""
    past.parity("rollback", "1")
    past.write("requirements.txt", "app\nplugin\n# a comment\n")
    kept = past.parity("run", "app")
    verified = past.parity("verify")
    synced = past.parity("sync")
    run = past.parity("run", "app")

    assert (0, "hello from app\n", HELD) == kept.said
    assert 0 == verified.exit_code, verified
    assert verified.stderr.endswith("files are as locked, held at generation 1\n")
    assert 0 == synced.exit_code
    assert stored(past, 3) == past.environment()
    assert (0, "hello from app\n", "") == run.said
    assert 0 == imports(past, "plugin")


def test_a_plain_sync_ends_it_too(past: World) -> None:
    """Although no file has changed since the last one."""
    past.parity("rollback")
    past.parity("sync")

    assert stored(past, 3) == past.environment()


def test_the_lock_comes_back_on_request(past: World) -> None:
    """To the byte, and `sync --locked` has nothing against it once the manifest is back as well."""
    past.write("requirements.txt", "app\n")
    past.parity("sync")
    lock = (past.project / "parity.lock").read_bytes()
    past.parity("rollback", "2", "--lock")
    second = (past.project / "parity.lock").read_bytes()
    past.write("requirements.txt", "app\nfiles\n")
    locked = past.parity("sync", "--locked")

    assert lock != second
    assert b'name = "files"' in second
    assert 0 == locked.exit_code, locked
    assert stored(past, 2) == past.environment()


def test_an_environment_that_is_gone_is_built_again(past: World) -> None:
    """From the text of its lock, which is kept with the generation, without a question to the index's pages."""
    gone = stored(past, 1)
    past.run("chmod", "-R", "u+w", str(gone))
    past.run("rm", "-r", str(gone))
    outcome = past.parity("rollback", "1", "--offline")

    said = f"back at generation 1: .venv is {gone.name} (built again from its lock)\n"
    assert (0, "", said) == outcome.said
    assert "hello from app\n" == past.parity("run", "app").stdout
    assert 0 == past.parity("verify", "--deep").exit_code


def test_where_environment_and_lock_are_gone_nothing_moves(past: World) -> None:
    """An error, and the link is where it was."""
    gone, now = stored(past, 1), past.environment()
    past.run("rm", "-rf", str(past.store / "roots" / "v1" / "locks"))
    gone.rename(gone.with_name("elsewhere"))
    outcome = past.parity("rollback", "1")

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("error: the lock of generation 1 is not in the store any more\n")
    assert now == past.environment()


def test_what_is_not_there_is_refused(past: World) -> None:
    """A number that there never was, a `.venv` of somebody else's, a store that others may write to."""
    unknown = past.parity("rollback", "9")
    (past.project / ".venv").unlink()
    past.write(".venv/precious.txt", "years of work")
    foreign = past.parity("rollback", "1")
    (past.project / ".venv").rename(past.project / "aside")
    past.store.chmod(0o777)
    untrusted = past.parity("rollback", "1")

    assert (1, "", "error: this project has no generation 9\nhint: see `parity history`\n") == unknown.said
    assert foreign.stderr.startswith("error: `.venv` is here already and parity did not make it\n")
    assert "is not yours alone" in untrusted.stderr
    assert (1, 1) == (foreign.exit_code, untrusted.exit_code)


def test_where_it_is_already_it_is_held(past: World) -> None:
    """No new generation, and a later manifest does not move it."""
    outcome = past.parity("rollback", "3", "--json")
    past.write("requirements.txt", "app\n")

    assert (False, 3) == tuple(json.loads(outcome.raw_stdout)["data"][name] for name in ("changed", "generation"))
    assert 0 == imports(past, "plugin")


@pytest.mark.parametrize("address", ["-n", "-p"])
def test_a_named_environment_goes_back_too(world: World, tmp_path: Path, address: str) -> None:
    """By its name or its address, to the one before or to a number, and the next `run` says what it runs in."""
    name = "kept" if address == "-n" else str(tmp_path / "kept")
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("env", "create", "-f", "requirements.txt", address, name).exit_code
    world.write("requirements.txt", "app\nfiles\n")
    assert 0 == world.parity("env", "update", "-f", "requirements.txt", address, name).exit_code
    generations = json.loads(world.parity("history", address, name, "--json").raw_stdout)["data"]["generations"]
    back = world.parity("rollback", address, name)
    ran = world.parity("run", address, name, "python", "-c", "import files")
    forth = world.parity("rollback", address, name, "2")

    keys = {each["number"]: each["key"] for each in generations}
    title = name.replace(str(tmp_path), "[TMP]")
    again = f"held until the next `parity sync {address} {title}`"
    assert (0, "", f"back at generation 1: {title} is {keys[1]} ({again})\n") == back.said
    assert 1 == ran.exit_code
    assert f"note: generation 1 is held: `parity sync {address} {title}` goes back" in ran.stderr
    assert (0, "", f"back at generation 2: {title} is {keys[2]} ({again})\n") == forth.said
