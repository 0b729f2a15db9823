"""Packages that want to write elsewhere than into the environment: refused before anything is linked."""

import json
from pathlib import Path

import pytest

from tests.support.conda.channel import Channels
from tests.support.conda.packages import File, Files, Package, write_channel
from tests.support.projects import World

OUTSIDE = "escaped.txt"


def everything_outside(world: World) -> set[Path]:
    """Return what there is in the world beside parity's own folders."""
    own = (world.store, world.cache, world.project)
    return {path for path in world.root.rglob("*") if not any(path.is_relative_to(folder) for folder in own)}


@pytest.mark.parametrize("way", ["above", "absolute", "through-a-link", "neighbour"])
def test_a_package_stays_in_its_environment(world: World, conda_channels: Channels, way: str) -> None:
    """By dots, from the root, through a link of its own, by way of another package in the cache."""
    elsewhere = world.root / "elsewhere"
    elsewhere.mkdir()
    ways: dict[str, Files] = {
        "above": {f"../../../../{OUTSIDE}": "x\n"},
        "absolute": {str(elsewhere / OUTSIDE): "x\n"},
        "through-a-link": {"share/out": File(link=str(elsewhere)), f"share/out/{OUTSIDE}": "x\n"},
        "neighbour": {"../data-files-2024a-0/share/data-files/data.txt": "x\n"},
    }
    hostile = Package("hostile", noarch="generic", files={"share/hostile.txt": "x\n", **ways[way]})
    channel = write_channel(world.root / "channel", hostile)
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    dependencies = "dependencies: [hostile, data-files]\n"
    world.write("environment.yml", f"channels: [{channel.as_uri()!r}, conda-forge]\n{dependencies}")
    before = everything_outside(world)
    outcome = world.parity("sync", "--json")
    assert 1 == outcome.exit_code, outcome
    (error,) = json.loads(outcome.raw_stdout)["errors"]
    assert "package-unplaceable" == error["code"]
    assert "`hostile-1.0-0.conda` places a file outside of the environment: `" in error["message"]
    assert before == everything_outside(world)
    folder = world.store / "envs" / "v1"
    assert [] == (sorted(folder.iterdir()) if folder.exists() else [])
    assert [] == list((world.cache / "conda" / "v1" / "packages").glob("*hostile*"))


@pytest.mark.parametrize(("word", "other"), [('name = "data-files"', 'name = "date-files"'), ("2024a", "2024b")])
def test_a_lock_that_calls_a_package_something_else_is_refused(
    world: World, conda_channels: Channels, word: str, other: str
) -> None:
    """Its bytes are those that were locked; its name or version is not: nothing is linked."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    world.write("environment.yml", "channels: [conda-forge]\ndependencies: [data-files]\n")
    assert 0 == world.parity("lock").exit_code
    lock = world.project / "parity.lock"
    text = lock.read_text(encoding="utf-8")
    assert word in text
    lock.write_text(text.replace(word, other, 1), encoding="utf-8")
    outcome = world.parity("sync", "--frozen", "--json")
    assert 1 == outcome.exit_code, outcome
    (error,) = json.loads(outcome.raw_stdout)["errors"]
    assert "lockfile-invalid" == error["code"]
    assert "the lock calls `data-files-2024a-0.conda` da" in error["message"]
