"""What goes wrong with disks, folders, clocks and networks: success or a clear error, and nothing lost."""

import errno
import os
import shutil
import sys
import threading
from collections.abc import Callable, Sequence

import pytest

from tests.campaigns.conftest import Begin
from tests.support.injection import Failing, Hit, Injector, Shifted
from tests.support.journeys import ROUTES, Journey, Route
from tests.support.namespaces import Mount, as_user, in_namespace
from tests.support.projects import Outcome, World
from tests.support.serving import Fault
from tests.support.strays import strays
from tests.support.wheels import make_wheel

OPENING = "open open64 openat openat64"
WRITING = "write pwrite64 writev"
CHANGING = "mkdir mkdirat rename renameat renameat2 unlink unlinkat symlink symlinkat chmod fchmod fchmodat utimensat"
LINKING = "link linkat"
FLUSHING = "fsync syncfs"

both_routes = pytest.mark.parametrize("route", ROUTES)
#: What costs seconds and hardly depends on the route: the other one is for the long run.
either_route = pytest.mark.parametrize("route", ["venv", pytest.param("conda", marks=pytest.mark.slow)])
slow = pytest.mark.slow
_ALIKE = (errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP)


def is_clear(status: int, stderr: str) -> None:
    """Assert that a failure is told as one sentence with what to do, and is not parity's own."""
    assert 1 == status, stderr
    assert "error: " in stderr
    for word in ("Traceback", "internal error", "report it"):
        assert word not in stderr


def survived(journey: Journey, hit: Hit) -> None:
    """Assert that a sync to the next version went well, or was refused with the old environment still whole."""
    if hit.status:
        is_clear(hit.status, hit.stderr)
    version = str(journey.version if hit.status == 0 else journey.version - 1)
    assert journey.installed() in {version, str(journey.version)}
    journey.heals()
    assert [] == strays(journey.world)


@pytest.fixture
def moving(begin: Begin, route: Route) -> Journey:
    """Begin a journey with one environment made and the next one wanted."""
    journey = begin(route)
    journey.parity("sync")
    journey.want_more()
    return journey


# --- calls that fail ---------------------------------------------------------------------------------------------


@both_routes
@pytest.mark.parametrize(
    ("calls", "number"),
    [
        pytest.param(OPENING, errno.EIO, id="open", marks=slow),
        pytest.param("read", errno.EIO, id="read"),
        pytest.param(WRITING, errno.ENOSPC, id="full"),
        pytest.param(WRITING, errno.EDQUOT, id="quota", marks=slow),
        pytest.param(CHANGING, errno.EIO, id="change", marks=slow),
        pytest.param(FLUSHING, errno.EIO, id="flush", marks=slow),
        pytest.param(LINKING, errno.EIO, id="link", marks=slow),
    ],
)
@pytest.mark.parametrize(
    "shares", [(0.6,), pytest.param((0.01, 0.1, 0.25, 0.4, 0.8, 0.95), marks=slow)], ids=["", "many"]
)
def test_a_call_that_fails_is_told(
    moving: Journey, injector: Injector, calls: str, number: int, shares: Sequence[float]
) -> None:
    """From some moment on no such call succeeds: what is there stays, and the next sync goes on from there."""
    for share in shares:
        moving.want_more()
        under = str(moving.world.root)
        counted = injector.parity(
            moving.world, "sync", injection=Failing(calls=calls, number=number, under=under, start=1 << 30)
        )
        assert 0 == counted.status
        moving.want_more()
        start = max(1, int(counted.calls * share))
        survived(
            moving,
            injector.parity(
                moving.world, "sync", injection=Failing(calls=calls, number=number, under=under, start=start)
            ),
        )


@both_routes
@pytest.mark.parametrize("number", [errno.EXDEV, *(pytest.param(each, marks=slow) for each in _ALIKE)])
def test_where_nothing_can_be_linked_it_is_copied(moving: Journey, injector: Injector, number: int) -> None:
    """As on a file system without hard links, or where a file has as many as it may have."""
    hit = injector.parity(moving.world, "sync", injection=Failing(calls=LINKING, number=number))
    assert 0 == hit.status, hit
    assert str(moving.version) == moving.installed()
    moving.heals()
    assert [] == strays(moving.world)


# --- disks ---------------------------------------------------------------------------------------------------------

_FULL = """
parity sync
parity run python -c 'import work; print("before", work.__version__)'
cp "$NEXT"/* .
dd if=/dev/zero of="$DISK/filler" bs=1k 2>/dev/null || true
truncate -s "-$LEFT" "$DISK/filler"
if parity sync >said 2>&1; then echo "it ended well"; else cat said; fi
.venv/bin/python -c 'import work, left; print("between", work.__version__)'
rm "$DISK/filler"
parity sync
parity verify --deep
parity run python -c 'import work; print("after", work.__version__)'
"""


def on_a_small_disk(journey: Journey, script: str, options: str, **variables: object) -> Outcome:
    """Run a script with store and caches on a disk of their own; `$NEXT` has the manifest of the next version."""
    disk, following = journey.world.root / "disk", journey.world.root / "next"
    following.mkdir()
    journey.want_more()
    for path in journey.world.project.iterdir():
        shutil.copy2(path, following)
    journey.want(journey.version - 1)
    journey.world.extra.update(
        {
            "PARITY_HOME": str(disk / "store"),
            "PARITY_CACHE_DIR": str(disk / "cache"),
            "DISK": str(disk),
            "NEXT": str(following),
            **{name: str(value) for name, value in variables.items()},
        }
    )
    return in_namespace(journey.world, script, Mount(path=disk, options=options))


@both_routes
@pytest.mark.parametrize("left", ["200k", *(pytest.param(left, marks=slow) for left in ("0", "1m"))])
def test_a_full_disk_is_told(begin: Begin, route: Route, left: str) -> None:
    """There is an error or there was room; the old environment works on, and with room again all goes well."""
    outcome = on_a_small_disk(begin(route), _FULL, "size=150m", LEFT=left)
    assert 0 == outcome.exit_code, outcome
    assert ["before 1", "after 2"] == [outcome.stdout.splitlines()[0], outcome.stdout.splitlines()[-1]]
    if "it ended well" in outcome.stdout:
        assert "between 2" in outcome.stdout
    else:
        assert "between 1" in outcome.stdout
        is_clear(1, outcome.stdout)
        assert "no space left on device" in outcome.stdout.lower()
        assert "hint: make room" in outcome.stdout


@either_route
def test_a_disk_without_room_for_more_files_is_told(begin: Begin, route: Route) -> None:
    """As with a quota on files: there are bytes, and no inodes."""
    script = _FULL.replace("dd if=", '(n=0; while : >"$DISK/f$n"; do n=$((n+1)); done) 2>/dev/null || true\n: dd if=')
    script = script.replace("truncate", ": truncate").replace('rm "$DISK/filler"', 'rm "$DISK"/f*')
    outcome = on_a_small_disk(begin(route), script, "size=150m,nr_inodes=8000", LEFT="0")
    assert 0 == outcome.exit_code, outcome
    assert "between 1" in outcome.stdout
    is_clear(1, outcome.stdout)
    assert "after 2" in outcome.stdout


@either_route
def test_a_limit_on_the_size_of_files_is_told(moving: Journey) -> None:
    """As `ulimit -f` sets it."""
    parity = f"'{sys.executable}' -m parity sync"
    outcome = moving.world.run("sh", "-c", f"ulimit -f 1; {parity}")
    is_clear(outcome.exit_code, outcome.stderr)
    assert str(moving.version - 1) == moving.installed()
    moving.heals()


@both_routes
def test_another_file_system_for_the_caches_is_no_fault(begin: Begin, route: Route) -> None:
    """Nothing can be linked between the two."""
    journey = begin(route)
    script = "parity sync && parity verify --deep && .venv/bin/python -I -c 'import work; print(work.__version__)'"
    outcome = in_namespace(journey.world, script, Mount(path=journey.world.cache))
    assert (0, "1\n") == (outcome.exit_code, outcome.stdout), outcome


# --- folders -------------------------------------------------------------------------------------------------------


@either_route
@pytest.mark.parametrize("what", ["store", "cache", "project"])
def test_a_folder_that_may_not_be_written_to_is_told(moving: Journey, what: str) -> None:
    """By its name; the environment that is there can be used all the same."""
    folder = {"store": moving.world.store, "cache": moving.world.cache, "project": moving.world.project}[what]
    modes = {
        path: path.stat().st_mode for path in [folder, *folder.rglob("*")] if path.is_dir() and not path.is_symlink()
    }
    for path in modes:
        path.chmod(0o555)
    refused = as_user(moving.world, sys.executable, "-m", "parity", "sync")
    used = as_user(
        moving.world, str(moving.world.project / ".venv/bin/python"), "-c", "import work; print(work.__version__)"
    )
    for path, mode in modes.items():
        path.chmod(mode)
    is_clear(refused.exit_code, refused.stderr)
    assert f"[TMP]/{what}" in refused.stderr
    assert (0, f"{moving.version - 1}\n") == (used.exit_code, used.stdout), used
    moving.heals()


def test_a_synced_project_runs_from_a_read_only_home(begin: Begin) -> None:
    """In a container, or for a service: `run` and `sync` write nothing where there is nothing to do."""
    journey = begin("venv")
    journey.parity("sync")
    folders = [
        path for path in [journey.world.root, *journey.world.root.rglob("*")] if path.is_dir() and not path.is_symlink()
    ]
    modes = {path: path.stat().st_mode for path in folders}
    for path in modes:
        path.chmod(0o555)
    ran = as_user(journey.world, sys.executable, "-m", "parity", "run", "app")
    synced = as_user(journey.world, sys.executable, "-m", "parity", "sync")
    verified = as_user(journey.world, sys.executable, "-m", "parity", "verify", "--deep")
    for path, mode in modes.items():
        path.chmod(mode)
    assert (0, "hello from app\n", "") == ran.said
    assert (0, 0) == (synced.exit_code, verified.exit_code), (synced, verified)


@either_route
def test_a_store_of_another_user_is_refused(moving: Journey) -> None:
    """By whatever would build in it or start something from it."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(moving.world.store, 12345, -1)
    for command in (["sync"], ["run", "app"]):
        outcome = moving.world.parity(*command)
        is_clear(outcome.exit_code, outcome.stderr)
        assert "error: the store `[TMP]/store` is not yours alone: it belongs to user 12345, not to 0" in outcome.stderr
    os.chown(moving.world.store, 0, -1)
    moving.heals()


@either_route
@pytest.mark.parametrize(
    "name", ["with a space, grün-日本", *(pytest.param(name, marks=slow) for name in ("a'quote\"s", "x" * 255))]
)
def test_whatever_the_store_is_called(begin: Begin, route: Route, name: str) -> None:
    """Scripts find their interpreter, and everything is proven."""
    journey = begin(route)
    journey.world.extra.update(PARITY_HOME=str(journey.world.root / name / "store"))
    (journey.world.root / name).mkdir()
    outcome = journey.world.parity("sync")
    if route == "conda" and outcome.exit_code and name != "with a space, grün-日本":
        is_clear(outcome.exit_code, outcome.stderr)  # packages have room for so long a path, and none for quotes
        return
    assert 0 == outcome.exit_code, outcome
    journey.heals()
    assert (0, "hello from app\n", "") == journey.world.parity("run", "app").said
    assert "hello from app\n" == journey.world.run(str(journey.world.project / ".venv/bin/app")).stdout


@either_route
def test_a_project_at_the_end_of_a_long_path(begin: Begin, route: Route) -> None:
    """Many folders with long names deep, with letters beyond ASCII."""
    journey = begin(route)
    deep = journey.world.project.joinpath(*["ü" * 100] * 8)
    deep.mkdir(parents=True)
    for path in list(journey.world.project.iterdir()):
        if path.is_file():
            path.rename(deep / path.name)
    for command in (["sync"], ["verify", "--deep"], ["run", "app"]):
        outcome = journey.world.parity(*command, cwd=deep)
        assert 0 == outcome.exit_code, outcome


def test_the_longest_names_there_are(world: World) -> None:
    """A module whose bytecode cannot have a name of its own, and data with a name of 255 bytes."""
    modules = {"long/__init__.py": "", f"long/{'m' * 252}.py": "x = 1\n", f"long/{'d' * 255}": "data\n"}
    make_wheel(world.wheels, "long", "1.0", modules=modules)
    world.write("requirements.txt", "long\n")
    for command in (
        ["sync"],
        ["verify", "--deep"],
        ["run", "python", "-c", f"import long.{'m' * 252}"],
        ["sync", "--copy"],
    ):
        outcome = world.parity(*command)
        assert 0 == outcome.exit_code, outcome


@pytest.mark.parametrize("what", ["nowhere", *(pytest.param(what, marks=slow) for what in ("itself", "a file"))])
def test_a_link_in_the_way_of_a_folder_is_told(begin: Begin, what: str) -> None:
    """The store, or the caches, is a link that leads to no folder."""
    journey = begin("venv")
    leads_to = {"nowhere": "no/such/folder", "itself": "store", "a file": "project/requirements.txt"}[what]
    journey.world.store.symlink_to(leads_to)
    outcome = journey.world.parity("sync")
    is_clear(outcome.exit_code, outcome.stderr)
    assert "[TMP]/store" in outcome.stderr
    journey.world.store.unlink()
    journey.heals()


@either_route
def test_links_on_the_way_are_followed(begin: Begin, route: Route) -> None:
    """The home, the caches and the project are reached by links; the project is the same by either way."""
    journey = begin(route)
    world = journey.world
    (world.root / "disk" / "store").mkdir(parents=True, mode=0o700)
    (world.root / "disk" / "cache").mkdir(mode=0o700)
    world.store.symlink_to("disk/store")
    world.cache.symlink_to("disk/cache")
    (world.root / "linked").symlink_to("project")
    assert 0 == world.parity("sync", cwd=world.root / "linked").exit_code
    again = world.parity("sync")
    assert "in sync: " in again.stderr
    assert "built" not in again.stderr
    journey.heals()


# --- clocks --------------------------------------------------------------------------------------------------------


@either_route
@pytest.mark.parametrize("seconds", [-86400 * 400, pytest.param(86400 * 400, marks=slow)])
def test_a_clock_that_jumps_changes_nothing(moving: Journey, injector: Injector, seconds: int) -> None:
    """Back or forth by more than a year: the same lock, and all is proven."""
    hit = injector.parity(moving.world, "sync", injection=Shifted(seconds=seconds))
    assert 0 == hit.status, hit
    lock = (moving.world.project / "parity.lock").read_bytes()
    moving.heals()
    assert lock == (moving.world.project / "parity.lock").read_bytes()


def test_what_was_edited_while_the_clock_was_wrong_is_found(begin: Begin, injector: Injector) -> None:
    """With a stamp from the future, no file's time says anything: everything is read before it is linked."""
    journey = begin("venv")
    journey.parity("sync")
    edited = next(path for path in journey.world.cache.glob("wheels/v1/*/*/tree/site/left/__init__.py"))
    edited.chmod(0o644)
    edited.write_text("#" * edited.stat().st_size, encoding="utf-8")
    for stamp in journey.world.cache.glob("wheels/v1/*/*/trusted"):
        os.utime(stamp)  # newer than the edit, as if the clock had been put back for that
    journey.want_more()
    hit = injector.parity(journey.world, "sync", injection=Shifted(seconds=-86400))
    assert 0 == hit.status, hit
    assert "#" not in (journey.site / "left" / "__init__.py").read_text(encoding="utf-8")


# --- networks ------------------------------------------------------------------------------------------------------

_BROKEN: dict[str, Callable[[], Fault]] = {
    "dies": lambda: Fault("truncated"),
    "garbage": lambda: Fault("garbled"),
    "wrong bytes": lambda: Fault("corrupted"),
    "refuses": lambda: Fault("status", 503),
}


@pytest.mark.parametrize("kind", _BROKEN)
@pytest.mark.parametrize("where", ["work-2-py3-none-any.whl", pytest.param("work", marks=slow)])
def test_a_network_that_fails_is_told(begin: Begin, kind: str, where: str) -> None:
    """In the middle of the index's page or of a wheel: an error, the old environment, and then all is well."""
    journey = begin("venv")
    journey.parity("sync")
    journey.want(2)
    journey.world.index.faults[where] = _BROKEN[kind]()
    outcome = journey.world.parity("sync")
    if outcome.exit_code:
        is_clear(outcome.exit_code, outcome.stderr)
        assert "1" == journey.installed()
    journey.world.index.faults.clear()
    journey.heals()


def test_a_slow_network_is_waited_for(begin: Begin) -> None:
    """What comes late, comes."""
    journey = begin("venv")
    held = Fault("held")
    journey.world.index.faults["work-1-py3-none-any.whl"] = held
    process = journey.world.start("sync")
    threading.Timer(2.0, held.release.set).start()
    _, stderr = process.communicate()
    assert 0 == process.returncode, stderr
    journey.heals()
