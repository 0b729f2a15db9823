"""`parity history`, as a user types it."""

import json
import re

from tests.support.projects import World

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def test_every_switch_is_a_line(world: World) -> None:
    """With its number, time, environment, lock and reason; the current one is marked."""
    before = world.parity("history", "-C", str(world.project))
    world.write("requirements.txt", "app\n")
    empty = world.parity("history")
    world.parity("sync")
    first = world.environment().name
    world.write("requirements.txt", "app\nfiles\n")
    world.parity("sync")
    second = world.environment().name
    outcome = world.parity("history")
    lines = outcome.stdout.splitlines()

    assert 1 == before.exit_code
    assert (0, "", "there is no history yet: `parity sync` begins it\n") == empty.said
    assert (0, "", 2) == (outcome.exit_code, outcome.stderr, len(lines))
    assert re.fullmatch(rf"  1  {TIME}  {first}  [0-9a-f]{{12}}  lock", lines[0])
    assert re.fullmatch(rf"\* 2  {TIME}  {second}  [0-9a-f]{{12}}  lock", lines[1])


def test_the_history_for_programs(world: World) -> None:
    """Every key that the design names."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    (generation,) = json.loads(world.parity("history", "--json").raw_stdout)["data"]["generations"]

    assert {"number", "key", "time", "lock", "reason", "origin", "current"} == set(generation)
    assert (1, world.environment().name, "lock", None, True) == tuple(
        generation[name] for name in ("number", "key", "reason", "origin", "current")
    )


def test_a_project_whose_link_is_gone_has_a_history_and_no_current(world: World) -> None:
    """What was is still known."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    (world.project / ".venv").unlink()

    assert [False] == [
        each["current"] for each in json.loads(world.parity("history", "--json").raw_stdout)["data"]["generations"]
    ]
