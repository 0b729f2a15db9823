"""Writing in one project's environment: a user cannot, what root does is found, a copy is one's own."""

import os
import sys
from pathlib import Path

import pytest

from tests.campaigns.conftest import Begin
from tests.support.journeys import ROUTES, Journey, Route
from tests.support.namespaces import as_user

both_routes = pytest.mark.parametrize("route", ROUTES)
either_route = pytest.mark.parametrize("route", ["venv", pytest.param("conda", marks=pytest.mark.slow)])

#: Tries every ordinary way of writing below a folder and prints those that went.
_WRITES = """
import os, shutil, sys
folder = sys.argv[1]
every = [os.path.join(above, name) for above, _, names in os.walk(folder) for name in names]
files = [path for path in every if not os.path.islink(path)]

def write(path): open(path, "r+b").close()
def append(path): open(path, "ab").close()
def remove(path): os.unlink(path)
def rename(path): os.rename(path, path + ".moved")
def beside(path): open(path + ".new", "wb").close()
def under(path): os.mkdir(path + ".folder")
def link(path): os.symlink("x", path + ".link")

for way in (write, append, remove, rename, beside, under, link):
    for path in files:
        try:
            way(path)
        except OSError:
            continue
        print(way.__name__, path)
"""


def neighbours(begin: Begin, route: Route) -> tuple[Journey, Path]:
    """Return a synced journey, and another project with the same lock, synced too."""
    journey = begin(route)
    journey.parity("sync")
    other = journey.world.copy_project()
    assert 0 == journey.world.parity("sync", cwd=other).exit_code
    assert journey.world.environment() == journey.world.environment(other)
    return journey, other


@both_routes
def test_an_ordinary_user_cannot_write_into_a_shared_environment(begin: Begin, route: Route) -> None:
    """Not to a file, not beside it; nor into what the caches share with it."""
    journey, _ = neighbours(begin, route)
    environment = journey.world.environment()
    assert (0, "", "") == as_user(journey.world, sys.executable, "-c", _WRITES, str(environment)).said
    shared = {path.stat().st_ino for path in environment.rglob("*") if path.is_file() and path.stat().st_nlink > 1}
    cached = [path for path in journey.world.cache.rglob("*") if path.is_file() and path.stat().st_ino in shared]
    assert [] == [path for path in cached if path.stat().st_mode & 0o222]
    journey.heals()


@either_route
def test_what_root_writes_is_found_by_all_who_share_it(begin: Begin, route: Route) -> None:
    """In both projects and in the cache; one repair puts it right for all."""
    journey, other = neighbours(begin, route)
    module = journey.site / "work" / "part_1.py"
    found = module.stat()
    module.chmod(0o644)
    with module.open("r+b") as file:
        file.write(b"y")
    module.chmod(found.st_mode)
    os.utime(module, ns=(found.st_atime_ns, found.st_mtime_ns))
    for command in (["verify", "--deep"], ["cache", "verify"]):
        for project in (journey.world.project, other):
            outcome = journey.world.parity(*command, cwd=project)
            assert 1 == outcome.exit_code, (command, outcome)
            assert "work/part_1.py" in outcome.stderr
    journey.parity("repair")
    assert 0 == journey.world.parity("verify", "--deep", cwd=other).exit_code
    assert 0 == journey.world.parity("cache", "verify").exit_code
    journey.heals()


@either_route
def test_a_copy_of_ones_own_reaches_nobody(begin: Begin, route: Route) -> None:
    """Every file of it is written to, and nothing of the neighbour's changes, nor of the cache."""
    journey, other = neighbours(begin, route)
    journey.parity("sync", "--copy")
    for path in journey.world.environment().rglob("*"):
        if path.is_file() and not path.is_symlink() and ".parity" not in path.parts:
            path.chmod(path.stat().st_mode | 0o200)
            with path.open("ab") as file:
                file.write(b"#")
    assert 0 == journey.world.parity("verify", "--deep", cwd=other).exit_code
    assert 0 == journey.world.parity("cache", "verify").exit_code
