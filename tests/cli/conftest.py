"""What tests of the conda route on the command line start from."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from parity.core.lockfile import v1
from parity.core.lockfile.model import Lockfile
from tests.support.conda.channel import Channels
from tests.support.conda.locks import conda_lock, locked_packages
from tests.support.conda.server import ServedChannels, serve_channel
from tests.support.projects import World

Write = Callable[..., Lockfile]


@pytest.fixture
def write(world: World, conda_channels: Channels) -> Write:
    """Return what writes a lock of some packages into the project; the channels are in a folder."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()

    def lock(*specs: str, **others: Any) -> Lockfile:
        made = replace(conda_lock(conda_channels, *locked_packages(conda_channels, world.root, *specs)), **others)
        world.write("parity.lock", v1.dump(made))
        return made

    return lock


@pytest.fixture
def served(write: Write, world: World, conda_channels: Channels) -> Iterator[ServedChannels]:
    """Serve the channels over HTTP in place of the folder."""
    assert callable(write)  # it has named the folder of the channels
    with serve_channel(conda_channels.root) as channels:
        world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = channels.url
        yield channels


@pytest.fixture
def conda(world: World, conda_channels: Channels) -> World:
    """Return a world whose channels are in a folder."""
    root = conda_channels.root.as_uri()
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = root
    world.extra["PARITY_CONDA_MIRRORS"] = f"pkgs/main={root}/pkgs/main pkgs/r={root}/pkgs/r"
    return world
