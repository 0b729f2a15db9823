"""Sixteen processes at once: each environment is built once, nobody sees half of one, nobody waits for ever."""

import json
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.campaigns.conftest import Begin
from tests.support.journeys import Journey, Route
from tests.support.projects import World
from tests.support.serving import Fault

MANY = 16
PATIENCE = 120.0

#: Two routes cost twice as much: the other one is for the long run.
either_route = pytest.mark.parametrize("route", ["venv", pytest.param("conda", marks=pytest.mark.slow)])


def start(world: World, project: Path, *words: str) -> "subprocess.Popen[str]":
    """Start parity in a project and return at once."""
    return subprocess.Popen(
        [sys.executable, "-m", "parity", *words],
        cwd=project,
        env=world.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def ended(processes: "list[subprocess.Popen[str]]") -> list[tuple[int, str, str]]:
    """Wait for all and return how each ended."""
    return [(process.wait(PATIENCE), *process.communicate()) for process in processes]


def copies(journey: Journey, count: int) -> list[Path]:
    """Return so many projects like the journey's, the links left out."""
    ignored = shutil.ignore_patterns(".venv")
    return [
        Path(shutil.copytree(journey.world.project, journey.world.root / f"project-{number}", ignore=ignored))
        for number in range(count)
    ]


def proven(journey: Journey, project: Path) -> None:
    """Assert that everything in the environment of a project is as it was locked."""
    outcome = journey.world.parity("verify", "--deep", cwd=project)
    assert (0, "") == (outcome.exit_code, outcome.stdout), outcome


@either_route
def test_one_lock_is_built_once(begin: Begin, route: Route) -> None:
    """By one of sixteen projects, while fifteen wait and find it; everything is fetched once."""
    journey = begin(route)
    journey.parity("lock")
    before = len(journey.world.index.downloads)  # the lock may look into wheels
    projects = copies(journey, MANY)
    said = ended([start(journey.world, project, "sync", "--locked", "--json") for project in projects])
    assert {0} == {status for status, _, _ in said}, said
    reused = Counter(json.loads(stdout)["data"]["reused"] for _, stdout, _ in said)
    assert {False: 1, True: MANY - 1} == reused
    assert 1 == len({(project / ".venv").readlink() for project in projects})
    assert {1} == set(Counter(journey.world.index.downloads[before:]).values())
    proven(journey, projects[0])


@either_route
def test_different_locks_among_collections_rollbacks_and_repairs(begin: Begin, route: Route) -> None:
    """Whatever anybody does, everybody ends well, and what a link leads to can be imported at every moment."""
    journey = begin(route)
    journey.parity("sync")
    journey.want_more()
    journey.parity("sync")
    projects = copies(journey, 4)
    for project in projects:
        for version in (1, 2):
            journey.want(version)
            _copy_manifest(journey, project)
            assert 0 == journey.world.parity("sync", cwd=project).exit_code
    journey.want_more()
    for project in projects[:2]:
        _copy_manifest(journey, project)
    wishes = [["sync"], ["sync"], ["rollback"], ["repair"]]
    watching = _Watch(projects)
    with watching:
        processes = [start(journey.world, project, *wish) for project, wish in zip(projects, wishes, strict=True)]
        processes += [start(journey.world, journey.world.project, "sync")]
        processes += [start(journey.world, projects[2], "gc", "--keep", "2") for _ in range(3)]
        processes += [start(journey.world, projects[place % 4], "verify") for place in range(4)]
        processes += [start(journey.world, projects[3], "repair") for _ in range(2)]
        processes += [start(journey.world, projects[0], "run", "python", "-c", "import work") for _ in range(2)]
        assert MANY == len(processes)
        said = ended(processes)
    assert {0} == {status for status, _, _ in said}, said
    assert [] == watching.failures
    assert watching.looks > 0
    for project in projects:
        proven(journey, project)


@either_route
def test_a_dead_holder_of_a_lock_blocks_nobody(begin: Begin, route: Route) -> None:
    """Killed in the middle of fetching for all: another goes on, at once and not after a time."""
    journey = begin(route)
    journey.parity("lock")
    held = Fault("held")
    journey.world.index.faults["app-1.0-py3-none-any.whl"] = held
    projects = copies(journey, 3)
    holder = start(journey.world, projects[0], "sync", "--locked")
    while not any(journey.world.cache.glob("scratch/*/*/env/pyvenv.cfg")):
        assert holder.poll() is None
    waiting = [start(journey.world, project, "sync", "--locked") for project in projects]
    holder.kill()
    holder.communicate()
    held.release.set()
    said = ended(waiting)
    assert {0} == {status for status, _, _ in said}, said
    for project in projects:
        proven(journey, project)


class _Watch:
    """Imports everything through the links of projects, again and again, until the block ends."""

    def __init__(self, projects: list[Path]) -> None:
        self.looks = 0
        self.failures: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(projects,))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self, projects: list[Path]) -> None:
        while not self._over.is_set():
            for project in projects:
                command = [str(project / ".venv/bin/python"), "-I", "-c", "import work.part_5, app, left, base"]
                done = subprocess.run(command, env={}, capture_output=True, encoding="utf-8", check=False)
                self.looks += 1
                if done.returncode:
                    self.failures.append(done.stderr)


def _copy_manifest(journey: Journey, project: Path) -> None:
    for name in ("requirements.txt", "environment.yml"):
        if (journey.world.project / name).exists():
            shutil.copy2(journey.world.project / name, project / name)
