"""`parity env list`, as a user types it."""

import json

from tests.support.projects import World


def test_names_come_first_then_addresses(world: World) -> None:
    """Aligned; each with the address at which an editor, or conda, finds it."""
    world.write("requirements.txt", "app\n")
    for where in (["-n", "second"], ["-n", "first"], ["-p", "here"]):
        assert 0 == world.parity("env", "create", "-f", "requirements.txt", *where).exit_code
    outcome = world.parity("env", "list")
    rows = [line.split() for line in outcome.stdout.splitlines()]
    assert (0, "") == (outcome.exit_code, outcome.stderr)
    assert [["first", "venv"], ["second", "venv"], ["venv", "python"]] == [row[:2] for row in rows]
    assert ["[TMP]/store/names/first", "[TMP]/store/names/second", "[TMP]/project/here"] == [row[-1] for row in rows]
    listed = json.loads(world.parity("env", "list", "--json").raw_stdout)["data"]["environments"]
    assert [("first", 3), ("second", 3), (None, 3)] == [(each["name"], each["packages"]) for each in listed]
    assert 1 == len({each["environment"] for each in listed})


def test_the_one_in_use_is_marked(world: World) -> None:
    """By the variables of whoever asks, and no other that shares its environment in the store."""
    world.write("requirements.txt", "app\n")
    world.write("other.txt", "plugin\n")
    world.parity("env", "create", "-f", "requirements.txt", "-n", "one")
    world.parity("env", "create", "-f", "other.txt", "-n", "two")
    world.parity("env", "create", "-f", "other.txt", "-n", "twin")
    starred = ["run", "-n", "two", "python", "-m", "parity", "env", "list"]
    lines = world.parity(*starred).stdout.splitlines()
    assert [(" ", "one"), (" ", "twin"), ("*", "two")] == [(line[0], line[1:].split()[0]) for line in lines]
    linked = world.parity("env", "list", env={"VIRTUAL_ENV": str(world.store / "names" / "twin")}).stdout.splitlines()
    assert [" ", "*", " "] == [line[0] for line in linked]
    assert 0 == world.parity("sync").exit_code  # the project has the environment of `one`, which nobody works in
    assert "*" not in world.parity("run", "python", "-m", "parity", "env", "list").stdout


def test_none_is_said(world: World) -> None:
    """With the command that makes one."""
    assert (0, "", "there are none: `parity env create -n NAME -f FILE` makes one\n") == world.parity(
        "env", "list"
    ).said


def test_what_is_broken_is_said(world: World) -> None:
    """A link that somebody removed, an environment that is not in the store any more; nothing else is disturbed."""
    world.write("requirements.txt", "app\n")
    world.parity("env", "create", "-f", "requirements.txt", "-n", "name")
    world.parity("env", "create", "-f", "requirements.txt", "-p", "here")
    (world.project / "here").unlink()
    assert "its link is gone" in world.parity("env", "list").stdout
    marker = (world.store / "names" / "name").resolve() / ".parity" / "complete"
    marker.parent.chmod(0o700)
    marker.unlink()
    assert "it is not in the store any more" in world.parity("env", "list").stdout.splitlines()[0]
    listed = world.parity("list", "-n", "name")
    assert (1, "error: the environment `name` is not in the store any more") == (
        listed.exit_code,
        listed.stderr.splitlines()[0],
    )
    assert "`parity sync -n name`" in listed.stderr
    assert 0 == world.parity("sync", "-n", "name").exit_code
    assert "hello from app\n" == world.parity("run", "-n", "name", "app").stdout


def test_a_sync_puts_the_link_of_a_name_back(world: World) -> None:
    """For conda and for editors, which look for it where names are."""
    world.write("requirements.txt", "app\n")
    world.parity("env", "create", "-f", "requirements.txt", "-n", "name")
    link = world.store / "names" / "name"
    leads_to = link.readlink()
    link.unlink()
    assert 0 == world.parity("sync", "-n", "name").exit_code
    assert leads_to == link.readlink()
