"""`parity gc`, as a user types it: what nobody reaches goes, what anybody uses stays, and what it frees is true."""

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parity.core.ports import SilentReporter
from parity.engines.store.named import Named
from parity.engines.system.locks import Lock
from parity.workflows.gc import collect
from parity.workflows.wiring_upkeep import gc_tools
from tests.support.injection import Injector, Signalled
from tests.support.projects import World, files_of

PATIENCE = 30.0


@pytest.fixture
def past(world: World) -> World:
    """Give a project three generations, each with an environment of its own."""
    for more in ("", "files\n", "plugin\n"):
        world.write("requirements.txt", f"app\n{more}")
        assert 0 == world.parity("sync").exit_code
    return world


def stored(world: World) -> set[str]:
    """Return what is among the environments."""
    folder = world.store / "envs" / "v1"
    private = folder / "private"
    inside = {f"private/{path.name}" for path in private.iterdir()} if private.exists() else set()
    return {path.name for path in folder.iterdir() if path.name != "private"} | inside


def gc(world: World, *options: str) -> dict[str, Any]:
    """Collect and return the data of the answer, once all files are removed."""
    outcome = world.parity("gc", "--json", "--wait", *options)
    assert 0 == outcome.exit_code, outcome
    return dict(json.loads(outcome.raw_stdout)["data"])


def keys(world: World) -> list[str]:
    """Return the environments of the history, in order."""
    found = json.loads(world.parity("history", "--json").raw_stdout)["data"]["generations"]
    return [each["key"] for each in found]


def used(folder: Path) -> int:
    """Return what a folder takes on the disk, each file once."""
    every = [folder.lstat(), *(path.lstat() for path in folder.rglob("*"))]
    return 512 * sum({found.st_ino: found.st_blocks for found in every}.values())


def test_nothing_goes_that_a_generation_needs(past: World) -> None:
    """Neither environments nor locks, and going back works."""
    before = stored(past)
    outcome = past.parity("gc")
    back = past.parity("rollback", "1")

    assert (0, "", "removed 0 environments, 3 stay: freed [SIZE]\n") == outcome.said
    assert (before, 0) == (stored(past), back.exit_code)


def test_only_so_many_generations_are_kept(past: World) -> None:
    """What goes is no more in the history either, and the numbers go on."""
    first, second, third = keys(past)
    dry = gc(past, "--keep", "2", "--dry-run")
    untouched = stored(past)
    wet = gc(past, "--keep", "2")
    history = keys(past)
    past.parity("rollback")

    assert {**dry, "dry_run": False} == wet
    assert ([first], 1, 2) == (wet["environments"], wet["generations"], wet["kept"])
    assert {first, second, third} == untouched
    assert [second, third] == history
    assert ({second, third}, second) == (stored(past), past.environment().name)
    assert 0 == past.parity("verify", "--deep").exit_code
    assert 2 == len(files_of(past.store / "roots" / "v1" / "locks"))


def test_what_is_said_to_be_freed_is_freed(past: World) -> None:
    """On the disk, in blocks: files that the cache has too are not counted, and once it lets go they are."""
    before = used(past.store)
    freed = gc(past, "--keep", "1")["freed"]
    after = used(past.store)
    cached = used(past.cache)
    cleaned = json.loads(past.parity("cache", "clean", "--json").raw_stdout)["data"]["freed"]

    assert freed > 0
    assert abs(before - after - freed) <= 64 * 1024, "records and lock files apart"
    assert 0 < cleaned <= cached


def test_the_current_generation_always_stays(past: World) -> None:
    """However old it is: a rollback is a generation, and what a link leads to is in use."""
    past.parity("rollback", "1")
    first = past.environment().name
    data = gc(past, "--keep", "1")

    assert (2, {first}) == (len(data["environments"]), stored(past))
    assert "hello from app\n" == past.parity("run", "app").stdout


def test_a_link_alone_keeps_an_environment(past: World) -> None:
    """Led to an older environment by hand, it is still in use."""
    first, _, third = keys(past)
    (past.project / ".venv").unlink()
    (past.project / ".venv").symlink_to(past.store / "envs" / "v1" / first)
    gc(past, "--keep", "1")

    assert {first, third} == stored(past)


def test_a_project_whose_folder_is_gone_has_nothing(past: World) -> None:
    """Its environments go, those that another project has too stay."""
    other = past.copy_project()
    past.parity("sync", cwd=other)
    third = past.environment().name
    shutil.rmtree(past.project)
    past.project.mkdir()
    (past.project / "parity.lock").touch()
    kept = gc(past)["projects"]
    shutil.rmtree(past.project)
    outcome = past.parity("gc", "--json", "--wait", cwd=other)

    assert [] == kept
    assert [str(past.project)] == json.loads(outcome.raw_stdout)["data"]["projects"]
    assert {third} == stored(past)
    assert "hello from app\n" == past.parity("run", "app", cwd=other).stdout
    assert [".run", ""] == sorted(path.suffix for path in (past.store / "roots/v1").iterdir() if path.is_file())[::-1]


def test_what_a_program_uses_stays(past: World) -> None:
    """A Python that is at work in an old environment keeps it, and it goes when that has ended."""
    past.parity("rollback", "1")
    code = "import sys; print('up', flush=True); sys.stdin.read(); import left; print(left.__file__)"
    with subprocess.Popen(
        [sys.executable, "-m", "parity", "run", "python", "-c", code],
        cwd=past.project,
        env=past.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as job:
        assert job.stdout is not None
        assert "up\n" == job.stdout.readline()
        first = past.environment().name
        past.parity("sync")
        busy = past.parity("gc", "--keep", "1", "--wait")
        assert first in stored(past)
        told, _ = job.communicate(timeout=PATIENCE)
    gc(past, "--keep", "1")

    assert f"note: `{first}` is no project's any more and stays, because a running program uses it\n" in busy.stderr
    assert first in told
    assert first not in stored(past)


def test_a_shell_that_stands_in_an_environment_keeps_it(past: World) -> None:
    """By its working directory alone."""
    first = keys(past)[0]
    sleeper = subprocess.Popen(["/bin/sleep", "60"], cwd=past.store / "envs/v1" / first, env={})
    try:
        gc(past, "--keep", "1")
        assert first in stored(past)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_what_killed_processes_left_goes(past: World) -> None:
    """Half environments, graves, half trees, scratch, half records, half links and locks."""
    envs, roots = past.store / "envs" / "v1", past.store / "roots" / "v1"
    tag = files_of(past.cache / "wheels" / "v1")[0]
    third = past.environment()
    left = [
        envs / "halfhalfhalfhalfhalf" / "lib" / "x.py",
        envs / f"{third.name}.old-1234" / "lib" / "x.py",
        envs / ".old-1234-something" / "lib" / "x.py",
        past.cache / "wheels" / "v1" / tag / ".new-1-x" / "tree" / "x.py",
        past.cache / "bytecode" / "v1" / tag / ".old-1-x" / "tree" / "x.py",
        past.cache / "scratch" / tag / "env" / "x.py",
        past.cache / ".old-1-x" / "x.py",
        roots / "0123456789abcdef0123456789abcdef.1234.tmp",
        roots / "locks" / "abc.1234.tmp",
        past.store / "memos" / "v1" / "abc.1234.tmp",
        past.project / ".parity.lock.1234.tmp",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (past.project / ".venv.parity-new").symlink_to(third)
    (past.project / ".venv.aside").mkdir()
    gc(past)

    assert [] == [path for path in left if path.exists()]
    assert [".venv", ".venv.aside", "parity.lock", "requirements.txt"] == files_of(past.project)
    assert set(keys(past)) == stored(past)
    assert 0 == past.parity("verify", "--deep").exit_code


def test_it_waits_for_whoever_changes_a_project(past: World) -> None:
    """Between building an environment and noting it in the history, nobody may take it for unused."""
    held = past.root / "held.py"
    held.write_text(
        "import sys\nfrom parity.engines.store.roots import Roots\n"
        "with Roots(sys.argv[1]).lock(sys.argv[2]):\n    print('held', flush=True)\n    sys.stdin.read()\n",
        encoding="utf-8",
    )
    command = [sys.executable, str(held), str(past.store), str(past.project)]
    with subprocess.Popen(
        command, env=past.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as holder:
        assert holder.stdout is not None
        assert "held\n" == holder.stdout.readline()
        collecting = past.start("gc", "--keep", "1", "--wait")
        with pytest.raises(subprocess.TimeoutExpired):
            collecting.wait(timeout=1)  # long enough for it to be done, were it not waiting
        before = stored(past)
        holder.communicate()
    collecting.communicate(timeout=PATIENCE)

    assert 3 == len(before)
    assert (0, 1) == (collecting.returncode, len(stored(past)))


def test_a_damaged_record_of_a_project_keeps_everything(past: World) -> None:
    """Nobody knows any more which environment is its, so none goes; a sync heals it."""
    (root,) = [path for path in (past.store / "roots" / "v1").iterdir() if len(path.name) == 32]
    text = root.read_bytes()
    root.write_bytes(text.replace(b"generation\t3", b"generation\t4"))
    outcome = past.parity("gc", "--keep", "1", "--wait")
    kept, synced = len(stored(past)), past.parity("sync", "--locked")
    again = past.parity("gc", "--keep", "1", "--wait")

    assert (0, 3) == (outcome.exit_code, kept)
    assert outcome.stderr.startswith(f"warning: roots/v1/{root.name}: the record of a project is damaged")
    assert (0, 0, 1) == (synced.exit_code, again.exit_code, len(stored(past)))
    assert past.environment().name in stored(past)


def test_at_least_one_is_kept(past: World) -> None:
    """Nought or less is no number of generations."""
    assert 2 == past.parity("gc", "--keep", "0").exit_code


def test_an_empty_store_has_nothing_to_collect(world: World) -> None:
    """And outside a project it works too."""
    outcome = world.parity("gc", cwd=world.home)

    assert (0, "", "removed 0 environments, 0 stay: freed [SIZE]\n") == outcome.said
    assert world.store.is_dir()


def graves(world: World) -> list[str]:
    """Return what was set aside and is still there."""
    return [name for name in stored(world) if name.startswith(".old-")]


def until_removed(world: World) -> None:
    """Return when what was set aside is no more."""
    deadline = time.monotonic() + PATIENCE
    while graves(world):
        assert time.monotonic() < deadline, graves(world)
        time.sleep(0.01)


def test_nobody_waits_for_files_to_be_removed(past: World) -> None:
    """The environments are gone when the command ends; never do two remove files."""
    with Lock(str(past.store / "locks" / "v1" / "removal")):
        outcome = past.parity("gc", "--keep", "1", "--json")
        aside = graves(past)
        busy = past.parity("gc", "--finish")
    past.parity("gc", "--finish")
    until_removed(past)

    said = json.loads(outcome.raw_stdout)["data"]
    assert (True, 2, 1) == (said["background"], len(said["environments"]), said["kept"])
    assert sorted(said["environments"]) == sorted(name.rpartition("-")[2] for name in aside)
    assert "removed 0 environments, 1 stays: [SIZE] are being freed in the background\n" == busy.stderr
    assert 0 == past.parity("verify", "--deep").exit_code


def test_files_are_removed_behind_a_session_that_ends(past: World) -> None:
    """Everything that the shell had started is killed as soon as the command has returned."""
    script = f"{sys.executable} -m parity gc --keep 1; kill -KILL 0"
    shell = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=past.project,
        env=past.environ,
        capture_output=True,
        encoding="utf-8",
        start_new_session=True,
        check=False,
    )
    until_removed(past)

    assert (-signal.SIGKILL, 1) == (shell.returncode, len(stored(past)))
    assert "1 stays: " in shell.stderr
    assert shell.stderr.endswith(" are being freed in the background\n")


def test_a_removal_that_was_killed_is_told_and_finished(past: World, tmp_path: Path) -> None:
    """What it left is nobody's environment, and goes with the next collection."""
    for number, key in enumerate(keys(past)[:2]):
        shutil.copytree(past.store / "envs/v1" / key, past.store / "envs/v1" / f".old-{number}-{key}", symlinks=True)
    injector = Injector.compiled(tmp_path)
    hit = injector.parity(past, "gc", "--finish", injection=Signalled(at=40))
    left = len(graves(past))
    late = past.parity("gc")
    until_removed(past)

    assert (-signal.SIGKILL, 2) == (hit.status, left)
    assert late.stderr.startswith("note: envs/v1: 2 folders that an earlier collection removes are still there")
    assert (3, 0) == (len(stored(past)), past.parity("verify", "--deep").exit_code)


def test_files_are_removed_at_once_where_no_process_can_be_started(past: World) -> None:
    """By who would have started it."""
    tools = replace(gc_tools(past.environ), finish_behind=lambda: False)
    result = collect(tools, keep=1, dry_run=False, reporter=SilentReporter())

    assert (2, False) == (len(result.environments), result.background)
    assert 1 == len(stored(past))


def test_copies_of_which_nothing_is_made_any_more_go(world: World) -> None:
    """Those that a named environment is made of stay, and it can be made anew from them."""
    for text in ("app\n", "app\nplugin\n"):
        world.write("requirements.txt", text)
        words = ("-f", "requirements.txt", "-n", "tools")
        assert 0 == world.parity("env", "create", *words, "--force").exit_code
    folder = world.store / "named" / "v1" / "tools" / "files"
    before = files_of(folder)
    with Named(str(world.store)).lock(str(folder.parent)):
        busy = gc(world)["leftovers"]
    went = gc(world)["leftovers"]

    assert (2, []) == (len(before), busy)
    assert went == [str(folder / name) for name in before if name not in files_of(folder)]
    assert 1 == len(files_of(folder))
    assert 0 == world.parity("lock", "-n", "tools", "--upgrade").exit_code
