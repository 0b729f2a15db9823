"""The conda route after solving: a lock becomes an environment that runs, is protected, and is what was locked."""

import hashlib
import json
import os
import signal
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parity.core.lockfile import v1
from parity.core.lockfile.model import LockedWheel, Lockfile
from tests.support.conda.channel import Channels
from tests.support.conda.locks import conda_lock, locked_packages
from tests.support.conda.server import ServedChannels, serve_channel
from tests.support.projects import World, files_of
from tests.support.serving import Fault
from tests.support.wheels import make_wheel, write_project

Write = Callable[..., Lockfile]


@pytest.fixture
def write(world: World, conda_channels: Channels) -> Write:
    """Return what writes a lock of some packages into the project; the channels are in a folder."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()

    def lock(*specs: str, **others: Any) -> Lockfile:
        made = replace(conda_lock(conda_channels, *locked_packages(conda_channels, world.root, *specs)), **others)
        world.write("parity.lock", v1.dump(made))
        return made

    return lock


@pytest.fixture
def served(write: Write, world: World, conda_channels: Channels) -> Iterator[ServedChannels]:
    """Serve the channels over HTTP in place of the folder."""
    assert callable(write)  # it has named the folder of the channels
    with serve_channel(conda_channels.root) as channels:
        world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = channels.url
        yield channels


def site(environment: Path) -> Path:
    return next(environment.glob("lib/python3*/site-packages"))


def wheel_of(world: World, name: str, version: str, target: str) -> LockedWheel:
    file = next(world.wheels.glob(f"{name}-{version}-*.whl"))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return LockedWheel(name=name, version=version, targets=(target,), index="default", file=file.name, sha256=digest)


def environments(world: World) -> list[str]:
    """Return the environments that the store has, whole or not."""
    folder = world.store / "envs" / "v1"
    return files_of(folder) if folder.exists() else []


def test_what_is_locked_runs(write: Write, world: World) -> None:
    """The interpreter, a C program, an extension, entry points of noarch packages; nothing differs on disk."""
    write("greetapp", "textapp", "links", "old-format", "env-vars")
    made = world.parity("sync", "--frozen")
    assert (0, "") == (made.exit_code, made.stdout), made
    prefix = world.environment()
    for command, said in (
        (["greetapp"], f"hello {prefix}\n"),
        (["textapp", "a b"], "textapp a b\n"),
        (["greet"], f"hello 1.1 {prefix}\n"),
        (["links"], "links\n"),
        (["python", "-c", "import greet, ssl, sys; print(greet.word(), sys.prefix)"], f"hello {prefix}\n"),
        (
            ["sh", "-c", 'echo "$CONDA_PREFIX $CONDA_DEFAULT_ENV $ENV_VARS_GREETING"'],
            f"{prefix} {prefix} hello there\n",
        ),
    ):
        assert (0, said) == (world.parity("run", "--no-sync", *command).exit_code, said)
        assert said == world.parity("run", "--no-sync", *command).raw_stdout
    for mode in ([], ["--deep"]):
        verified = world.parity("verify", *mode)
        assert 0 == verified.exit_code, verified


def test_list_says_build_and_channel(write: Write, world: World) -> None:
    """The Python of conda is a package like any other, and who asked for what is known."""
    lock = write("greetapp")
    world.parity("sync", "--frozen")
    listed = {each["name"]: each for each in json.loads(world.parity("list", "--json").raw_stdout)["data"]["packages"]}
    assert {package.name for package in lock.conda} == set(listed)
    assert {"conda"} == {each["kind"] for each in listed.values()}
    table = world.parity("list").stdout.splitlines()
    assert {"greet", "conda-forge", listed["greet"]["build"]} <= set(table[0].split())
    greet = listed["greet"]
    assert ("conda-forge", False, ["greetapp"]) == (greet["channel"], greet["requested"], greet["required_by"])
    assert next(package.build for package in lock.conda if package.name == "greet") == greet["build"]
    assert listed["greetapp"]["requested"]


def test_an_environment_is_read_only_and_protected(write: Write, world: World) -> None:
    """Files and folders; pip and conda are told what to do instead; the records name nothing of this machine."""
    write("greetapp", "links")
    world.parity("sync", "--frozen")
    prefix = world.environment()
    writable = [
        path
        for path in [prefix, *prefix.rglob("*")]
        if not path.is_symlink() and path.stat().st_mode & 0o222 and ".parity" not in path.parts
    ]
    assert [] == writable
    assert "parity sync" in (site(prefix).parent / "EXTERNALLY-MANAGED").read_text()
    assert "parity sync" in json.loads((prefix / "conda-meta" / "frozen").read_text())["message"]
    history = (prefix / "conda-meta" / "history").read_text()
    assert '# update specs: ["greetapp", "links"]\n' in history
    record = next((prefix / "conda-meta").glob("greet-*.json")).read_text()
    assert str(world.root) not in record


def test_a_second_project_shares_everything(write: Write, world: World) -> None:
    """The same lock elsewhere is a link; another lock shares the files, and noarch modules are compiled once."""
    write("textapp", "greet")
    world.parity("sync", "--frozen")
    first = world.environment()
    second = world.copy_project()
    again = world.parity("sync", "--frozen", "--json", cwd=second)
    assert json.loads(again.raw_stdout)["data"]["reused"]
    assert first == world.environment(second)
    write("textapp")
    world.parity("sync", "--frozen")
    other = world.environment()
    assert first != other
    for path in ("textapp/__init__.py", "textapp/__pycache__"):
        one, two = site(first) / path, site(other) / path
        files = [(one, two)] if one.is_file() else list(zip(sorted(one.iterdir()), sorted(two.iterdir()), strict=True))
        assert files
        assert all(mine.samefile(theirs) for mine, theirs in files)


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


def test_link_scripts_run_by_name_only(write: Write, world: World) -> None:
    """Which there are is said; one that is allowed runs, in an environment that shares no file with the cache."""
    stamp = "share/linked/stamp"
    lock = write("linked")
    without = world.parity("sync", "--frozen")
    assert "`linked` has a script that it wants to run when it is installed, and it was not run" in without.stderr
    first = world.environment()
    assert not (first / stamp).exists()
    world.write("parity.lock", v1.dump(replace(lock, link_scripts=("linked",))))
    outcome = world.parity("sync", "--frozen")
    assert "was not run" not in outcome.stderr
    assert "linked 1.0\n" == (world.environment() / stamp).read_text()
    assert 1 == (world.environment() / "share/linked/note.txt").stat().st_nlink
    assert 0 == world.parity("verify", "--deep").exit_code
    assert not (first / stamp).exists()


def test_wheels_stand_over_conda_packages(write: Write, world: World, conda_channels: Channels) -> None:
    """They run on conda's Python, take nothing from a conda package, and are verified with it."""
    make_wheel(world.wheels, "rival", "1.0", modules={"wordlib/__init__.py": "stolen = 1\n", "rival.py": "x = 1\n"})
    target = conda_channels.subdir
    wheels = tuple(wheel_of(world, name, "1.0", target) for name in ("app", "left", "base", "rival"))
    write("textapp", wheels=wheels)
    outcome = world.parity("sync", "--frozen")
    assert 0 == outcome.exit_code, outcome
    prefix = world.environment()
    conflict = f"`wordlib` and `rival` both bring `{(site(prefix) / 'wordlib/__init__.py').relative_to(prefix)}`"
    assert conflict in outcome.stderr
    assert "stolen" not in (site(prefix) / "wordlib" / "__init__.py").read_text()
    assert "hello from app\n" == world.parity("run", "--no-sync", "app").stdout
    code = "import rival, wordlib, textapp, app; print(rival.x)"
    assert "1\n" == world.parity("run", "--no-sync", "python", "-c", code).stdout
    assert 0 == world.parity("verify", "--deep").exit_code
    kinds = [
        (each["name"], each["kind"])
        for each in json.loads(world.parity("list", "--json").raw_stdout)["data"]["packages"]
    ]
    assert {("app", "pypi"), ("wordlib", "conda")} <= set(kinds)


def test_a_project_is_built_by_the_interpreter_of_its_packages(
    write: Write, world: World, conda_channels: Channels
) -> None:
    """Editable itself, with a library from a folder: conda's Python builds them, no Python of this machine."""
    code = {"mine/__init__.py": "import made, wordlib\n\ndef main() -> None:\n    print(made.__file__)\n"}
    write_project(world.project, "mine", modules=code, entry_points={"mine": "mine:main"})
    write_project(world.project / "made", "made", modules={"made/__init__.py": ""})
    target = (conda_channels.subdir,)
    own = LockedWheel(name="mine", version="", targets=target, path=".", editable=True)
    made = LockedWheel(name="made", version="1.0", targets=target, path="made")
    write("wordlib", wheels=(own, made))
    outcome = world.parity("sync", "--frozen")
    assert 0 == outcome.exit_code, outcome
    where = world.parity("run", "--no-sync", "mine").raw_stdout
    assert f"{site(world.environment())}/made/__init__.py\n" == where
    assert 0 == world.parity("verify", "--deep").exit_code
    alone = world.parity("sync", "--frozen", "--no-project")
    assert 0 == alone.exit_code, alone
    assert 1 == world.parity("run", "--no-sync", "python", "-c", "import mine").exit_code


def test_an_environment_needs_no_python(write: Write, world: World) -> None:
    """Tools alone make one too; distributions over it are refused."""
    lock = write("libgreet", "data-files")
    assert 0 == world.parity("sync", "--frozen").exit_code
    prefix = world.environment()
    assert f"hello 1.1 {prefix}\n" == world.parity("run", "--no-sync", "greet").raw_stdout
    assert 0 == world.parity("verify", "--deep").exit_code
    wheel = wheel_of(world, "base", "1.0", lock.targets[0].name)
    world.write("parity.lock", v1.dump(replace(lock, wheels=(wheel,))))
    refused = world.parity("sync", "--frozen")
    assert (1, "") == (refused.exit_code, refused.stdout)
    assert "no `python` among its conda packages" in refused.stderr
    assert prefix == world.environment()


def test_a_private_environment_may_be_written_to(write: Write, world: World) -> None:
    """Its files are its own: an edit reaches neither the cache nor another environment."""
    write("textapp", "links")
    world.parity("sync", "--frozen")
    shared = world.environment()
    outcome = world.parity("sync", "--frozen", "--copy")
    assert 0 == outcome.exit_code, outcome
    private = world.environment()
    assert 0 == world.parity("verify", "--deep").exit_code
    edited = site(private) / "wordlib" / "__init__.py"
    assert edited.stat().st_mode & stat.S_IWUSR
    text = edited.read_text()
    edited.write_text("changed = 1\n")
    assert text == (site(shared) / "wordlib" / "__init__.py").read_text()
    assert "changed" in world.parity("run", "--no-sync", "python", "-c", "import wordlib; print(vars(wordlib))").stdout


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


MANIFEST = """\
name: words
channels: [conda-forge]
dependencies:
  - python
  - textapp
  - activate-static
variables:
  GREETING: "good morning"
"""


def test_from_manifest_to_a_running_program(write: Write, world: World) -> None:
    """One command; what has nothing to do starts neither rattler nor a shell, in another project too."""
    assert callable(write)  # it has named the folder of the channels
    world.write("environment.yml", MANIFEST)
    made = world.parity("run", "textapp", "a")
    assert (0, "textapp a\n") == (made.exit_code, made.stdout), made
    told = 'echo "$GREETING $ACTIVATE_STATIC_HOME $VIRTUAL_ENV" && static-tool'
    run = world.run("python3", "-X", "importtime", "-m", "parity", "run", "sh", "-c", told, env={"VIRTUAL_ENV": "/v"})
    prefix = world.environment()
    assert f"good morning {prefix}/share/activate-static \nstatic-tool\n" == run.raw_stdout, run
    assert not [name for name in ("rattler", "subprocess", "asyncio", "tomllib") if f" {name}\n" in run.stderr]
    again = world.parity("sync")
    assert (0, f"in sync: .venv is {prefix.name}\n") == (again.exit_code, again.stderr)
    second = world.copy_project()
    assert 0 == world.parity("sync", cwd=second).exit_code
    assert prefix == world.environment(second)
    world.write("environment.yml", MANIFEST.replace("good morning", "good night"))
    assert "good night\n" == world.parity("run", "sh", "-c", 'echo "$GREETING"').stdout
    assert prefix != world.environment()


def test_a_manifest_allows_link_scripts(write: Write, world: World) -> None:
    """`[tool.parity.conda] link-scripts` is in the lock, so that a lock alone says it too."""
    assert callable(write)  # it has named the folder of the channels
    settings = '[tool.parity.conda]\nchannels = ["conda-forge"]\ndependencies = ["linked"]\n'
    world.write("pyproject.toml", settings)
    without = world.parity("sync")
    assert 0 == without.exit_code, without
    assert "it was not run" in without.stderr
    world.write("pyproject.toml", settings + 'link-scripts = ["linked"]\n')
    assert 0 == world.parity("sync").exit_code
    assert "linked 1.0\n" == (world.environment() / "share/linked/stamp").read_text()
    assert 'link-scripts = ["linked"]' in (world.project / "parity.lock").read_text()
