"""`init`, `add`, `remove` and `update`, as a user types them, on both routes."""

import json
import signal
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import Outcome, World
from tests.support.wheels import make_wheel, write_project

PYPROJECT = """\
[project]
name = "mine"   # ours
version = '0'
dependencies = [
    'left',  # the arm
]
"""
ENVIRONMENT = """\
channels: [ conda-forge ]   # odd
dependencies:
    -   "greet"   # keep
"""


def text_of(world: World, name: str) -> str:
    return (world.project / name).read_bytes().decode()


def data_of(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(outcome.raw_stdout)["data"]
    return found


def locked(world: World) -> set[str]:
    lock = tomllib.loads(text_of(world, "parity.lock"))
    return {package["name"] for kind in ("conda", "pypi") for package in lock.get(kind, [])}


def test_a_bare_name_gets_a_bound_and_the_environment_follows(world: World) -> None:
    """One line more; what was locked is the bound; the lock is current and the package there."""
    world.write("pyproject.toml", PYPROJECT)
    outcome = world.parity("add", "plugin")
    assert 0 == outcome.exit_code, outcome
    assert PYPROJECT.replace("arm\n", "arm\n    'plugin>=1.0',\n") == text_of(world, "pyproject.toml")
    assert "pyproject.toml: project.dependencies: added plugin>=1.0" in outcome.stderr
    assert 0 == world.parity("lock", "--check").exit_code
    assert 0 == world.parity("run", "--locked", "python", "-c", "import plugin").exit_code
    (world.project / "parity.lock").unlink()
    patched = text_of(world, "parity.lock") if (world.project / "parity.lock").exists() else ""
    assert "" == patched
