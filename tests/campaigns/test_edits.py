"""Edits of manifests, locks and named environments killed at points spread over their whole run.

The points are counted in changes of files.
"""

import json

import pytest

from tests.support.conda.channel import Channels
from tests.support.injection import Injector, Signalled, Whom, points
from tests.support.projects import World
from tests.support.wheels import make_wheel

MANIFESTS = {
    "requirements.txt": "# what we need\nleft\n",
    "pyproject.toml": "[project]\nname = 'ours'\nversion = '1'\ndependencies = [\n    'left',  # first\n]\n",
    "environment.yml": "channels: [conda-forge]\ndependencies:\n  - python  # any\n  - pip:\n    - left\n",
}
EDITS = (("add", "right"), ("remove", "left"))
KILLS: tuple[Whom, ...] = ("group", "first", "maker")


def killed(world: World, injector: Injector, name: str, words: tuple[str, ...], count: int) -> None:
    """Kill an edit at so many points: the manifest is the old or the new one to the byte, and a sync ends healthy."""
    file = world.project / name
    before = MANIFESTS[name].encode()
    file.write_bytes(before)
    assert 0 == world.parity("sync").exit_code
    total = injector.parity(world, *words).changes
    after = file.read_bytes()
    assert before != after
    for place, at in enumerate(points(total, count, 1)):
        file.write_bytes(before)
        assert 0 == world.parity("sync").exit_code
        injector.parity(world, *words, injection=Signalled(at=at, whom=KILLS[place % len(KILLS)]))
        assert file.read_bytes() in {before, after}, at
        assert 0 == world.parity("sync").exit_code, at
        assert 0 == world.parity("verify").exit_code, at
        assert 0 == world.parity("gc", "--wait").exit_code, at
        assert {name, "parity.lock", ".venv"} == {path.name for path in world.project.iterdir()}, at


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_an_edit_that_is_killed_leaves_a_whole_manifest(world: World, injector: Injector, name: str) -> None:
    """A few points of each."""
    killed(world, injector, name, ("add", "--pip", "right"), 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
@pytest.mark.parametrize("words", EDITS)
def test_many_more(world: World, injector: Injector, name: str, words: tuple[str, ...]) -> None:
    """The same at many more points, and for what is removed."""
    killed(world, injector, name, words, 20)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("add", "--pip", "right"), ("remove", "left"), ("add", "--conda", "greet")])
def test_conda_manifests_too(
    world: World, conda_channels: Channels, injector: Injector, words: tuple[str, ...]
) -> None:
    """An `environment.yml` is written whole as well."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    killed(world, injector, "environment.yml", words, 10)


def named_packages(world: World) -> set[str]:
    """Return the names of what is in the environment `tools`."""
    listed = world.parity("list", "-n", "tools", "--json")
    assert 0 == listed.exit_code, listed
    return {each["name"] for each in json.loads(listed.raw_stdout)["data"]["packages"]} - {"python"}


def killed_update(world: World, injector: Injector, count: int) -> None:
    """Kill an update at so many points: the lock is the old or the new one to the byte, and a sync ends healthy."""
    world.write("requirements.txt", "left\nplugin\n")
    lock = world.project / "parity.lock"
    assert 0 == world.parity("sync").exit_code
    before = lock.read_bytes()
    make_wheel(world.wheels, "plugin", "2.0")
    total = injector.parity(world, "update").changes
    after = lock.read_bytes()
    assert before != after
    for place, at in enumerate(points(total, count, 1)):
        lock.write_bytes(before)
        assert 0 == world.parity("sync").exit_code
        injector.parity(world, "update", injection=Signalled(at=at, whom=KILLS[place % len(KILLS)]))
        assert lock.read_bytes() in {before, after}, at
        assert 0 == world.parity("sync").exit_code, at
        assert 0 == world.parity("verify").exit_code, at
        assert {"requirements.txt", "parity.lock", ".venv"} == {path.name for path in world.project.iterdir()}, at


def killed_in_named(world: World, injector: Injector, words: tuple[str, ...], count: int) -> None:
    """Kill `add -n` or `remove -n` at so many points: the environment is the old or the new one, and can be synced."""
    world.write("requirements.txt", "left\n")
    make = ("env", "create", "-n", "tools", "-f", "requirements.txt", "--force")
    begin = [make, ("add", "-n", "tools", "plugin")] if words[0] == "remove" else [make]

    def begun() -> set[str]:
        assert [0] * len(begin) == [world.parity(*each).exit_code for each in begin]
        return named_packages(world)

    before = begun()
    total = injector.parity(world, *words).changes
    after = named_packages(world)
    assert before != after
    for place, at in enumerate(points(total, count, 1)):
        assert before == begun()
        injector.parity(world, *words, injection=Signalled(at=at, whom=KILLS[place % len(KILLS)]))
        assert named_packages(world) in (before, after), at
        assert 0 == world.parity("sync", "-n", "tools").exit_code, at
        assert named_packages(world) in (before, after), at
        assert 0 == world.parity("verify", "-n", "tools").exit_code, at
    assert {"requirements.txt"} == {path.name for path in world.project.iterdir()}


def test_an_update_that_is_killed_leaves_a_whole_lock(world: World, injector: Injector) -> None:
    """A few points."""
    killed_update(world, injector, 2)


def test_a_named_environment_is_the_old_or_the_new_one(world: World, injector: Injector) -> None:
    """A few points of what adds to it."""
    killed_in_named(world, injector, ("add", "-n", "tools", "plugin"), 2)


@pytest.mark.slow
def test_many_more_updates(world: World, injector: Injector) -> None:
    """The same at many more points."""
    killed_update(world, injector, 20)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("add", "-n", "tools", "plugin"), ("remove", "-n", "tools", "plugin")])
def test_many_more_of_named_environments(world: World, injector: Injector, words: tuple[str, ...]) -> None:
    """The same at many more points, and for what is removed."""
    killed_in_named(world, injector, words, 20)
