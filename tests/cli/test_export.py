"""`parity export`, as a user types it: what is locked, in other tools' words, read back by parity and by those tools."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.conda.channel import Channels
from tests.support.projects import World
from tests.support.wheels import make_sdist, make_wheel, write_project

Artifact = tuple[str, ...]


@pytest.fixture
def conda(world: World, conda_channels: Channels) -> World:
    """Return a world whose channels are in a folder."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    return world


def locked(project: Path) -> dict[str, Any]:
    """Return the lock of a project as it is in the file."""
    return tomllib.loads((project / "parity.lock").read_text(encoding="utf-8"))


def artifacts(project: Path) -> set[Artifact]:
    """Return what decides the bytes of an environment: names, versions, builds, hashes, and what has no hash."""
    lock = locked(project)
    conda = {("conda", each["name"], each["version"], each["build"], each["sha256"]) for each in lock.get("conda", [])}
    keys = ("name", "version", "sha256", "url", "commit", "path", "editable")
    return conda | {("pypi", *(str(each.get(key, "")) for key in keys)) for each in lock.get("pypi", [])}


def again(world: World, text: str, *arguments: str) -> Path:
    """Lock an exported environment.yml in a project of its own, and return that."""
    project = world.root / "again"
    project.mkdir()
    (project / "environment.yml").write_text(text, encoding="utf-8")
    outcome = world.parity("lock", *arguments, cwd=project)
    assert 0 == outcome.exit_code, outcome
    return project


def test_an_environment_yml_locks_the_same_artifacts(conda: World) -> None:
    """Packages of two channels with the same name, pins, wheels of an index, variables: all of it comes back."""
    conda.write(
        "environment.yml",
        """
        name: study
        channels: [conda-forge, pytorch]
        dependencies: [greetapp, "pytorch::lightning", "numpy<2.1", pip: [app, space-one]]
        variables: {GREETING: "yes", PATH_LIKE: "a:b # c"}
        """,
    )
    assert 0 == conda.parity("lock").exit_code
    exported = conda.parity("export", "--format", "environment.yml")
    assert 0 == exported.exit_code, exported
    project = again(conda, exported.raw_stdout)
    assert artifacts(conda.project) == artifacts(project)
    assert locked(conda.project)["variables"] == locked(project)["variables"]
    print(exported)
