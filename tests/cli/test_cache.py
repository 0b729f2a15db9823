"""`parity cache`, as a user types it."""

import json

import pytest

from tests.support.projects import World, files_of

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2"}


@pytest.fixture
def synced(world: World) -> World:
    """Sync a project."""
    world.write("requirements.txt", "app\nfiles\n")
    assert 0 == world.parity("sync").exit_code
    return world


def trees(world: World) -> int:
    """Return how many trees the cache has."""
    return len([path for path in world.cache.glob("*/v1/*/*/files") if path.parts[-5] in {"wheels", "bytecode"}])


def test_info_says_how_much_is_where(synced: World) -> None:
    """In one line a room; for programs as numbers."""
    outcome = synced.parity("cache", "info")
    data = json.loads(synced.parity("cache", "info", "--json").raw_stdout)["data"]
    rooms = {room["name"]: room for room in data["rooms"]}

    assert 0 == outcome.exit_code
    assert files_of(synced.cache) == [line.split()[0] for line in outcome.stdout.splitlines()]
    assert str(synced.cache) == data["path"]
    assert data["bytes"] == sum(room["bytes"] for room in data["rooms"]) > 0
    assert rooms["wheels"]["files"] > 0


def test_an_empty_cache_is_no_fault(world: World) -> None:
    """There is nothing, and nothing is wrong with it."""
    for verb in ("info", "verify", "clean"):
        assert 0 == world.parity("cache", verb).exit_code


def test_verify_finds_what_changed_and_drops_it(synced: World) -> None:
    """A flipped bit in a file, in a manifest, a missing file; dropped on request, and fetched anew by the next sync."""
    clean = synced.parity("cache", "verify")
    found = sorted(synced.cache.glob("wheels/v1/*/*/tree/site/*/__init__.py"))
    for path in found[:2]:
        path.chmod(0o644)
    found[0].write_bytes(b"#")
    found[1].unlink()
    corrupt = synced.parity("cache", "verify")
    dropped = synced.parity("cache", "verify", "--drop", "--json")
    again = synced.parity("cache", "verify")
    synced.write("requirements.txt", "app\n")

    assert (0, "8 trees are as published\n") == (clean.exit_code, clean.stderr)
    assert 1 == corrupt.exit_code
    assert 2 == corrupt.stderr.count("__init__.py` is not what was recorded for it\n")
    assert corrupt.stderr.endswith("2 of 8 trees are corrupt\n")
    assert (0, 2) == (dropped.exit_code, len(json.loads(dropped.raw_stdout)["data"]["dropped"]))
    assert 0 == again.exit_code
    assert 0 == synced.parity("repair").exit_code
    assert 0 == synced.parity("sync").exit_code
    assert 0 == synced.parity("verify", "--deep").exit_code


def test_clean_leaves_what_environments_are_made_of(synced: World) -> None:
    """They can be made again without the network; what nothing uses goes."""
    synced.write("requirements.txt", "plugin\n")
    synced.parity("sync")
    before = trees(synced)
    synced.parity("gc", "--keep", "1", "--wait")
    outcome = synced.parity("cache", "clean")
    after = trees(synced)
    made = synced.environment()
    synced.run("chmod", "-R", "u+w", str(made))
    synced.run("rm", "-r", str(made))
    again = synced.parity("sync", "--offline")

    assert (10, 2) == (before, after)
    assert (0, "", "removed 8 trees: freed [SIZE]\n") == outcome.said
    assert 0 == again.exit_code, again
    assert 0 == synced.parity("verify", "--deep").exit_code


def test_clean_all_leaves_environments_whole(synced: World) -> None:
    """Nothing but lock files is left; what is installed works and is proven, and can be fetched again."""
    outcome = synced.parity("cache", "clean", "--all")
    verified = synced.parity("verify", "--deep")
    left = [path for path in synced.cache.rglob("*") if path.is_file() and path.parent.name != "locks"]
    synced.write("requirements.txt", "app\n")

    assert 0 == outcome.exit_code
    assert 0 == verified.exit_code
    assert [] == left
    assert "hello from app\n" == synced.parity("run", "app").stdout
