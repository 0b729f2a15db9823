"""parity stopped, killed or raced at any moment: the environment is the old one or the new one, and all ends well."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.projects import World, files_of
from tests.support.serving import Fault
from tests.support.wheels import make_wheel

PATIENCE = 30.0
BIG = "big-1.0-py3-none-any.whl"
#: What uv, or a Python that compiles, may still leave behind where it outlives the parity that started it
OUTLIVING = ("cache/scratch/", "cache/bytecode/")

MOMENTS = ["resolving", "fetching", "unpacking", "compiling", "building", "finishing"]


@pytest.fixture
def changed(world: World) -> Iterator[World]:
    """Sync a project, then have it want a package of many modules more, which the index does not give out yet."""
    text = "def work(x):\n    return [x for _ in range(x)]\n" * 20
    make_wheel(world.wheels, "big", "1.0", modules={f"big/part_{n}/__init__.py": f"# {n}\n{text}" for n in range(250)})
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("sync").exit_code
    world.write("requirements.txt", "app\nbig\n")
    yield world
    for fault in world.index.faults.values():
        fault.release.set()


def reached(world: World, moment: str) -> Callable[[], bool]:
    """Return what says whether a sync has come so far."""
    old, asked = world.environment(), len(world.index.requests)

    def building() -> bool:
        return any(path != old for path in old.parent.iterdir())

    def any_of(folder: Path, pattern: str) -> Callable[[], bool]:
        def look() -> bool:
            try:
                return any(folder.glob(pattern))
            except FileNotFoundError:  # a folder went while it was looked through
                return False

        return look

    return {
        "resolving": lambda: len(world.index.requests) > asked,
        "fetching": any_of(world.cache, "scratch/*/*/env/pyvenv.cfg"),
        "unpacking": any_of(world.cache, "scratch/*/*/env/lib/*/site-packages/big"),
        "compiling": any_of(world.cache, "bytecode/v1/*/.new-*"),
        "building": building,
        "finishing": lambda: any(path != old and (path / ".parity").is_dir() for path in old.parent.iterdir()),
    }[moment]


def start_until(world: World, moment: str, **options: bool) -> subprocess.Popen[str]:
    """Start a sync and return it when it has come to a moment, or has ended before anybody saw it there."""
    if moment == "resolving":
        world.index.faults["big"] = Fault("held")
    if moment == "fetching":
        world.parity("lock")
        world.index.faults[BIG] = Fault("held")
    condition, deadline = reached(world, moment), time.monotonic() + PATIENCE
    process = world.start("sync", **options)
    while process.poll() is None and not condition():
        assert time.monotonic() < deadline, f"it never came to {moment}"
    return process


def let_go(world: World) -> None:
    """Have the index give out everything again."""
    for fault in world.index.faults.values():
        fault.release.set()
    world.index.faults.clear()


def is_running(group: int) -> bool:
    """Say whether a process of a group is still there; one that has ended goes when its parent has looked at it."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def leftovers(world: World) -> list[str]:
    """Return what of a sync is still lying about: scratch folders, half trees, half environments, half files."""
    patterns = ["scratch/*/*", "*/v1/*/.new-*", "*/v1/*/.old-*", "*/v1/*/*.tmp"]
    found = [path for pattern in patterns for path in world.cache.glob(pattern)]
    stored = [path for path in world.store.glob("envs/v1/**/*-[0-9]*") if ".old-" in path.name]
    stored += [path for path in (world.store / "envs" / "v1").iterdir() if path.name != "private"]
    found += [path for path in stored if not (path / ".parity" / "complete").exists()]
    found += [path for path in world.project.iterdir() if path.name not in {".venv", "parity.lock", "requirements.txt"}]
    return [str(path.relative_to(world.root)) for path in found]


def is_healthy(world: World, *, but: tuple[str, ...] = ()) -> None:
    """Assert that the next sync ends well, with everything proven and nothing left, but what begins so."""
    sync = world.parity("sync")
    assert 0 == sync.exit_code, sync
    verify = world.parity("verify", "--deep")
    assert (0, "") == (verify.exit_code, verify.stdout), verify
    assert (0, "hello from app\n", "") == world.parity("run", "app").said
    assert 0 == world.parity("run", "python", "-c", "import big.part_249").exit_code
    assert [] == [path for path in leftovers(world) if not path.startswith(but)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_control_c_leaves_nothing_behind(changed: World, moment: str) -> None:
    """As on a terminal, where it reaches parity and what parity started: 130, no traceback, the old environment.

    Python itself ends by the signal (-2, which a shell calls 130) where it comes when `main` is over.
    """
    old = changed.environment()
    process = start_until(changed, moment, start_new_session=True)
    ended = process.poll() is not None
    if not ended:
        os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    let_go(changed)

    assert "" == stdout
    assert "Traceback" not in stderr
    assert process.returncode in {0, 130}, stderr
    assert process.returncode != 0 or changed.environment() != old
    assert [] == leftovers(changed)
    assert "hello from app\n" == changed.run(str(changed.project / ".venv/bin/app")).stdout
    is_healthy(changed)


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_impatient_control_c_is_no_other(changed: World, moment: str) -> None:
    """Pressed again and again while parity tidies up: 130, and nothing is left behind."""
    old = changed.environment()
    process = start_until(changed, moment, start_new_session=True)
    while process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.001)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    let_go(changed)

    assert ("", "") == (stdout, stderr if process.returncode else "")
    assert process.returncode in {0, 130}, stderr
    assert process.returncode != 0 or changed.environment() != old
    assert [] == leftovers(changed)
    is_healthy(changed)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["fetching", "compiling"])
def test_asked_to_end_it_takes_along_what_it_started(changed: World, moment: str, number: signal.Signals) -> None:
    """As by a supervisor, who asks parity alone, or a terminal that closes: nothing runs or lies about afterwards."""
    old = changed.environment()
    process = start_until(changed, moment, start_new_session=True)
    ended = process.poll() is not None
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=PATIENCE)

    while is_running(process.pid):  # for ever, where what was started waits for the index
        time.sleep(0.01)
    let_go(changed)
    assert ended or (128 + number, "", "") == (process.returncode, stdout, stderr)
    assert ended or old == changed.environment()
    assert [] == leftovers(changed)
    is_healthy(changed)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("whom", ["alone", "with what it started"])
def test_killed_at_any_moment_it_is_the_old_or_the_new_one(changed: World, moment: str, whom: str) -> None:
    """Nobody gets to tidy up, and the next sync, at once after it, ends healthy."""
    old = changed.environment()
    process = start_until(changed, moment, start_new_session=True)
    if whom == "alone":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    now = changed.environment()

    assert now == old or (now / ".parity" / "complete").exists()
    assert "hello from app\n" == changed.run(str(changed.project / ".venv/bin/app")).stdout
    let_go(changed)
    # what the installer that outlived parity still writes goes when something is fetched again
    is_healthy(changed, but=OUTLIVING if whom == "alone" else ())


def test_an_installer_that_outlives_parity_disturbs_nobody(changed: World) -> None:
    """Killed is parity alone, in the middle of a download, and the next sync begins while uv still waits for it."""
    process = start_until(changed, "fetching", start_new_session=True)
    process.kill()
    process.wait()
    release = threading.Timer(0.2, let_go, [changed])
    release.start()
    sync = changed.parity("sync")
    release.join()
    process.communicate(timeout=PATIENCE)  # ends when uv, which has parity's output, does

    assert 0 == sync.exit_code, sync
    is_healthy(changed, but=OUTLIVING)


def test_two_syncs_at_once_in_one_project_do_the_work_once(changed: World) -> None:
    """Both end well; what was not there is fetched once and built once."""
    asked = len(changed.index.requests)
    both = [changed.start("sync") for _ in range(2)]
    told = [process.communicate(timeout=PATIENCE)[1] for process in both]
    files = [path for path in changed.index.downloads if path == BIG]

    assert [0, 0] == [process.returncode for process in both], told
    assert asked < len(changed.index.requests)
    assert [BIG] == files
    assert 1 == sum("built in" in text for text in told), told
    assert 2 == len(files_of(changed.store / "envs" / "v1"))
    is_healthy(changed)


def test_two_projects_with_one_lock_build_it_once(changed: World) -> None:
    """Both end well with one environment, built by one of them."""
    changed.parity("lock")
    other = changed.copy_project()
    command = ["sync", "--locked"]
    both = [changed.start(*command), changed.start("-C", str(other), *command)]
    told = [process.communicate(timeout=PATIENCE)[1] for process in both]

    assert [0, 0] == [process.returncode for process in both], told
    assert changed.environment() == changed.environment(other)
    assert 1 == sum("built in" in text for text in told), told
    assert 1 == changed.index.downloads.count(BIG)
    is_healthy(changed)


def test_two_different_syncs_at_once_end_with_one_of_them(changed: World) -> None:
    """A private and a shared environment wanted at once: the link is one of the two, whole."""
    both = [changed.start("sync"), changed.start("sync", "--copy")]
    told = [process.communicate(timeout=PATIENCE)[1] for process in both]

    assert [0, 0] == [process.returncode for process in both], told
    assert (changed.environment() / ".parity" / "complete").exists()
    is_healthy(changed)


def test_a_long_job_keeps_its_environment(changed: World) -> None:
    """What runs while a sync switches finds the modules of the environment it was started in."""
    code = "import sys, time; print('up', flush=True); sys.stdin.read(); import left; print(left.__file__)"
    command = ["run", "python", "-c", code]
    old = changed.environment()
    changed.write("requirements.txt", "app\n")
    job = subprocess.Popen(
        [sys.executable, "-m", "parity", *command],
        cwd=changed.project,
        env=changed.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert job.stdout is not None
    assert "up\n" == job.stdout.readline()
    changed.write("requirements.txt", "app\nbig\n")
    changed.parity("sync")
    stdout, _ = job.communicate(timeout=PATIENCE)

    assert old != changed.environment()
    assert stdout.startswith(str(old))
