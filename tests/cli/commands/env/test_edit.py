"""`parity add -n` and `remove -n`: packages in and out of an environment that belongs to no project."""

import json

import pytest

from tests.support.projects import World


def packages(world: World, name: str) -> set[str]:
    """Return the names of what is in an environment, Python apart."""
    said = json.loads(world.parity("list", "-n", name, "--json").raw_stdout)["data"]["packages"]
    return {each["name"] for each in said} - {"cpython"}


def test_packages_of_a_channel_and_of_the_index_are_added(conda: World) -> None:
    """What no channel has comes from the index; the file that it was made of stays; and all of it goes again."""
    file = conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [python, textapp]\n")
    assert 0 == conda.parity("env", "create", "-f", "environment.yml", "-n", "study").exit_code
    before = packages(conda, "study")
    added = conda.parity("add", "-n", "study", "greet", "left")
    assert 1 == added.stderr.count("  greet new → "), added  # the edit and the sync both know of it
    assert 0 == added.exit_code, added
    assert {"study: dependencies: added greet", "study: dependencies.pip: added left"} <= {*added.stderr.splitlines()}
    assert {"greet", "left"} <= packages(conda, "study")
    assert (
        "hello\n"
        == conda.parity("run", "-n", "study", "python", "-c", "import greet, left; print(greet.word())").stdout
    )
    removed = conda.parity("remove", "-n", "study", "left", "greet", "textapp")
    assert 0 == removed.exit_code, removed
    assert before - {"textapp"} >= packages(conda, "study")
    assert "textapp" in file.read_text(encoding="utf-8")


def test_an_environment_of_requirements_is_edited_too(world: World) -> None:
    """A version takes the place of another; a name that it is not made of is told, and nothing changes."""
    assert 0 == world.parity("env", "create", "-n", "tools", "--route", "venv", "base==1.0").exit_code
    assert 0 == (said := world.parity("add", "-n", "tools", "base==2.0", "--json")).exit_code
    edit = {"place": "tools: dependencies.pip", "name": "base", "before": "base==1.0", "after": "base==2.0"}
    assert [edit] == json.loads(said.raw_stdout)["data"]["edits"]
    refused = world.parity("remove", "-n", "tools", "plugin")
    assert (1, True) == (refused.exit_code, "`tools` is not made of `plugin`" in refused.stderr)
    assert "hint: did you mean `base`?\n" in world.parity("remove", "-n", "tools", "bse").stderr
    assert {"base"} == packages(world, "tools")
    assert "2.0" in world.parity("list", "-n", "tools").stdout


@pytest.mark.parametrize("words", [("--group", "dev"), ("--no-sync",), ("--target", "linux-64")])
def test_what_is_about_a_manifest_is_refused(world: World, words: tuple[str, ...]) -> None:
    """An environment has copies, and no file to edit."""
    assert 0 == world.parity("env", "create", "-n", "tools", "--route", "venv", "left").exit_code
    refused = world.parity("add", "-n", "tools", "base", *words)
    assert (2, True) == (refused.exit_code, f"`{words[0]}` is about the manifest of a project" in refused.stderr)


def test_an_addition_that_cannot_be_locked_changes_nothing(world: World) -> None:
    """The environment is made of what it was."""
    assert 0 == world.parity("env", "create", "-n", "tools", "--route", "venv", "left").exit_code
    before, there = world.parity("fingerprint", "-n", "tools").stdout, packages(world, "tools")
    assert 1 == world.parity("add", "-n", "tools", "nothing-of-that-name").exit_code
    assert before == world.parity("fingerprint", "-n", "tools").stdout
    assert 0 == world.parity("sync", "-n", "tools").exit_code
    assert there == packages(world, "tools")
