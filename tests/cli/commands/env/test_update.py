"""`parity env update` and `parity env config`, as a user types them."""

import json
from pathlib import Path

import pytest

from tests.cli.commands.env.conftest import Data
from tests.support.conda.channel import Channels
from tests.support.projects import World
from tests.support.wheels import make_wheel

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2", "UV_HTTP_RETRIES": "0"}


@pytest.fixture
def tools(world: World, data: Data) -> Path:
    """Make the environment `tools` of a file with `left`, and return its link."""
    world.write("requirements.txt", "left\n")
    data("env", "create", "-f", "requirements.txt", "-n", "tools")
    return world.store / "names" / "tools"


def versions(data: Data) -> dict[str, str]:
    """Return what is in it."""
    found = data("list", "-n", "tools")["packages"]
    return {each["name"]: each["version"] for each in found if each["kind"] == "pypi"}


def test_a_file_is_added_and_the_lock_kept(world: World, data: Data, tools: Path) -> None:
    """What is there stays at its version; a file that is named again is taken anew."""
    make_wheel(world.wheels, "left", "2.0")
    before = tools.resolve()
    world.write("more.txt", "plugin\n")
    data("env", "update", "-n", "tools", "-f", "more.txt")
    assert before != tools.resolve()
    assert {"base": "2.0", "left": "1.0", "plugin": "1.0"} == versions(data)
    world.write("more.txt", "files\n")
    data("env", "update", "-n", "tools", "-f", "more.txt")
    assert {"base", "files", "left"} == versions(data).keys()


def test_pruned_is_what_no_file_asks_for(world: World, data: Data, tools: Path) -> None:
    """The files take the place of those that were there."""
    world.write("more.txt", "plugin\n")
    data("env", "update", "-n", "tools", "-f", "more.txt", "--prune")
    assert {"plugin": "1.0"} == versions(data)
    assert tools.exists()


def test_a_failure_changes_nothing(world: World, data: Data, tools: Path) -> None:
    """Neither environment, nor lock, nor what it is made of."""
    before = tools.resolve()
    world.write("more.txt", "no-such-package\n")
    assert 1 == world.parity("env", "update", "-n", "tools", "-f", "more.txt").exit_code
    assert before == tools.resolve()
    kept = world.parity("run", "--locked", "-n", "tools", "python", "-c", "import left", env=NOWHERE)
    assert (0, "", "") == kept.said
    assert {"base", "left"} == versions(data).keys()


def test_a_lost_copy_is_an_error(world: World, data: Data, tools: Path) -> None:
    """What it was made of is not forgotten in silence; `--prune` says it anew."""
    for copy in (world.store / "named" / "v1" / "tools" / "files").iterdir():
        copy.unlink()
    world.write("more.txt", "plugin\n")
    update = ["env", "update", "-n", "tools", "-f", "more.txt"]
    lost = json.loads(world.parity(*update, "--json").raw_stdout)["errors"]
    assert ["copy-damaged"] == [each["code"] for each in lost]
    assert {"base", "left"} == versions(data).keys()
    data(*update, "--prune")
    assert {"plugin"} == versions(data).keys()
    assert tools.exists()


def test_nothing_is_added_to_a_lock(world: World, data: Data, tools: Path) -> None:
    """Refused, for what the lock had would go; with `--prune` it is said that it may."""
    data("env", "create", "-n", "copy", "-f", str(world.store / "named" / "v1" / "tools" / "parity.lock"))
    before = (world.store / "names" / "copy").resolve()
    world.write("more.txt", "plugin\n")
    update = ["env", "update", "-n", "copy", "-f", "more.txt"]
    refused = world.parity(*update)
    said = "error: the environment was made of a lock, to which nothing can be added"
    assert (2, said) == (refused.exit_code, refused.stderr.splitlines()[0])
    assert before == tools.resolve() == (world.store / "names" / "copy").resolve()
    data(*update, "--prune")
    assert ["plugin"] == [each["name"] for each in data("list", "-n", "copy")["packages"] if each["kind"] == "pypi"]


def test_the_file_names_the_environment(world: World, data: Data, conda_channels: Channels) -> None:
    """As for `create`; one that is not there is an error."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    text = "name: tools\nchannels: [conda-forge]\ndependencies: [wordlib]\n"
    world.write("environment.yml", text)
    unknown = world.parity("env", "update", "-f", "environment.yml")
    assert "error: there is no environment `tools`" == unknown.stderr.splitlines()[0]
    data("env", "create", "-f", "environment.yml")
    world.write("environment.yml", text.replace("wordlib", "data-files"))
    data("env", "update", "-f", "environment.yml")
    assert ["data-files"] == [each["name"] for each in data("list", "-n", "tools")["packages"]]


def test_variables_are_set_and_forgotten(world: World, data: Data, tools: Path) -> None:
    """They win over the manifest's, come with `run`, survive an update, and nothing else changes."""
    show = ["python", "-c", "import os; print(os.environ.get('MINE'), os.environ.get('YOURS'))"]
    where = ["-n", "tools"]
    assert {"MINE": "a=b c", "YOURS": ""} == data("env", "config", "vars", "set", "MINE=a=b c", "YOURS=", *where)[
        "variables"
    ]
    assert "a=b c \n" == world.parity("run", *where, *show, env=NOWHERE).stdout
    world.write("more.txt", "plugin\n")
    data("env", "update", *where, "-f", "more.txt")
    for bad in ("PATH=/nowhere", "1BAD=1", "A B=1"):
        assert 2 == world.parity("env", "config", "vars", "set", bad, *where).exit_code
    data("env", "config", "vars", "unset", *where, "YOURS")
    assert "MINE = a=b c\n" == world.parity("env", "config", "vars", "list", *where).stdout
    assert "a=b c None\n" == world.parity("run", *where, *show, env=NOWHERE).stdout
    assert {"base", "left", "plugin"} == versions(data).keys()
    assert tools.exists()


def test_variables_of_one_made_from_a_lock(world: World, data: Data, tools: Path) -> None:
    """There is no manifest to say them, so the lock does."""
    assert tools.exists()
    data("env", "create", "-n", "copy", "-f", str(world.store / "named" / "v1" / "tools" / "parity.lock"), env=NOWHERE)
    told = world.parity("env", "config", "vars", "set", "MINE=1", "-n", "copy", env=NOWHERE)
    assert "has 1 variable: a shell that is in it has to activate it again\n" in told.stderr, told
    assert "1\n" == world.parity("run", "-n", "copy", "sh", "-c", "echo $MINE", env=NOWHERE).stdout
    assert {} == data("env", "config", "vars", "unset", "MINE", "-n", "copy", env=NOWHERE)["variables"]
    assert {"base", "left"} <= {each["name"] for each in data("list", "-n", "copy")["packages"]}


WRONG = [
    (["set"], "`vars set` takes a name"),
    (["list", "MINE"], "`vars list` takes no name"),
    (["set", "MINE"], "`MINE` is not what is expected"),
    (["set", "=1"], "`=1` is not what is expected"),
    (["unset", "MINE=1"], "`MINE=1` is not what is expected"),
    (["unset", "MINE"], "`MINE` was not set with `parity env config vars set`"),
]


def test_what_cannot_be_set_is_said(world: World, tools: Path) -> None:
    """As one sentence, and nothing changes."""
    before = tools.resolve()
    for words, said in WRONG:
        outcome = world.parity("env", "config", "vars", *words, "-n", "tools")
        assert (2, f"error: {said}") == (outcome.exit_code, outcome.stderr.splitlines()[0])
    assert before == tools.resolve()


def test_info_says_what_it_is_made_of(world: World, data: Data, tools: Path) -> None:
    """By name, and for people."""
    found = data("env", "info", "tools")
    assert [str(world.project / "requirements.txt")] == found["manifests"]
    assert (str(tools), str(tools.resolve()), 2) == (found["prefix"], found["environment"], found["packages"])
    assert found == data("env", "info", "-p", str(tools))
    shown = world.parity("env", "info", "-n", "tools").stdout.splitlines()
    assert "made of      [TMP]/project/requirements.txt" in shown
    assert json.loads(world.parity("env", "info", "--json").raw_stdout)["errors"][0]["code"] == "usage"
