"""The conda route when something goes wrong: it is said, nothing half-done is seen, and the next sync ends well."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from parity.core.lockfile import v1
from parity.core.lockfile.model import Lockfile
from tests.support.conda.channel import Channels
from tests.support.conda.server import ServedChannels, serve_channel
from tests.support.projects import World, files_of
from tests.support.serving import Fault

Write = Callable[..., Lockfile]


def site(environment: Path) -> Path:
    return next(environment.glob("lib/python3*/site-packages"))


def environments(world: World) -> list[str]:
    """Return the environments that the store has, whole or not."""
    folder = world.store / "envs" / "v1"
    return files_of(folder) if folder.exists() else []


@pytest.mark.parametrize("same_size", [True, False])
def test_a_damaged_cache_reaches_no_other_environment(write: Write, world: World, same_size: bool) -> None:
    """An edit through a hard link is found out before the next environment is built, and fetched anew."""
    write("textapp", "greet")
    world.parity("sync", "--frozen")
    first = world.environment()
    edited = site(first) / "wordlib" / "__init__.py"
    text = edited.read_text()
    edited.chmod(0o644)
    edited.write_text("#" * len(text) if same_size else "")
    assert 1 == world.parity("verify").exit_code
    write("textapp")
    outcome = world.parity("sync", "--frozen")
    assert 0 == outcome.exit_code, outcome
    assert text == (site(world.environment()) / "wordlib" / "__init__.py").read_text()
    assert 0 == world.parity("verify", "--deep").exit_code


def test_offline_rebuilds_what_is_cached(served: ServedChannels, write: Write, world: World) -> None:
    """With everything in the cache no request is made; what is missing is named, and nothing is published."""
    write("textapp")
    refused = world.parity("--offline", "sync", "--frozen")
    assert (1, "") == (refused.exit_code, refused.stdout)
    assert "not in the cache\n  hint: run it once without `--offline`" in refused.stderr.replace("\nhint", "\n  hint")
    assert [] == environments(world)
    assert 0 == world.parity("sync", "--frozen").exit_code
    asked = len(served.requests)
    (world.project / ".venv").unlink()
    world.store.rename(world.root / "aside")
    rebuilt = world.parity("--offline", "sync", "--frozen")
    assert 0 == rebuilt.exit_code, rebuilt
    assert asked == len(served.requests)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("replaced"), "is not what was locked: its SHA-256 is "),
        (Fault("status", 403), "cannot be fetched: HTTP status client error (403 Forbidden)"),
        (Fault("status", 404), "cannot be fetched: HTTP status client error (404 Not Found)"),
    ],
)
def test_what_goes_wrong_is_said_and_nothing_published(
    served: ServedChannels, write: Write, world: World, fault: Fault, expected: str
) -> None:
    """Another file under the name, and refusals: an error with the package's name; the next sync ends well."""
    lock = write("textapp")
    file = next(package.file for package in lock.conda if package.name == "wordlib")
    served.faults[file] = fault
    outcome = world.parity("sync", "--frozen")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert f"error: `{file}`" in outcome.stderr
    assert expected in outcome.stderr
    assert [] == environments(world)
    assert not (world.project / ".venv").is_symlink()
    del served.faults[file]
    assert 0 == world.parity("sync", "--frozen").exit_code


def test_a_package_that_left_its_channel_is_said(served: ServedChannels, write: Write, world: World) -> None:
    """Nothing is wrong with the network: another build has to be locked."""
    lock = write("textapp")
    served.faults[next(package.file for package in lock.conda if package.name == "wordlib")] = Fault("status", 404)
    outcome = world.parity("sync", "--frozen")
    told = "hint: the channel has it no more: `parity lock --upgrade wordlib` takes what is there now"
    assert (1, told) == (outcome.exit_code, outcome.stderr.splitlines()[-1])


@pytest.mark.slow
def test_a_download_that_is_cut_off_is_said(served: ServedChannels, write: Write, world: World) -> None:
    """After rattler's own retries."""
    lock = write("textapp")
    served.faults[next(package.file for package in lock.conda if package.name == "wordlib")] = Fault("truncated")
    outcome = world.parity("sync", "--frozen")
    assert 1 == outcome.exit_code
    assert "cannot be fetched" in outcome.stderr
    assert [] == environments(world)


def test_a_file_of_a_folder_that_is_not_what_was_locked_is_refused(write: Write, world: World) -> None:
    """The engine does not look at the hash of a local file."""
    lock = write("textapp")
    packages = [replace(each, sha256="0" * 64) if each.name == "wordlib" else each for each in lock.conda]
    world.write("parity.lock", v1.dump(replace(lock, conda=tuple(packages))))
    outcome = world.parity("sync", "--frozen")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert "of the channel `conda-forge` is not what was locked: its SHA-256 is " in outcome.stderr
    assert [] == environments(world)


def test_a_build_that_was_killed_is_begun_again(served: ServedChannels, write: Write, world: World) -> None:
    """Killed while a package is on its way: there is no environment, and the next sync makes it whole."""
    lock = write("textapp", "greet")
    held = Fault("held")
    served.faults[next(package.file for package in lock.conda if package.name == "wordlib")] = held
    process = world.start("sync", "--frozen")
    while not any(request.path.endswith(".conda") for request in served.requests):
        time.sleep(0.01)
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    held.release.set()
    served.faults.clear()
    assert not (world.project / ".venv").is_symlink()
    healed = world.parity("sync", "--frozen")
    assert 0 == healed.exit_code, healed
    assert 0 == world.parity("verify", "--deep").exit_code


def test_a_placeholder_that_is_too_short_is_refused(write: Write, world: World) -> None:
    """A file that has no room for the environment's path is an error, and leaves nothing."""
    deep = world.store / ("a-long-name-" * 8)
    write("stubborn")
    outcome = world.parity("sync", "--frozen", env={"PARITY_HOME": str(deep)})
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert "`stubborn-1.0-0` cannot be placed in a folder with so long a path" in outcome.stderr
    assert [] == files_of(deep / "envs" / "v1")


def test_no_secret_stays_behind(write: Write, world: World, conda_channels: Channels) -> None:
    """A token in the channel's address is in no file of the store and none of the cache."""
    write("textapp")
    with serve_channel(conda_channels.root, token="s3cr3t-t0ken") as served:
        outcome = world.parity("sync", "--frozen", env={"PARITY_CONDA_CHANNEL_ALIAS": served.url_with_credentials})
    assert 0 == outcome.exit_code, outcome
    telling = [
        path
        for folder in (world.store, world.cache)
        for path in folder.rglob("*")
        if path.is_file() and b"s3cr3t" in path.read_bytes()
    ]
    assert [] == telling
