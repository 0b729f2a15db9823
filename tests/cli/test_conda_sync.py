"""The conda route after solving: a lock becomes an environment that runs, is protected, and is what was locked."""

import hashlib
import json
import re
import stat
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from parity.core.lockfile import v1
from parity.core.lockfile.model import LockedWheel, Lockfile
from tests.support.conda.channel import Channels
from tests.support.conda.packages import Package, write_channel
from tests.support.conda.server import serve_channel
from tests.support.projects import World
from tests.support.serving import Fault
from tests.support.wheels import make_wheel, write_project

MOST_MODULES_OF_A_BUILD = 138  # of its own; 136 when this was written

Write = Callable[..., Lockfile]


def site(environment: Path) -> Path:
    return next(environment.glob("lib/python3*/site-packages"))


def wheel_of(world: World, name: str, version: str, target: str) -> LockedWheel:
    file = next(world.wheels.glob(f"{name}-{version}-*.whl"))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return LockedWheel(name=name, version=version, targets=(target,), index="default", file=file.name, sha256=digest)


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


def test_a_check_looks_into_the_packages_of_the_cache(write: Write, world: World) -> None:
    """Without the environment, a lock of conda packages is looked into where they lie unpacked."""
    write("greetapp")
    world.parity("sync", "--frozen")
    with_environment = json.loads(world.parity("check", "--json").raw_stdout)
    (world.project / ".venv").unlink()
    without = json.loads(world.parity("check", "--json").raw_stdout)
    every = without["data"]["artifacts"]

    assert every > 3
    assert [every, every] == [each["data"]["looked_into"] for each in (with_environment, without)]
    assert [None, "runs"] == [without["data"]["environment"], without["data"]["verdict"]]
    assert with_environment["findings"] == without["findings"]


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
    assert "" == made.stderr  # a first lock is no list of news
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


def test_run_starts_no_shell_for_activation(write: Write, world: World) -> None:
    """Scripts ran when the environment was built, and what they take from the caller was said; now they only count."""
    assert callable(write)  # it has named the folder of the channels
    script = 'echo ran >> "$HOME/ran"\nexport TOLD="$CONDA_PREFIX"\n'
    telling = Package("telling", noarch="generic", files={"etc/conda/activate.d/telling.sh": script})
    channel = write_channel(world.root / "channel", telling)
    asked = "[python, telling, activate-caller]"
    world.write("environment.yml", f"channels: [{channel.as_uri()!r}, conda-forge]\ndependencies: {asked}\n")
    made = world.parity("sync", "--json")
    findings = [(each["code"], each["subject"]) for each in json.loads(made.raw_stdout)["findings"]]
    assert [("activation-varies", "ACTIVATE_CALLER_FLAGS")] == findings
    prefix, runs = world.environment(), (world.home / "ran").read_text()
    empty = world.root / "no-programs"
    empty.mkdir()
    world.extra.update(PATH=str(empty), CFLAGS="-g")
    code = "import os; e = os.environ; print(os.getpid(), e['TOLD'], e['ACTIVATE_CALLER_FLAGS'], e['PATH'], sep='|')"
    for options in ([], ["--no-sync"]):
        process = world.start("run", *options, "python", "-c", code)
        said, error = process.communicate()
        assert (f"{process.pid}|{prefix}|none -O2|{prefix}/bin:{empty}\n", "") == (said, error)
    assert runs == (world.home / "ran").read_text()


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


def files_outside(world: World) -> set[Path]:
    """Return every file of the user's that is neither the project's nor parity's own."""
    folders = [world.home, world.root / "data", world.root / "configuration", world.root / "tmp"]
    return {path for folder in folders for path in folder.rglob("*")}


def test_menus_are_left_alone(write: Write, world: World) -> None:
    """A package's menu lies in the environment as a file; the desktop of the user is not written to."""
    assert callable(write)  # it has named the folder of the channels
    systems: dict[str, object] = {"linux": {}, "osx": {}}
    item = {"name": "Viewer", "command": ["viewer"], "activate": False, "description": "", "platforms": systems}
    menu = json.dumps({"menu_name": "Viewers", "menu_items": [item]})
    channel = write_channel(world.root / "channel", Package("viewer", noarch="generic", files={"Menu/v.json": menu}))
    world.extra.update(XDG_DATA_HOME=str(world.root / "data"), XDG_CONFIG_HOME=str(world.root / "configuration"))
    before = files_outside(world)
    world.write("environment.yml", f"channels: [{channel.as_uri()!r}, conda-forge]\ndependencies: [viewer, menus]\n")
    outcome = world.parity("sync")
    assert 0 == outcome.exit_code, outcome
    prefix = world.environment()
    assert menu == (prefix / "Menu" / "v.json").read_text()
    assert (prefix / "Menu" / "menus.json").is_file()
    assert before == files_outside(world)
    assert 0 == world.parity("verify", "--deep").exit_code


MIRRORED = '[tool.parity]\nmanifests = ["environment.yml"]\n[tool.parity.conda.mirrors]\nconda-forge = "{}"\n'


@pytest.mark.parametrize("setting", ["variable", "table"])
def test_a_lock_installs_from_a_mirror_of_its_channel(
    write: Write, world: World, conda_channels: Channels, setting: str
) -> None:
    """With the channel gone and nothing cached; another file of the name is refused there too."""
    assert callable(write)  # a channel of this test stands in for the one in the folder
    with serve_channel(conda_channels.root) as original:
        world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = original.url
        world.write("environment.yml", "channels: [conda-forge]\ndependencies: [libgreet]\n")
        if setting == "table":
            world.write("pyproject.toml", MIRRORED.format(original.channel("conda-forge")))
        assert 0 == world.parity("lock").exit_code
    text = (world.project / "parity.lock").read_text()
    file = next(package["file"] for package in tomllib.loads(text)["conda"] if package["name"] == "libgreet")
    assert original.address not in text
    with serve_channel(conda_channels.forge) as mirror:
        if setting == "variable":
            world.extra["PARITY_CONDA_MIRRORS"] = f"conda-forge={mirror.url}"
        else:
            world.write("pyproject.toml", MIRRORED.format(mirror.url))
        mirror.faults[file] = Fault("replaced")
        refused = world.parity("sync", "--locked")
        assert (1, "") == (refused.exit_code, refused.stdout)
        assert f"error: `{file}` of the channel `conda-forge` is not what was locked" in refused.stderr
        mirror.faults.clear()
        asked = len(original.requests)
        made = world.parity("sync", "--locked")
    assert 0 == made.exit_code, made
    assert file in mirror.downloads
    assert asked == len(original.requests)
    assert text == (world.project / "parity.lock").read_text()
    assert "hello 1.1" in world.parity("run", "--no-sync", "greet").stdout


def test_a_package_that_is_not_the_distribution_of_its_name_is_told(write: Write, world: World) -> None:
    """An unknown name is taken for PyPI's; where that was wrong, who needs it is named."""
    assert callable(write)  # it has named the folder of the channels
    hollow = Package("hollow", noarch="python", depends=["python"], files={"site-packages/other.py": ""})
    channel = write_channel(world.root / "channel", hollow)
    make_wheel(world.wheels, "needy", "1.0", requires=["hollow", "wordlib"])
    pip = "dependencies: [hollow, wordlib, pip: [needy]]\n"
    world.write("environment.yml", f"channels: [{channel.as_uri()!r}, conda-forge]\n{pip}")
    outcome = world.parity("sync", "--json")
    assert 0 == outcome.exit_code, outcome
    (finding,) = json.loads(outcome.raw_stdout)["findings"]
    assert ("distribution-missing", "hollow", "needy") == (finding["code"], finding["subject"], finding["package"])


def test_building_loads_little(conda: World) -> None:
    """A sync that builds from what is cached loads no more than that takes: nothing that solves, fetches or plans."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [python, textapp]\n")
    fetched = conda.parity("sync")
    assert 0 == fetched.exit_code, fetched
    store = {"PARITY_HOME": str(conda.root / "second-store"), "PYTHONPROFILEIMPORTTIME": "1"}
    built = conda.parity("sync", cwd=conda.copy_project(), env=store)
    assert (0, True) == (built.exit_code, "built in" in built.stderr), built
    names = re.findall(r"^import time:.*\| +(\S+)$", built.stderr, flags=re.MULTILINE)
    own = [name for name in names if name.startswith("parity.")]
    assert MOST_MODULES_OF_A_BUILD >= len(own), "\n".join(own)
    assert set() == {*names} & {"parity.core.resolution", "parity.core.translation.names", "parity.engines.conda.solve"}
