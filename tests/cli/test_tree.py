"""`parity tree`, as a user types it."""

import json

import pytest

from tests.support.conda.channel import Channels
from tests.support.projects import World
from tests.support.wheels import make_wheel


@pytest.fixture
def locked(world: World) -> World:
    """Lock a diamond."""
    world.write("requirements.txt", "diamond\nplugin\n")
    assert 0 == world.parity("lock").exit_code
    return world


def test_the_tree_of_a_lock(locked: World) -> None:
    """Needs no environment; a package that two require stands below both."""
    assert (
        0,
        "diamond 1.0\n├── left 1.0\n│   └── base 1.0\n└── right 1.0\n    └── base 1.0\nplugin 1.0\n",
        "",
    ) == locked.parity("tree").said
    assert "right 1.0\n└── base 1.0\n" == locked.parity("tree", "right").stdout
    assert "diamond 1.0\n├── left 1.0\n└── right 1.0\n" == locked.parity("tree", "diamond", "--depth", "1").stdout
    turned = "base 1.0\n├── left 1.0\n│   └── diamond 1.0\n└── right 1.0\n    └── diamond 1.0\n"
    assert turned == locked.parity("tree", "--invert", "base").stdout
    rows = json.loads(locked.parity("tree", "--json").raw_stdout)["data"]["rows"]
    assert [("diamond", 0), ("left", 1), ("base", 2)] == [(row["name"], row["level"]) for row in rows[:3]]


def test_what_cannot_be_shown_is_said(locked: World) -> None:
    """A name that is not locked, a target that is not, no number, no lock."""
    assert (1, "", "error: `dimond` is not in `parity.lock`\nhint: did you mean `diamond`?\n") == locked.parity(
        "tree", "dimond"
    ).said
    assert "hint: it has `linux-64`\n" in locked.parity("tree", "--target", "win").stderr
    assert 2 == locked.parity("tree", "--depth", "much").exit_code
    (locked.project / "parity.lock").unlink()
    assert "hint: run `parity lock`\n" in locked.parity("tree").stderr


def test_wheels_stand_over_conda_packages(world: World, conda_channels: Channels) -> None:
    """Both ecosystems are one tree, where a wheel needs what conda brings."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    make_wheel(world.wheels, "oldlib", "1.0", requires=["numpy"])
    world.write("environment.yml", "channels: [conda-forge]\ndependencies:\n  - numpy\n  - pip: [oldlib]\n")
    assert 0 == world.parity("lock").exit_code
    lines = world.parity("tree", "oldlib").stdout.splitlines()
    assert "oldlib 1.0 [pypi]" == lines[0]
    assert lines[1].startswith("└── numpy ")
    assert any("── python " in line for line in lines)
