"""A bit flipped anywhere: nothing of it comes into an environment unnoticed, and the way back to health is short."""

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.campaigns.conftest import Begin
from tests.campaigns.test_faults import is_clear
from tests.support.journeys import ROUTES, Journey, Route
from tests.support.mutations import flipped, open_folders

#: Folders of the caches and the store whose files are flipped.
ROOMS = {
    "archives": "cache/uv/archive-v*",
    "uv's notes": "cache/uv",
    "wheels": "cache/wheels",
    "bytecode": "cache/bytecode",
    "conda packages": "cache/conda/v1/packages",
    "conda notes": "cache/conda/v1/trusted",
    "conda bytecode": "cache/conda/v1/bytecode",
    "interpreters": "cache/interpreters",
    "repodata": "cache/repodata",
    "roots": "store/roots",
    "memos": "store/memos",
}
MANY = 12


@pytest.fixture
def made(begin: Begin, route: Route) -> Journey:
    """Begin a journey with its environment made."""
    journey = begin(route)
    journey.parity("sync")
    return journey


def files_in(journey: Journey, room: str) -> list[Path]:
    """Return the files of a room in order, links left out."""
    folders = journey.world.root.glob(ROOMS[room])
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def flip(path: Path, chance: random.Random) -> None:
    """Flip one bit of a file, through all its links, and leave its mode and time as they were."""
    found = path.stat()
    path.chmod(found.st_mode | 0o200)
    path.write_bytes(flipped(path.read_bytes(), chance))
    path.chmod(found.st_mode)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def forget_environments(journey: Journey) -> None:
    """Remove every environment and the project's link, so that all is built again from what the caches have."""
    (journey.world.project / ".venv").unlink(missing_ok=True)
    open_folders(journey.world.store / "envs")
    shutil.rmtree(journey.world.store / "envs")


def comes_back(journey: Journey, fingerprint: str, what: str) -> None:
    """Assert that a sync gives the very same environment, now or after one clear error."""
    outcome = journey.world.parity("sync")
    if outcome.exit_code:
        is_clear(outcome.exit_code, outcome.stderr)
        outcome = journey.world.parity("sync")
    assert 0 == outcome.exit_code, (what, str(outcome))
    assert fingerprint == journey.fingerprint(), what
    journey.heals()


def corrupted(journey: Journey, room: str, seeds: range) -> None:
    """Flip bits of a room, each before everything is built from it again."""
    fingerprint = journey.fingerprint()
    for seed in seeds:
        chance = random.Random(seed)  # noqa: S311 - what is repeatable is wanted
        path = chance.choice(files_in(journey, room))
        flip(path, chance)
        forget_environments(journey)
        comes_back(journey, fingerprint, f"{seed} {path}")


@pytest.mark.parametrize(
    ("route", "room"),
    [
        *(("venv", room) for room in ("wheels", "bytecode", "roots")),
        *(("conda", room) for room in ("conda packages", "conda notes")),
    ],
)
def test_a_flipped_bit_goes_nowhere(made: Journey, room: str) -> None:
    """Whatever is built next is what was locked."""
    corrupted(made, room, range(1))


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("route", ROUTES)
def test_many_flipped_bits_go_nowhere(made: Journey, room: str) -> None:
    """The same in every room, again and again."""
    if files_in(made, room):
        corrupted(made, room, range(100, 100 + MANY))


@pytest.mark.parametrize("name", ["part_3.py", "METADATA"])
def test_a_flipped_bit_in_what_uv_unpacked_goes_nowhere(begin: Begin, name: str) -> None:
    """Nothing of parity's own is left but uv's cache, which uv believes, or stumbles over each time."""
    journey = begin("venv")
    journey.parity("sync")
    fingerprint = journey.fingerprint()
    module = next(path for path in files_in(journey, "archives") if path.name == name)
    found = module.stat()
    module.chmod(0o644)
    module.write_bytes(b"\xff" + module.read_bytes()[1:])
    os.utime(module, ns=(found.st_atime_ns, found.st_mtime_ns))
    forget_environments(journey)
    for room in ("wheels", "bytecode"):
        open_folders(journey.world.cache / room)
        shutil.rmtree(journey.world.cache / room)
    comes_back(journey, fingerprint, str(module))


@pytest.mark.parametrize("route", ["venv", pytest.param("conda", marks=pytest.mark.slow)])
@pytest.mark.parametrize("seeds", [range(4), pytest.param(range(4, 60), marks=pytest.mark.slow)], ids=["few", "many"])
def test_a_flipped_bit_in_the_lock_gives_no_wrong_environment(made: Journey, seeds: range) -> None:
    """It is refused with its place, locked again, or says the same as before."""
    fingerprint, lock = made.fingerprint(), made.world.project / "parity.lock"
    text = lock.read_bytes()
    for seed in seeds:
        lock.write_bytes(flipped(text, random.Random(seed)))  # noqa: S311 - what is repeatable is wanted
        outcome = made.world.parity("sync")
        if outcome.exit_code:
            is_clear(outcome.exit_code, outcome.stderr)
        else:
            assert fingerprint == made.fingerprint(), (seed, str(outcome))
        lock.write_bytes(text)
        made.heals()


@pytest.mark.parametrize("route", ROUTES)
def test_cache_verify_names_what_was_flipped(made: Journey, route: Route) -> None:
    """Without building anything."""
    room = "wheels" if route == "venv" else "conda packages"
    path = next(path for path in files_in(made, room) if path.name == "__init__.py")
    flip(path, random.Random(1))  # noqa: S311 - what is repeatable is wanted
    outcome = made.world.parity("cache", "verify")
    assert 1 == outcome.exit_code
    assert "__init__.py" in outcome.stdout + outcome.stderr
    assert 1 == made.world.parity("verify", "--deep").exit_code
    made.parity("repair")
    made.heals()
