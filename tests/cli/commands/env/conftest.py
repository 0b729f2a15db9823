"""What the tests of named environments start from."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.projects import World

Data = Callable[..., dict[str, Any]]


@pytest.fixture
def data(world: World) -> Data:
    """Return what runs a command that succeeds and returns its data."""

    def run(*words: str, **options: Any) -> dict[str, Any]:
        outcome = world.parity(*words, "--json", **options)
        assert 0 == outcome.exit_code, outcome
        found: dict[str, Any] = json.loads(outcome.raw_stdout)["data"]
        return found

    return run
