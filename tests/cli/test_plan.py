"""`parity plan`, as a user types it: both routes side by side, and nothing changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.conda.channel import Channels
from tests.support.conda.server import serve_channel
from tests.support.projects import World
from tests.support.wheels import make_sdist, make_wheel


@pytest.fixture
def project(conda: World, conda_channels: Channels) -> World:
    """Make a project whose manifest both routes can answer, one of them with losses."""
    make_wheel(conda.wheels, "wordlib", "2.0")
    make_wheel(conda.wheels, "requests", "2.32.3")
    text = f"channels: [conda-forge]\ndependencies: [python={conda_channels.python_minor}, conda-forge::wordlib]\n"
    conda.write("environment.yml", text)
    return conda


def planned(world: World, *arguments: str) -> dict[str, Any]:
    """Return the data of a plan."""
    outcome = world.parity("plan", "--json", *arguments)
    data: dict[str, Any] = json.loads(outcome.raw_stdout)["data"]
    assert data is not None, outcome
    return data


def state(folder: Path) -> list[tuple[str, bytes]]:
    """Return every file below a folder with what is in it."""
    return sorted((str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def test_both_routes_are_told_with_their_prices(project: World) -> None:
    """Possible, packages, bytes, what is compiled, what is lost, and which to take and why."""
    data = planned(project)
    venv, conda = data["routes"]["venv"], data["routes"]["conda"]

    assert (True, True, "conda") == (venv["possible"], conda["possible"], data["chosen"])
    assert (1, []) == (venv["packages"], venv["builds"])
    assert ["channel `conda-forge` of `wordlib`"] == venv["lost"]
    assert conda["packages"] > 1
    assert conda["bytes"] > venv["bytes"] > 0
    assert {"route": "conda", "reason": "`venv` would lose channel `conda-forge` of `wordlib`"} == data["recommended"]


def test_nothing_is_changed(project: World) -> None:
    """Neither the project nor the store; a lock that is there stays as it is."""
    before = state(project.project)
    planned(project)
    assert before == state(project.project)
    project.parity("lock")
    kept = state(project.project), state(project.store)
    planned(project)
    assert kept == (state(project.project), state(project.store))


def test_a_channel_out_of_reach_leaves_the_other_route(project: World) -> None:
    """That route is not possible, with the reason; the plan is made all the same."""
    project.extra["PARITY_CONDA_CHANNEL_ALIAS"] = "http://127.0.0.1:9"
    outcome = project.parity("plan")

    assert 0 == outcome.exit_code, outcome
    assert "conda is not possible for linux-64: the channel `conda-forge`" in outcome.stdout
    assert "take `venv`: only `venv` has what the manifests ask for (`parity lock --route venv`)" in outcome.stderr


def test_what_has_no_equal_keeps_a_route_from_every_target(project: World) -> None:
    """Every fault with its place, once for all targets; exit 0, for the other route has it."""
    project.write("environment.yml", "channels: [conda-forge]\ndependencies: [libgreet, libblas]\n")
    outcome = project.parity("plan", "--target", "linux-64", "--target", "ubuntu-24.04")

    assert 0 == outcome.exit_code, outcome
    assert "venv is not possible for linux-64, ubuntu-24.04: " in outcome.stdout
    assert "`libblas` has no equal on PyPI (`environment.yml:2: dependencies[1]`)" in outcome.stdout
    natives = planned(project)["routes"]["conda"]["targets"][0]["price"]["natives"]
    assert {"libgreet", "libblas", "openblas"} <= set(natives)


def test_neither_route(world: World) -> None:
    """Exit 1, and both reasons."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = "http://127.0.0.1:9"
    world.write("requirements.txt", "nowhere\n")
    outcome = world.parity("plan")

    assert 1 == outcome.exit_code
    assert "venv is not possible for linux-64: " in outcome.stdout
    assert "conda is not possible for linux-64: " in outcome.stdout
    assert outcome.stderr.endswith("no route: neither route has what the manifests ask for\n")


def test_what_is_compiled_is_told_before(world: World) -> None:
    """A source distribution that the project allows; the reason names it where the other route has it prebuilt."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = "http://127.0.0.1:9"
    make_sdist(world.wheels, "old", "1.0")
    world.write("pyproject.toml", '[project]\nname = "x"\nversion = "1"\ndependencies = ["old"]\n'
                                  '[tool.parity]\nsdists = ["old"]\n')  # fmt: skip
    outcome = world.parity("plan")

    assert 0 == outcome.exit_code, outcome
    assert "  to compile  old" in outcome.stdout


def test_times_are_expected_from_what_was_measured(world: World) -> None:
    """None before the first sync; afterwards what is cached costs no fetching, and its size is known."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = "http://127.0.0.1:9"
    world.write("requirements.txt", "app\n")
    before = planned(world)["routes"]["venv"]["targets"][0]["price"]
    assert 0 == world.parity("sync").exit_code
    after = planned(world)["routes"]["venv"]["targets"][0]["price"]

    assert (None, 0) == (before["seconds"], before["measurements"])
    assert before["missing"] == before["bytes"] > 0
    assert 0 == after["missing"]
    assert after["seconds"] > 0
    assert 1 == after["measurements"]
    assert after["measured"] == after["installed"] > 0


def test_what_is_wrong_with_a_manifest_is_an_error(world: World) -> None:
    """No plan is made of what cannot be read."""
    world.write("environment.yml", "dependencis: [x]\n")
    outcome = world.parity("plan")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert "error: " in outcome.stderr


def test_credentials_of_a_channel_are_not_needed_for_the_other_route(project: World, conda_channels: Channels) -> None:
    """A channel that answers 401 is out of reach too."""
    with serve_channel(conda_channels.root, username="jane", password="secret") as served:
        project.extra["PARITY_CONDA_CHANNEL_ALIAS"] = served.url
        data = planned(project)
    assert (True, False) == (data["routes"]["venv"]["possible"], data["routes"]["conda"]["possible"])
