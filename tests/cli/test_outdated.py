"""`parity outdated` and `parity why-not`, as a user types them, with real solvers on both routes."""

import json
from typing import Any

import pytest

from tests.support.conda.channel import Channels
from tests.support.projects import Outcome, World
from tests.support.wheels import make_wheel


def data(outcome: Outcome) -> dict[str, Any]:
    """Return the data of an answer."""
    found: dict[str, Any] = json.loads(outcome.raw_stdout)["data"]
    return found


@pytest.fixture
def conda(world: World, conda_channels: Channels) -> World:
    """Return a world whose channels are in a folder."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    return world


def ask(world: World, *dependencies: str) -> None:
    """Write an `environment.yml` and lock it."""
    lines = "".join(f"  - {each}\n" for each in dependencies)
    world.write("environment.yml", f"channels: [conda-forge]\ndependencies:\n{lines}")
    assert 0 == (locked := world.parity("lock")).exit_code, locked


def test_what_is_allowed_and_what_there_is(world: World) -> None:
    """One package may move on, one is held by the manifest; the lock stays as it is."""
    world.write("requirements.txt", "base<2\nplugin\n")
    world.parity("lock")
    make_wheel(world.wheels, "plugin", "1.1")
    make_wheel(world.wheels, "plugin", "2.0rc1")
    text = (world.project / "parity.lock").read_text(encoding="utf-8")
    outcome = world.parity("outdated")

    assert (0, "2 behind, 1 of them for `parity lock --upgrade`\n") == (outcome.exit_code, outcome.stderr)
    assert [
        ["package", "locked", "allowed", "newest"],
        ["base", "1.0", "1.0", "2.0", "pypi", "asked", "for"],
        ["plugin", "1.0", "1.1", "1.1", "pypi", "asked", "for"],
    ] == [line.split() for line in outcome.stdout.splitlines()]
    assert 1 == world.parity("outdated", "--exit-code").exit_code
    assert text == (world.project / "parity.lock").read_text(encoding="utf-8")
    assert 0 == world.parity("outdated", "--offline").exit_code
    world.write("requirements.txt", "plugin\n")
    world.parity("lock", "--upgrade")
    assert (0, "", "nothing is behind\n") == world.parity("outdated", "--exit-code").said


def test_both_worlds_are_asked(conda: World) -> None:
    """Conda's packages of the channels, wheels of the index."""
    make_wheel(conda.wheels, "oldlib", "1.0", requires=["numpy"])
    make_wheel(conda.wheels, "oldlib", "2.0", requires=["numpy"])
    ask(conda, "numpy=1.26", "python", "pip: ['oldlib<2']")
    found = {(each["kind"], each["name"]): each for each in data(conda.parity("outdated", "--json"))["packages"]}

    assert ("1.26.4", "1.26.4", "2.1.3") == tuple(
        found["conda", "numpy"][key] for key in ("version", "allowed", "newest")
    )
    assert ("1.0", "2.0") == (found["pypi", "oldlib"]["allowed"], found["pypi", "oldlib"]["newest"])


def test_the_least_of_what_is_asked_for_stands_in_the_way(world: World) -> None:
    """In the user's words, with the place; what has nothing to do with it is not named, and the change was tried."""
    world.write("requirements.txt", "plugin\nfiles\nright\nleft\n")
    world.parity("lock")
    outcome = world.parity("why-not", "base>=2")
    lines = outcome.stdout.splitlines()

    assert 0 == outcome.exit_code
    assert [
        "`base>=2` cannot be had on `linux-64` together with",
        "  `right` (requirements.txt:3)",
        "because",
    ] == lines[:3]
    assert "right depend on base<2" in lines[3]
    assert "  leave out `right` (requirements.txt:3) (the lock changes: base 2.0, right gone)" == lines[5]


def test_what_no_version_helps_has_to_go(world: World) -> None:
    """Where another version of it is no way, leaving it out is, and was tried; a name nobody has is no fault."""
    world.write("requirements.txt", "right>=1\nleft\n")
    world.parity("lock")
    (way,) = data(world.parity("why-not", "base>=2", "--json"))["ways"]
    assert ["leave out `right>=1` (requirements.txt:1)"] == way["edits"]
    nowhere = world.parity("why-not", "requets")
    assert (0, True) == (nowhere.exit_code, "no index has `requets`\n" in nowhere.stdout), nowhere


def test_pairs_are_tried_where_one_is_not_enough(world: World) -> None:
    """Either of two packages alone keeps the version out: their changes are one way together."""
    world.write("requirements.txt", "diamond\nbase<2\n")
    world.parity("lock")
    found = data(world.parity("why-not", "base>=2", "--json"))

    assert 1 == len(found["core"])
    assert "no change of one or two of these lets it in\n" == world.parity("why-not", "base>=2").stderr
    world.write("requirements.txt", "base<2\n")
    (way,) = data(world.parity("why-not", "base>=2", "--json"))["ways"]
    assert ["write `base` in place of `base<2` (requirements.txt:1), which gives base 2.0"] == way["edits"]


def test_nothing_in_the_way(world: World) -> None:
    """What it would bring, that it is so already, that there is no such version at all, and what is no question."""
    world.write("requirements.txt", "left\n")
    world.parity("lock")
    possible = world.parity("why-not", "base<2")

    assert (0, "  base: 2.0 → 1.0\n") == (possible.exit_code, possible.stdout)
    assert "`base>=2` is so already: 2.0 is locked\n" == world.parity("why-not", "base>=2").stderr
    nowhere = world.parity("why-not", "base>=9").stdout
    assert nowhere.startswith("`base>=9` cannot be had on `linux-64`, whatever else is asked for\nbecause\n")
    assert 1 == world.parity("why-not", "base>=>2").exit_code


def test_condas_own_requirements_stand_in_the_way(conda: World) -> None:
    """Where there are no wheels, and where a wheel keeps conda's package back."""
    ask(conda, "old-science", "greet")
    found = data(conda.parity("why-not", "numpy>=2", "--json"))
    assert [{"requirement": "old-science", "place": "environment.yml:3: dependencies[0]"}] == found["core"]
    assert "numpy" in found["reason"]
    assert "leave out `old-science`" in found["ways"][0]["edits"][0]
    make_wheel(conda.wheels, "oldlib", "1.0", requires=["numpy<2"])
    ask(conda, "numpy", "pip: [oldlib]")
    assert "oldlib" in data(conda.parity("why-not", "numpy>=2", "--json"))["core"][-1]["requirement"]
