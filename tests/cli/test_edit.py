"""`init`, `add`, `remove` and `update`, as a user types them, on both routes."""

import json
import os
import signal
import time
import tomllib
from typing import Any

import pytest

from tests.support.projects import Outcome, World
from tests.support.serving import Fault
from tests.support.wheels import make_wheel, write_project

PYPROJECT = """\
[project]
name = "mine"   # ours
version = '0'
dependencies = [
    'left',  # the arm
]
"""
ENVIRONMENT = """\
channels: [ conda-forge ]   # odd
dependencies:
    -   "greet"   # keep
"""


def text_of(world: World, name: str) -> str:
    return (world.project / name).read_bytes().decode()


def data_of(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(outcome.raw_stdout)["data"]
    return found


def locked(world: World) -> set[str]:
    lock = tomllib.loads(text_of(world, "parity.lock"))
    return {package["name"] for kind in ("conda", "pypi") for package in lock.get(kind, [])}


def test_a_bare_name_gets_a_bound_and_the_environment_follows(world: World) -> None:
    """One line more; what was locked is the bound; the lock is current and the package there."""
    world.write("pyproject.toml", PYPROJECT)
    outcome = world.parity("add", "plugin")
    assert 0 == outcome.exit_code, outcome
    assert PYPROJECT.replace("arm\n", "arm\n    'plugin>=1.0',\n") == text_of(world, "pyproject.toml")
    assert "pyproject.toml: project.dependencies: added plugin>=1.0" in outcome.stderr
    assert 0 == world.parity("lock", "--check").exit_code
    assert 0 == world.parity("run", "--locked", "python", "-c", "import plugin").exit_code
    written = text_of(world, "parity.lock")
    (world.project / "parity.lock").unlink()
    world.parity("lock")
    assert text_of(world, "parity.lock") == written


def test_what_is_said_is_written(world: World) -> None:
    """A version as it is given, in the place of the entry that is there; a group; and all of it comes back."""
    world.write("pyproject.toml", PYPROJECT)
    assert 0 == world.parity("add", "--no-sync", "base<2").exit_code
    before = text_of(world, "pyproject.toml")
    data = data_of(world.parity("add", "--no-sync", "--json", "base>=1"))
    entry = {"place": "pyproject.toml: project.dependencies", "name": "base", "before": "base<2", "after": "base>=1"}
    assert [entry] == data["edits"]
    assert ["manifest", "edits", "changes", "environment", "key", "generation"] == list(data)
    assert before.replace("base<2", "base>=1") == text_of(world, "pyproject.toml")
    assert 0 == world.parity("add", "--group", "dev", "plugin").exit_code
    assert text_of(world, "pyproject.toml").endswith('\n[dependency-groups]\ndev = ["plugin>=1.0"]\n')
    outcome = world.parity("remove", "plugin")
    assert 1 == outcome.exit_code
    assert "hint: the group `dev` asks for it: `parity remove plugin --group dev`" in outcome.stderr
    assert 0 == world.parity("remove", "base").exit_code
    assert {"left", "base", "plugin"} == locked(world)
    assert "base" not in text_of(world, "pyproject.toml")


def test_requirements_files_are_edited_too(world: World) -> None:
    """With a folder that stays editable, and a platform; removed by the name that the project has."""
    write_project(world.project / "lib", "mylib")
    world.write("requirements.txt", "# ours\nleft\n")
    outcome = world.parity("add", "--editable", "lib", "plugin==1.0")
    assert 0 == outcome.exit_code, outcome
    assert "# ours\nleft\nplugin==1.0\n-e ./lib\n" == text_of(world, "requirements.txt")
    assert 0 == world.parity("add", "--no-sync", "--target", "osx-arm64", "app").exit_code
    marker = 'sys_platform == "darwin" and platform_machine == "arm64"'
    assert f"app ; {marker}\n" in text_of(world, "requirements.txt")
    assert 0 == world.parity("remove", "--no-sync", "mylib", "app", "plugin").exit_code
    assert "# ours\nleft\n" == text_of(world, "requirements.txt")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add"], 2, "there is nothing to add"),
        (["add", "no-such-thing"], 1, "no-such-thing"),
        (["add", "plugin=1"], 1, "`plugin=1` is not a requirement"),
        (["add", "./lib"], 2, "`./lib` is no name of a distribution"),
        (["add", "--editable", "lib"], 1, "there is no project in `lib`"),
        (["add", "--target", "mars", "plugin"], 1, "mars"),
        (["add", "--editable", "."], 1, "is the project itself"),
        (["remove", "lefd"], 1, "did you mean `left`?"),
        (["update", "lefd"], 1, "did you mean `left`?"),
    ],
)
def test_what_cannot_be_done_leaves_everything(world: World, words: list[str], code: int, said: str) -> None:
    """Neither the manifest nor the lock is touched, and the error names what was wrong."""
    world.write("pyproject.toml", PYPROJECT)
    world.parity("lock")
    before = [text_of(world, name) for name in ("pyproject.toml", "parity.lock")]
    outcome = world.parity(*words)
    assert code == outcome.exit_code, outcome
    assert said in outcome.stderr
    assert before == [text_of(world, name) for name in ("pyproject.toml", "parity.lock")]


def test_a_sync_that_fails_takes_the_edit_back(world: World) -> None:
    """What is locked and cannot be installed is asked for no more; a project without a lock has none again."""
    world.write("pyproject.toml", PYPROJECT)
    (world.project / ".venv").mkdir()
    outcome = world.parity("add", "plugin")
    assert 1 == outcome.exit_code
    assert "`.venv` is here already" in outcome.stderr
    assert PYPROJECT == text_of(world, "pyproject.toml")
    assert not (world.project / "parity.lock").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whoever_stops_it_finds_a_whole_manifest(world: World, number: signal.Signals) -> None:
    """Asked to stop, it takes the edit back; killed, both files are whole, and the next sync ends healthy."""
    make_wheel(world.wheels, "slow", "1.0")
    world.write("pyproject.toml", PYPROJECT)
    assert 0 == world.parity("sync").exit_code
    added = PYPROJECT.replace("arm\n", "arm\n    'slow>=1.0',\n")
    held = world.index.faults["slow-1.0-py3-none-any.whl"] = Fault("held")
    process = world.start("add", "slow")
    while "slow" not in text_of(world, "parity.lock") and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate()
    held.release.set()
    put_back = "" if number == signal.SIGKILL else "put back as before: `pyproject.toml`, `parity.lock`\n"
    assert put_back == said
    assert text_of(world, "pyproject.toml") in ({PYPROJECT, added} if number == signal.SIGKILL else {PYPROJECT})
    assert ["parity.lock", "pyproject.toml"] == sorted(
        path.name for path in world.project.iterdir() if path.name != ".venv"
    )
    assert 0 == world.parity("sync").exit_code
    assert 0 == world.parity("verify").exit_code


def test_update_says_what_moved(world: World) -> None:
    """One package, or all; the manifest stays."""
    world.write("requirements.txt", "left\nplugin\n")
    world.parity("sync")
    make_wheel(world.wheels, "plugin", "2.0")
    make_wheel(world.wheels, "left", "3.0")
    outcome = world.parity("update", "plugin")
    assert 0 == outcome.exit_code, outcome
    assert "plugin 1.0 → 2.0" in outcome.stderr
    assert "left 1.0" not in outcome.stderr
    data = data_of(world.parity("update", "--json"))
    assert "left" in [change["name"] for change in data["changes"]]
    assert "nothing moves" in world.parity("update").stderr
    assert "left\nplugin\n" == text_of(world, "requirements.txt")


def test_init_begins_what_add_adds_to(world: World) -> None:
    """Either manifest; never over one that is there; asked without a terminal it says which flag."""
    assert 2 == world.parity("init").exit_code
    data = data_of(world.parity("init", "--pyproject", "--name", "mine", "--json"))
    assert {"path": str(world.project / "pyproject.toml")} == data
    assert 0 == world.parity("add", "plugin").exit_code
    assert ["plugin>=1.0"] == tomllib.loads(text_of(world, "pyproject.toml"))["project"]["dependencies"]
    outcome = world.parity("init", "--conda")
    assert 1 == outcome.exit_code
    assert "there is a `pyproject.toml` here already" in outcome.stderr


def test_conda_packages_go_where_conda_reads_them(conda: World) -> None:
    """By the route of the manifest: a channel that has it, else the index, and it says so; and back again."""
    conda.write("environment.yml", ENVIRONMENT)
    outcome = conda.parity("add", "numpy", "plugin")
    assert 0 == outcome.exit_code, outcome
    assert "no channel has `plugin`: it stands under `pip:` of `environment.yml`" in outcome.stderr
    lines = text_of(conda, "environment.yml").removeprefix(ENVIRONMENT).splitlines()
    assert ["    -   numpy>=", "    -   pip:", "        - plugin>=1.0"] == [
        line.split("numpy>=")[0] + "numpy>=" * ("numpy" in line) for line in lines
    ]
    assert 0 == conda.parity("run", "--locked", "python", "-c", "import plugin").exit_code
    assert 0 == conda.parity("remove", "plugin", "numpy").exit_code
    assert ENVIRONMENT == text_of(conda, "environment.yml")
    insisted = conda.parity("add", "--conda", "plugin")
    assert 1 == insisted.exit_code
    assert "`plugin` is not in" in insisted.stderr
    assert 0 == conda.parity("add", "--no-sync", "--target", "linux-aarch64", "greet>=1").exit_code
    assert "    -   greet>=1  # [aarch64]\n" in text_of(conda, "environment.yml")


def test_conda_packages_of_a_pyproject(conda: World) -> None:
    """`--conda` writes into `[tool.parity.conda]`, and the project goes that way."""
    conda.write("pyproject.toml", PYPROJECT)
    outcome = conda.parity("add", "--conda", "--no-sync", "greet")
    assert 0 == outcome.exit_code, outcome
    assert '[tool.parity.conda]\nchannels = ["conda-forge"]\ndependencies = ["greet>=1.1"]\n' in text_of(
        conda, "pyproject.toml"
    )
    assert {"greet", "left"} <= locked(conda)
    assert 0 == conda.parity("remove", "--no-sync", "greet").exit_code


def test_init_and_add_on_the_conda_route(conda: World) -> None:
    """From nothing to an environment of conda packages."""
    assert 0 == conda.parity("init", "--conda", "--name", "mine").exit_code
    assert 0 == conda.parity("add", "--no-sync", "greet").exit_code
    assert text_of(conda, "environment.yml").endswith("dependencies:\n  - python\n  - greet>=1.1\n")
    data = data_of(conda.parity("update", "--json"))
    assert "conda" == data["route"]


def test_a_group_that_is_added_to_counts_from_then_on(world: World) -> None:
    """Who names it wants it, and those that counted before; where the settings choose, they are told of."""
    world.write("pyproject.toml", PYPROJECT)
    assert 0 == world.parity("sync").exit_code
    assert 0 == (added := world.parity("add", "base==1.0", "--group", "Dev", "plugin")).exit_code, added
    assert {"left", "base", "plugin"} == locked(world)
    assert 0 == world.parity("run", "python", "-c", "import base, plugin").exit_code
    assert 0 == world.parity("add", "--group", "docs", "right").exit_code
    assert ["dev", "docs"] == tomllib.loads(text_of(world, "parity.lock"))["groups"]
    world.write("pyproject.toml", text_of(world, "pyproject.toml") + "[tool.parity]\ngroups = ['docs']\n")
    said = world.parity("add", "--group", "dev", "files")
    assert (0, True) == (said.exit_code, "does not name `dev`: what is in it is not installed" in said.stderr), said


@pytest.mark.parametrize(
    ("before", "word", "after"),
    [
        ("left>=1", "left[more]", "left[more]>=1"),
        ("left[a]>=1", "left[b]", "left[a,b]>=1"),
        ("left[a]", "left[a]", "left[a]"),
    ],
)
def test_extras_come_to_the_entry_that_is_there(world: World, before: str, word: str, after: str) -> None:
    """A bare name replaces no version, and what it names besides is not lost."""
    world.write("requirements.txt", f"{before}\n")
    assert 0 == (said := world.parity("add", "--no-sync", word)).exit_code, said
    assert f"{after}\n" == text_of(world, "requirements.txt")


def test_of_several_conditions_one_has_to_be_named(world: World) -> None:
    """Both are told with their lines; with its condition, the one that is meant is changed."""
    text = 'left ; python_version < "3.9"\nleft>=1 ; python_version >= "3.9"\n'
    world.write("requirements.txt", text)
    refused = world.parity("add", "--no-sync", "left>=0.5")
    assert 1 == refused.exit_code, refused
    assert "error: `left` is asked for 2 times already, each time under a condition\n" in refused.stderr
    assert '  requirements.txt:2: `left>=1 ; python_version >= "3.9"`\n' in refused.stderr
    assert text == text_of(world, "requirements.txt")
    named = world.parity("add", "--no-sync", 'left>=0.5 ; python_version >= "3.9"')
    assert (0, True) == (named.exit_code, 'left>=1 ; python_version >= "3.9" → left>=0.5 ; python_ver' in named.stderr)
    assert text.replace("left>=1", "left>=0.5") == text_of(world, "requirements.txt")


def test_one_name_is_asked_for_once(world: World) -> None:
    """The last of two contradicting words is not taken silently; in a named environment neither."""
    world.write("requirements.txt", "left\n")
    assert 0 == world.parity("env", "create", "-f", "requirements.txt", "-n", "name").exit_code
    for where in ([], ["-n", "name"]):
        refused = world.parity("add", *where, "base<2", "Base>1")
        said = "error: `base` is asked for twice: `base<2` and `Base>1`\n"
        assert (2, said) == (refused.exit_code, refused.stderr.partition("hint")[0]), refused
    assert "left\n" == text_of(world, "requirements.txt")
    assert 0 == world.parity("add", "--no-sync", "base<2", "base<2").exit_code
    assert "left\nbase<2\n" == text_of(world, "requirements.txt")


@pytest.mark.parametrize("words", [("update", "left<2"), ("remove", "left==1")])
def test_more_than_a_name_is_refused_where_names_are_taken(world: World, words: tuple[str, str]) -> None:
    """In the words of the user."""
    world.write("requirements.txt", "left\n")
    assert 0 == world.parity("lock").exit_code
    refused = world.parity(*words)
    assert (2, True) == (refused.exit_code, f"`{words[1]}` is more than a name" in refused.stderr), refused
    assert 0 == world.parity("remove", "--no-sync", "left[a]").exit_code


def test_half_a_manifest_goes_with_the_next_command(world: World) -> None:
    """What a kill left beside it; what another process is writing just now stays, and so does all that is not ours."""
    world.write("requirements.txt", "left\n")
    assert 0 == world.parity("sync").exit_code
    theirs = {f".requirements.txt.{os.getpid()}.tmp", ".notes.99999999.tmp", ".other.txt.99999999.tmp"}
    for words in (("add", "--no-sync", "plugin"), ("remove", "plugin"), ("sync", "--locked")):
        for name in (*theirs, ".requirements.txt.99999999.tmp", ".parity.lock.99999999.tmp"):
            world.write(name, "half")
        assert 0 == world.parity(*words).exit_code
        assert theirs == {path.name for path in world.project.glob(".*.tmp")}, words


def test_a_name_that_nobody_has_is_told_with_the_nearest_of_the_channels(conda: World) -> None:
    """They were asked first, and the index has none of it either; so with what is needed in passing."""
    conda.write("environment.yml", ENVIRONMENT)
    said = "  environment.yml:4: dependencies[1]: `gret` is not in `conda-forge` for linux-64\n    hint: did you mean"
    refused = conda.parity("add", "--no-sync", "gret")
    assert (1, True) == (refused.exit_code, f"{said} `greet`?\n" in refused.stderr), refused
    assert "; no index has it either\n" in refused.stderr
    assert 0 == conda.parity("sync").exit_code
    passing = conda.parity("run", "--with", "gret", "true")
    assert (1, True) == (passing.exit_code, "did you mean `greet`?\n" in passing.stderr), passing


@pytest.mark.parametrize("words", [("add", ""), ("remove", " "), ("add", "--conda", "")])
def test_an_empty_name_is_told(world: World, words: tuple[str, ...]) -> None:
    """A variable of the shell that has nothing in it."""
    world.write("requirements.txt", "left\n")
    refused = world.parity(*words)
    assert (2, "error: a name is empty\n") == (refused.exit_code, refused.stderr.partition("hint")[0])
