"""Links at addresses of the user's that he has moved or removed."""

from tests.cli.commands.env.conftest import Data
from tests.support.projects import World, files_of


def names(data: Data) -> list[str]:
    """Return the addresses of those that are there."""
    return [each["prefix"] for each in data("env", "list")["environments"]]


def test_one_whose_link_was_taken_away_is_not_replaced_unasked(world: World, data: Data) -> None:
    """It may have been moved, and work there: sync puts the link back, `--force` makes another environment."""
    world.write("requirements.txt", "app\n")
    words = ("env", "create", "-f", "requirements.txt", "-p", "here")
    data(*words)
    (world.project / "here").rename(world.project / "there")
    refused = world.parity(*words)
    assert (1, "error: the environment at `[TMP]/project/here` is there, and its link was removed or moved") == (
        refused.exit_code,
        refused.stderr.splitlines()[0],
    )
    assert "hello from app\n" == world.parity("run", "-p", "there", "app").stdout
    assert 0 == world.parity("sync", "-p", "here").exit_code
    assert "hello from app\n" == world.parity("run", "-p", "here", "app").stdout
    (world.project / "here").unlink()
    data(*words, "--force")
    assert [str(world.project / "here")] == names(data)


def test_a_link_that_was_moved_and_used_is_another_address(world: World, data: Data) -> None:
    """Known there after a sync; where it was, another environment can be made."""
    world.write("requirements.txt", "app\n")
    world.write("other.txt", "plugin\n")
    data("env", "create", "-f", "requirements.txt", "-p", "here")
    (world.project / "here").rename(world.project / "there")
    assert 0 == world.parity("sync", "-p", "there").exit_code
    data("env", "create", "-f", "other.txt", "-p", "here")
    assert {str(world.project / "here"), str(world.project / "there")} == set(names(data))
    assert "hello from app\n" == world.parity("run", "-p", "there", "app").stdout
    assert 0 == world.parity("run", "-p", "here", "python", "-c", "import plugin").exit_code


def test_a_link_that_was_moved_goes(world: World, data: Data) -> None:
    """By the address where it is now; nothing dangles there."""
    world.write("requirements.txt", "app\n")
    data("env", "create", "-f", "requirements.txt", "-p", "here")
    (world.project / "here").rename(world.project / "there")
    assert 0 == world.parity("env", "remove", "-p", "there").exit_code
    assert ["requirements.txt"] == files_of(world.project)
    assert "there are none" in world.parity("env", "list").stderr
