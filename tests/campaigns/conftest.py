"""What the campaigns start from: a project of either route, and what hits it at a point that is counted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.injection import Injector
from tests.support.journeys import Journey, Route, own_channel
from tests.support.projects import World

Begin = Callable[[Route], Journey]


@pytest.fixture(scope="session")
def injector(tmp_path_factory: pytest.TempPathFactory) -> Injector:
    """Compile what is injected, once."""
    return Injector.compiled(tmp_path_factory.mktemp("injector"))


@pytest.fixture
def begin(world: World, request: pytest.FixtureRequest) -> Begin:
    """Return what begins a journey on a route: a project that wants its first version, with nothing made yet."""

    def start(route: Route) -> Journey:
        channel = None
        if route == "conda":
            channel = own_channel(world.root / "channels", request.getfixturevalue("conda_channels"))
        journey = Journey(world=world, route=route, channel=channel)
        journey.want(1)
        return journey

    return start


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return an empty folder that belongs to nobody."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder
