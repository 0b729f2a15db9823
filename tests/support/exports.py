"""Exports of a lock: what tests of them begin with and compare."""

import json
import tomllib
from pathlib import Path
from typing import Any

from tests.support.projects import Outcome, World

Artifact = tuple[str, ...]

EVERYTHING = """
name: study
channels: [conda-forge, pytorch]
dependencies:
  - greetapp
  - pytorch::wordlib
  - only-here
  - data-files
  - numpy<2.1
  - pip: [app, space-one]
variables: {GREETING: "yes", PATH_LIKE: "a:b # c"}
"""


def locked(project: Path) -> dict[str, Any]:
    """Return the lock of a project as it is in the file."""
    return tomllib.loads((project / "parity.lock").read_text(encoding="utf-8"))


def artifacts(project: Path) -> set[Artifact]:
    """Return what decides the bytes of an environment: names, versions, builds, hashes, and what has no hash."""
    lock = locked(project)
    conda = {("conda", each["name"], each["version"], each["build"], each["sha256"]) for each in lock.get("conda", [])}
    keys = ("name", "version", "sha256", "url", "commit", "path", "editable")
    return conda | {("pypi", *(str(each.get(key, "")) for key in keys)) for each in lock.get("pypi", [])}


def codes(outcome: Outcome) -> set[str]:
    """Return the codes of what is said to be lost."""
    return {finding["code"] for finding in json.loads(outcome.raw_stdout)["findings"]}


def lock(world: World, *arguments: str) -> None:
    """Lock the project."""
    outcome = world.parity("lock", *arguments)
    assert 0 == outcome.exit_code, outcome


def export(world: World, *arguments: str) -> str:
    """Return what is written to standard output."""
    outcome = world.parity("export", *arguments)
    assert 0 == outcome.exit_code, outcome
    return outcome.raw_stdout
