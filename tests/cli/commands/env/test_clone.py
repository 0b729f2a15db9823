"""`parity env clone` and `parity env rename`, as a user types them."""

import pytest

from tests.cli.commands.env.conftest import Data
from tests.support.projects import World, files_of

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2", "UV_HTTP_RETRIES": "0"}


@pytest.fixture
def tools(world: World, data: Data) -> str:
    """Make the environment `tools`, with a variable, and return its folder in the store."""
    world.write("requirements.txt", "app\n")
    data("env", "create", "-f", "requirements.txt", "-n", "tools")
    data("env", "config", "vars", "set", "MINE=yes", "-n", "tools")
    (world.project / "requirements.txt").unlink()
    return str((world.store / "names" / "tools").resolve())


def test_a_clone_is_a_link(world: World, data: Data, tools: str) -> None:
    """Without the network, the same environment; from then on each goes its own way."""
    for source, where in (("tools", ["-n", "second"]), ("tools", ["-p", "here"]), ("./here", ["-n", "third"])):
        made = data("env", "clone", source, *where, env=NOWHERE)
        assert (tools, True) == (made["environment"], made["reused"])
    data("env", "config", "vars", "set", "MINE=no", "-n", "second", env=NOWHERE)
    for where, said in ((["-n", "tools"], "yes"), (["-n", "second"], "no"), (["-n", "third"], "yes")):
        assert f"{said}\n" == world.parity("run", *where, "sh", "-c", "echo $MINE", env=NOWHERE).stdout


def test_a_clone_takes_no_name_that_is_taken(world: World, data: Data, tools: str) -> None:
    """Its own neither."""
    data("env", "clone", "tools", "-n", "second")
    for name in ("tools", "second"):
        refused = world.parity("env", "clone", "tools", "-n", name)
        assert f"error: there is an environment `{name}` already" == refused.stderr.splitlines()[0]
        assert refused.stderr.endswith("hint: choose another name; `parity env remove` removes it\n")
    assert 2 == world.parity("env", "clone", "tools").exit_code
    assert tools == str((world.store / "names" / "tools").resolve())


def test_a_name_is_changed(world: World, data: Data, tools: str) -> None:
    """The old one is free, the history comes along, and nothing is built or asked for."""
    before = (world.store / "roots" / "v1").glob("[!l]*")
    count = len(list(before))
    assert (0, "", "tools is other now\n") == world.parity("env", "rename", "tools", "other", env=NOWHERE).said
    assert ["other"] == files_of(world.store / "names") == files_of(world.store / "named" / "v1")
    assert tools == data("env", "info", "other")["environment"]
    assert "yes\n" == world.parity("run", "-n", "other", "sh", "-c", "echo $MINE", env=NOWHERE).stdout
    assert count == len(list((world.store / "roots" / "v1").glob("[!l]*")))
    assert 1 == world.parity("run", "-n", "tools", "app").exit_code
    assert 1 == world.parity("env", "rename", "other", "other").exit_code
    assert 1 == world.parity("env", "rename", "other", "../x").exit_code


def test_an_address_becomes_a_name(world: World, data: Data, tools: str) -> None:
    """Its link goes."""
    data("env", "clone", "tools", "-p", "here")
    data("env", "rename", "./here", "second")
    assert [] == files_of(world.project)
    listed = data("env", "list")["environments"]
    assert ["second", "tools"] == [each["name"] for each in listed]
    assert {tools} == {each["environment"] for each in listed}
