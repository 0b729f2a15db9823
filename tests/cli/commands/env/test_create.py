"""`parity env create`, as a user types it: from files, packages and locks; all of it, or nothing."""

import hashlib
import json
import os
import signal
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.conda.channel import Channels
from tests.support.projects import World, files_of
from tests.support.serving import Fault
from tests.support.wheels import make_wheel, write_project

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2", "UV_HTTP_RETRIES": "0"}
PREFIX = "import sys; print(sys.prefix)"
PATIENCE = 60.0


@pytest.fixture
def channels(world: World, conda_channels: Channels) -> Channels:
    """Have the channels in a folder."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    return conda_channels


def data(world: World, *words: str) -> dict[str, Any]:
    """Return the data of a command that succeeds."""
    outcome = world.parity(*words, "--json")
    assert 0 == outcome.exit_code, outcome
    found: dict[str, Any] = json.loads(outcome.raw_stdout)["data"]
    return found


def names(world: World) -> list[str]:
    """Return the names of all environments that belong to no project."""
    return [each["name"] or each["prefix"] for each in data(world, "env", "list")["environments"]]


def packages(world: World, *which: str) -> set[str]:
    """Return what is in an environment."""
    return {each["name"] for each in data(world, "list", *which)["packages"] if each["kind"] != "interpreter"}


def test_a_name_is_all_it_takes(world: World) -> None:
    """A copy of the files counts: they may change and go, and the environment stays in sync with what it was."""
    world.write("requirements.txt", "-r more.txt\napp\n")
    world.write("more.txt", "plugin\n")
    created = data(world, "env", "create", "-f", "requirements.txt", "-n", "tools")
    assert ("tools", None, False) == (created["name"], created["prefix"], created["reused"])
    assert ["more.txt", "requirements.txt"] == files_of(world.project)
    (world.project / "more.txt").unlink()
    world.write("requirements.txt", "no-such-package\n")
    for where in (world.project, world.root):
        ran = world.parity("run", "-n", "tools", "python", "-c", PREFIX, cwd=where, env=NOWHERE)
        assert (0, f"{created['environment']}\n") == (ran.exit_code, ran.raw_stdout), ran
    synced = world.parity("sync", "-n", "tools", env=NOWHERE)
    assert (0, "") == (synced.exit_code, synced.stdout), synced
    assert {"app", "base", "left", "plugin"} == packages(world, "-n", "tools")
    assert 0 == world.parity("verify", "--deep", "-n", "tools").exit_code


def test_an_address_is_a_link(world: World) -> None:
    """Relative to the folder, below folders that are made; a project with the same packages shares the environment."""
    world.write("requirements.txt", "app\n")
    created = data(world, "env", "create", "-f", "requirements.txt", "-p", "deep/er/here")
    prefix = world.project / "deep" / "er" / "here"
    assert (None, str(prefix)) == (created["name"], created["prefix"])
    assert created["environment"] == str(prefix.resolve())
    assert f"{prefix}\n" == world.run(str(prefix / "bin" / "python"), "-c", PREFIX).raw_stdout
    ran = world.parity("run", "-p", "../project/deep/er/here", "app")
    assert (0, "hello from app\n", "") == ran.said
    assert (0, "hello from app\n", "") == world.parity("run", "--prefix", str(prefix), "app").said
    assert data(world, "sync")["reused"]


def test_the_file_names_the_environment(world: World, channels: Channels) -> None:
    """`name:` counts where no other is given; what conda would set is set, its name and prompt too."""
    pip = "  - pip:\n    - -r more.txt\n"
    head = f"name: nlp\nchannels: [conda-forge]\ndependencies:\n  - greetapp\n  - env-vars\n{pip}"
    world.write("environment.yml", f'{head}variables:\n  MINE: "yes"\n')
    world.write("more.txt", "left\n")
    created = data(world, "env", "create", "-f", "environment.yml")
    assert ("nlp", "conda") == (created["name"], created["route"])
    variables = ["CONDA_DEFAULT_ENV", "CONDA_PREFIX", "CONDA_PROMPT_MODIFIER", "ENV_VARS_GREETING", "MINE"]
    code = f"import os; print([os.environ[name] for name in {variables}])"
    wanted = ["nlp", created["environment"], "(nlp) ", "hello there", "yes"]
    for options in ([], ["--no-sync"]):
        ran = world.parity("run", "-n", "nlp", *options, "python", "-c", code)
        assert (0, f"{wanted}\n") == (ran.exit_code, ran.raw_stdout), ran
    assert channels.python_version in world.parity("run", "-n", "nlp", "python", "-V").stdout
    assert {"base", "greet", "left"} <= packages(world, "-n", "nlp")


def test_paths_mean_what_they_mean_where_the_file_stands(world: World, channels: Channels) -> None:
    """Folders of packages, channels and included files, whichever folder the environment is made and used from."""
    write_project(world.project / "lib", "local", requires=["left"], modules={"local.py": "where = 'first'\n"})
    (world.project / "channel").symlink_to(channels.forge)
    text = "channels: [./channel]\ndependencies:\n  - greetapp\n  - pip:\n    - -e ./lib\n"
    world.write("deep/environment.yml", text.replace("./", "../"))
    made = world.parity("env", "create", "-f", "project/deep/environment.yml", "-n", "mine", cwd=world.root)
    assert 0 == made.exit_code, made
    world.write("lib/src/local.py", "where = 'second'\n")
    show = ["python", "-c", "import greet, local; print(local.where)"]
    assert "second\n" == world.parity("run", "-n", "mine", *show, cwd=world.root).stdout


def test_packages_on_the_command_line(world: World, channels: Channels) -> None:
    """As for conda: specs, channels in the order of their priority; distributions of an index beside them."""
    words = ["greet", "-n", "quick", "wordlib<1", "-c", "pytorch", "-c", "conda-forge", "--pip", "left"]
    created = data(world, "env", "create", *words)
    listed = {each["name"]: each for each in data(world, "list", "-n", "quick")["packages"]}
    assert "conda" == created["route"]
    assert ("1.1", "conda-forge") == (listed["greet"]["version"], listed["greet"]["channel"])
    assert ("0.9", "pytorch") == (listed["wordlib"]["version"], listed["wordlib"]["channel"])
    assert {"base", "left", "greet"} <= set(listed)
    assert listed["greet"]["requested"]
    wrong = world.parity("env", "create", "-n", "wrong", "greet==9", "-c", "conda-forge")
    assert 1 == wrong.exit_code
    assert "command-line.yml" in wrong.stderr
    assert channels.python_version == listed["python"]["version"]


def locked_files(world: World, name: str) -> dict[str, str]:
    """Return the SHA-256 of each conda package in the lock of an environment, by channel, platform and file."""
    lock = tomllib.loads((world.store / "named" / "v1" / name / "parity.lock").read_text(encoding="utf-8"))
    return {f"{each['subdir']}/{each['file']}": each["sha256"] for each in lock["conda"]}


def test_an_explicit_list_gives_the_same_packages(world: World, channels: Channels) -> None:
    """With SHA-256, as parity and conda write it, and without: what is locked is the channel's own SHA-256."""
    data(world, "env", "create", "-n", "first", "greetapp", "old-format", "-c", "conda-forge")
    wanted = locked_files(world, "first")
    for number, ending in enumerate(["#sha256:{}", "#{}", ""]):
        lines = [f"{(channels.forge / file).as_uri()}{ending.format(sha256)}" for file, sha256 in wanted.items()]
        world.write("explicit.txt", "\n".join(["# platform: linux-64", "@EXPLICIT", *lines, ""]))
        made = data(world, "env", "create", "-f", "explicit.txt", "-n", f"again-{number}")
        assert wanted == locked_files(world, f"again-{number}")
        assert "conda" == made["route"]


def test_an_explicit_list_with_md5_is_compared(world: World, channels: Channels) -> None:
    """With what the channel says, which has to have it."""
    known, silent = (world.root / name / "noarch" for name in ("with-md5", "without-md5"))
    repodata = json.loads((channels.forge / "noarch" / "repodata.json").read_text(encoding="utf-8"))
    for folder in (silent, known):
        folder.mkdir(parents=True)
        for file, record in repodata["packages.conda"].items():
            (folder / file).symlink_to(channels.forge / "noarch" / file)
            record.pop("md5", None)
            if folder == known:
                record["md5"] = hashlib.md5((folder / file).read_bytes(), usedforsecurity=False).hexdigest()
        (folder / "repodata.json").write_text(json.dumps(repodata), encoding="utf-8")
    md5 = repodata["packages.conda"][file := "data-files-2024a-0.conda"]["md5"]
    for number, (folder, value, status) in enumerate([(known, md5, 0), (known, "0" * 32, 1), (silent, md5, 1)]):
        world.write("explicit.txt", f"@EXPLICIT\n{(folder / file).as_uri()}#{value}\n")
        outcome = world.parity("env", "create", "-f", "explicit.txt", "-n", f"env-{number}")
        assert status == outcome.exit_code, outcome
    assert f"with MD5 `{value}`" in outcome.stderr


def test_an_explicit_list_is_taken_at_its_word(world: World, channels: Channels) -> None:
    """Another hash than the channel's is refused; what a package lacks is added and said; faults have their lines."""
    data(world, "env", "create", "-n", "first", "greetapp", "-c", "conda-forge")
    wanted = locked_files(world, "first")
    lines = {file: f"{(channels.forge / file).as_uri()}#sha256:{sha256}\n" for file, sha256 in wanted.items()}
    greet = next(file for file in lines if "/greet-" in file)
    world.write("explicit.txt", "@EXPLICIT\n" + "".join(line for file, line in lines.items() if file != greet))
    outcome = world.parity("env", "create", "-f", "explicit.txt", "-n", "less")
    assert 0 == outcome.exit_code
    assert "`greet` is not in the list of package files, and others in it need it: it was added" in outcome.stderr
    world.write("explicit.txt", "@EXPLICIT\n" + lines[greet].replace(wanted[greet], "0" * 64))
    assert 1 == world.parity("env", "create", "-f", "explicit.txt", "-n", "wrong").exit_code
    world.write("explicit.txt", f"@EXPLICIT\nnumpy=1.26\n{lines[greet]}{lines[greet]}")
    faults = world.parity("env", "create", "-f", "explicit.txt", "-n", "wrong")
    assert "explicit.txt:2: `numpy=1.26` is no address of a package's file" in faults.stderr
    assert "explicit.txt:4: `greet` stands here and in line 3" in faults.stderr


def test_a_lock_says_it_all(world: World) -> None:
    """No manifest, no index asked for what is cached; nothing can be added to it."""
    write_project(world.project / "lib", "local", modules={"local.py": "where = 'here'\n"})
    world.write("requirements.txt", "app\n-e ./lib\n")
    assert 0 == world.parity("sync").exit_code
    made = world.parity("env", "create", "-f", "project/parity.lock", "-n", "same", cwd=world.root, env=NOWHERE)
    assert 0 == made.exit_code, made
    (world.project / "parity.lock").unlink()
    ran = world.parity("run", "-n", "same", "python", "-c", "import app, local; print(local.where)", cwd=world.root)
    assert (0, "here\n", "") == ran.said
    again = world.parity("lock", "-n", "same", "--upgrade")
    assert (1, "error: this environment was made from a lock, and has no manifest") == (
        again.exit_code,
        again.stderr.splitlines()[0],
    )
    world.write("parity.lock", "version = 1\n")
    more = world.parity("env", "create", "-f", "parity.lock", "-n", "more", "app")
    assert (2, "error: a lock says everything: nothing can be added to it") == (
        more.exit_code,
        more.stderr.splitlines()[0],
    )


def test_a_pyproject_gives_its_dependencies(world: World) -> None:
    """With its settings, groups and folders; not the project itself."""
    text = '[project]\nname = "mine"\nversion = "1.0"\ndependencies = ["left"]\n[dependency-groups]\ntest = ["flat"]\n'
    index = '[[tool.parity.indexes]]\nname = "more"\nurl = "flat"\nflat = true\n[build-system]\nrequires = []\n'
    (world.project / "flat").mkdir()
    make_wheel(world.project / "flat", "flat", "1.0")
    world.write("pyproject.toml", text + index)
    options = ["-f", "project/pyproject.toml", "-n", "tools", "--group", "test"]
    made = world.parity("env", "create", *options, cwd=world.root)
    assert 0 == made.exit_code, made
    assert {"base", "flat", "left"} == packages(world, "-n", "tools")


def test_a_command_is_what_parity_becomes(world: World) -> None:
    """In a named environment as in a project: next to nothing is imported on the way."""
    world.write("requirements.txt", "app\n")
    data(world, "env", "create", "-f", "requirements.txt", "-n", "tools")
    data(world, "env", "create", "-f", "requirements.txt", "-p", "here")
    for where in (["-n", "tools"], ["-p", "here"]):
        run = world.run(sys.executable, "-X", "importtime", "-m", "parity", "run", *where, "true")
        loaded = {line.rsplit("|", 1)[1].strip() for line in run.stderr.splitlines() if "import time:" in line}
        assert 0 == run.exit_code
        assert "parity.workflows.quick" in loaded
        assert not {"argparse", "dataclasses", "pathlib", "re", "typing", "json"} & loaded


def test_its_lock_says_nothing_about_a_projects_manifests(world: World) -> None:
    """A project with the very text of its lock, and a manifest that asks for something else, is not in sync."""
    world.write("requirements.txt", "app\n")
    data(world, "env", "create", "-f", "requirements.txt", "-n", "tools")
    world.write("requirements.txt", "plugin\n")
    world.write("parity.lock", (world.store / "named" / "v1" / "tools" / "parity.lock").read_text(encoding="utf-8"))
    assert 0 == world.parity("sync").exit_code
    assert 0 == world.parity("run", "python", "-c", "import plugin").exit_code


def test_what_the_shell_pins_does_not_outdate_it(world: World) -> None:
    """`PYENV_VERSION` and pins above the store are a project's; one beside the file is the file's."""
    world.write("requirements.txt", "app\n")
    world.write(".python-version", f"{sys.version_info.major}.{sys.version_info.minor}\n")
    data(world, "env", "create", "-f", "requirements.txt", "-n", "tools")
    (world.root / ".python-version").write_text("2.7\n", encoding="utf-8")
    world.write(".python-version", "2.7\n")
    for way in (["run"], ["run", "--locked"]):
        ran = world.parity(*way, "-n", "tools", "app", env={"PYENV_VERSION": "2.7.18"})
        assert (0, "hello from app\n", "") == ran.said


WRONG = [
    (["-n", "a/b"], 1, "`a/b` is no name for an environment"),
    (["-n", ".."], 1, "`..` is no name for an environment"),
    (["-n", "a..b"], 1, "`a..b` is no name for an environment"),
    (["-n", "größe"], 1, "`größe` is no name for an environment"),
    (["-n", "x" * 201], 1, f"`{'x' * 201}` has more than 200 characters"),
    ([], 2, "the environment has no name"),
    (["-n", "a", "-p", "b"], 2, "argument -p/--prefix: not allowed with argument -n/--name"),
    (["-n", "a", "-f", "none.txt"], 1, "there is no file `[TMP]/project/none.txt`"),
    (["-p", "requirements.txt"], 1, "`[TMP]/project/requirements.txt` is here already and parity did not make it"),
    (
        ["-n", "a", "-f", "https://a.example/b.yml"],
        2,
        "`https://a.example/b.yml` is an address, and parity reads files",
    ),
    (["-n", "a", "-f", "."], 1, "the system refused: `[TMP]/project`: is a directory"),
]


@pytest.mark.parametrize(("words", "status", "said"), WRONG, ids=lambda value: str(value)[:20])
def test_what_cannot_be_made_is_refused(world: World, words: list[str], status: int, said: str) -> None:
    """With one sentence, and before anything is there."""
    world.write("requirements.txt", "app\n")
    outcome = world.parity("env", "create", "-f", "requirements.txt", *words)
    assert (status, "", f"error: {said}") == (outcome.exit_code, outcome.stdout, outcome.stderr.splitlines()[0])
    assert [] == names(world)
    assert ["requirements.txt"] == files_of(world.project)


def test_a_name_in_a_file_has_its_place(world: World) -> None:
    """What the file says is checked as what the user types is."""
    world.write("environment.yml", "name: ../../oops\ndependencies: [python]\n")
    outcome = world.parity("env", "create", "-f", "environment.yml")
    assert 1 == outcome.exit_code
    assert "`../../oops` is no name for an environment" in outcome.stderr
    assert "environment.yml: name" in outcome.stderr


def test_a_failure_leaves_nothing(world: World) -> None:
    """Neither a name nor a link, and the name can be used at once."""
    world.write("requirements.txt", "no-such-package\n")
    for where in (["-n", "tools"], ["-p", "here"]):
        failed = world.parity("env", "create", "-f", "requirements.txt", *where)
        assert 1 == failed.exit_code
        assert [] == names(world)
        assert ["requirements.txt"] == files_of(world.project)
    assert [] == [path for folder in ("named", "prefixes") for path in (world.store / folder / "v1").iterdir()]
    world.write("requirements.txt", "app\n")
    data(world, "env", "create", "-f", "requirements.txt", "-n", "tools")


def test_what_is_there_is_replaced_on_demand_only(world: World) -> None:
    """`--force` switches in one step; where it fails, the old environment is as it was, lock and manifest too."""
    world.write("requirements.txt", "app\n")
    first = data(world, "env", "create", "-f", "requirements.txt", "-n", "tools")["environment"]
    world.write("requirements.txt", "plugin\n")
    refused = world.parity("env", "create", "-f", "requirements.txt", "-n", "tools")
    assert (1, "error: there is an environment `tools` already") == (refused.exit_code, refused.stderr.splitlines()[0])
    world.write("broken.txt", "plugin\nno-such-package\n")
    failed = world.parity("env", "create", "-f", "broken.txt", "-n", "tools", "--force")
    assert 1 == failed.exit_code
    again = world.parity("run", "--locked", "-n", "tools", "python", "-c", PREFIX, env=NOWHERE)
    assert (0, f"{first}\n") == (again.exit_code, again.raw_stdout), again
    second = data(world, "env", "create", "-f", "requirements.txt", "-n", "tools", "--yes")["environment"]
    assert first != second
    assert {"plugin"} == packages(world, "-n", "tools")


def test_two_at_once_make_one(world: World) -> None:
    """The second waits, and finds the name taken; both leave it whole."""
    world.write("requirements.txt", "app\n")
    both = [world.start("env", "create", "-f", "requirements.txt", "-n", "tools") for _ in range(2)]
    ended = sorted((each.communicate(timeout=PATIENCE)[1], each.returncode) for each in both)
    assert [0, 1] == sorted(status for _, status in ended), ended
    assert any("there is an environment `tools` already" in said for said, _ in ended)
    assert "hello from app\n" == world.parity("run", "-n", "tools", "app").stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_end_in_the_middle_leaves_none(world: World, number: signal.Signals) -> None:
    """While the index does not answer: no environment of this name, and the next try makes it."""
    world.write("requirements.txt", "app\n")
    world.index.faults["left"] = held = Fault("held")
    process = world.start("env", "create", "-f", "requirements.txt", "-n", "tools", start_new_session=True)
    while not world.index.requests:
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, number)
    process.communicate(timeout=PATIENCE)
    held.release.set()
    world.index.faults.clear()
    assert process.returncode in {130, -number}
    assert [] == names(world)
    assert 1 == world.parity("run", "-n", "tools", "app").exit_code
    data(world, "env", "create", "-f", "requirements.txt", "-n", "tools")


def test_an_end_before_the_link_leaves_none(world: World) -> None:
    """Killed when the environment is there and the user's link is not: the next try makes it anew."""
    world.write("requirements.txt", "app\n")
    data(world, "env", "create", "-f", "requirements.txt", "-p", "here")
    (world.project / "here").unlink()
    (marker,) = world.store.glob("prefixes/v1/*/published")
    marker.unlink()
    assert 1 == world.parity("run", "-p", "here", "app").exit_code
    data(world, "env", "create", "-f", "requirements.txt", "-p", "here")
    assert "hello from app\n" == world.parity("run", "-p", "here", "app").stdout
    assert [str(world.project / "here")] == names(world)


def test_a_link_that_outlived_its_store_is_used_again(world: World) -> None:
    """The store was deleted and the user's link was not: the environment is made, and the link leads to it."""
    world.write("requirements.txt", "app\n")
    data(world, "env", "create", "-f", "requirements.txt", "-p", "here")
    world.store.rename(world.root / "gone")
    data(world, "env", "create", "-f", "requirements.txt", "-p", "here")
    assert "hello from app\n" == world.parity("run", "-p", "here", "app").stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a folder that is read-only")
def test_a_store_that_cannot_be_written_to_is_said(world: World) -> None:
    """One sentence with the path."""
    world.write("requirements.txt", "app\n")
    world.store.mkdir(mode=0o500)
    outcome = world.parity("env", "create", "-f", "requirements.txt", "-n", "tools")
    assert 1 == outcome.exit_code
    assert "permission denied" in outcome.stderr


def test_a_store_in_the_place_of_a_file_is_said(world: World) -> None:
    """A home that is no folder, as one that may not be written to: one sentence with the path."""
    world.write("requirements.txt", "app\n")
    Path(world.store).write_text("", encoding="utf-8")
    outcome = world.parity("env", "create", "-f", "requirements.txt", "-n", "tools")
    assert (1, "error: the system refused: `[TMP]/store`: file exists") == (
        outcome.exit_code,
        outcome.stderr.splitlines()[0],
    )


def test_an_address_with_a_space_is_told_as_a_shell_takes_it(world: World) -> None:
    """What is printed can be typed as it stands."""
    world.write("requirements.txt", "app\n")
    made = world.parity("env", "create", "-f", "requirements.txt", "-p", "my env")
    assert "use it with `parity run -p '[TMP]/project/my env' COMMAND`" == made.stderr.splitlines()[-1]
