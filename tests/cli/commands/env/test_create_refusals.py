"""What `parity env create` takes no environment from, and what it calls none."""

import json

import pytest

from tests.support.projects import World
from tests.support.wheels import make_sdist


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pixi.lock", "version: 6\nenvironments: {}\npackages: []\n"),
        ("uv.lock", 'version = 1\nrequires-python = ">=3.11"\n'),
        ("package.json", '{"name": "site"}'),
        ("conda-lock.json", "[]"),
        ("empty.lock", ""),
    ],
)
def test_a_lock_of_another_tool_is_not_called_damaged(world: World, file: str, text: str) -> None:
    """It is whole, and nobody should delete it."""
    world.write(file, text)
    outcome = world.parity("env", "create", "-f", file, "-n", "tools")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert f"{file}` is no lock of parity's" in outcome.stderr
    assert ("damaged" in outcome.stderr, "delete" in outcome.stderr) == (False, False)


def test_a_damaged_lock_is_called_that(world: World) -> None:
    """With the place of what is wrong."""
    world.write("parity.lock", 'version = 1\nroute = "venv"\nmade-with = 1\nmanifests = {}\n')
    outcome = world.parity("env", "create", "-f", "parity.lock", "-n", "tools")
    assert (1, True) == (outcome.exit_code, "is damaged" in outcome.stderr)


@pytest.mark.parametrize("name", ["base", "root"])
def test_names_that_conda_reserves_are_refused(world: World, name: str) -> None:
    """By option and by file: `conda activate base` means conda's own."""
    world.write("environment.yml", f"name: {name}\ndependencies: []\n")
    for words in (["-n", name], []):
        outcome = world.parity("env", "create", "-f", "environment.yml", *words)
        assert (1, True) == (outcome.exit_code, f"`{name}` is reserved" in outcome.stderr), outcome
    listed = json.loads(world.parity("env", "list", "--json").raw_stdout)
    assert [] == listed["data"]["environments"]


def test_a_hint_is_about_the_command_that_was_typed(world: World) -> None:
    """Not about a project's lock, which there is none of, nor options that other commands have."""
    world.write("requirements.txt", "left\n")
    words = ("env", "create", "-n", "tools", "-f", "requirements.txt", "--target")
    foreign = world.parity(*words, "osx-arm64")
    assert "hint: name one that this machine satisfies, or none at all\n" in foreign.stderr
    lacking = world.parity(*words, "linux-64", "--target", "linux-64+cu126", env={"CONDA_OVERRIDE_CUDA": ""})
    assert "hint: mend what is missing, or make it for what is left: `--target` names that\n" in lacking.stderr
    assert 0 == world.parity(*words, "linux-64", env={"CONDA_OVERRIDE_CUDA": ""}).exit_code
    make_sdist(world.wheels, "sourced", "1.0")
    for unbuilt in (
        ("tool", "run", "sourced"),
        ("env", "create", "-n", "built", "--pip", "sourced", "--route", "venv"),
    ):
        said = world.parity(*unbuilt).stderr
        assert '`sdists = ["sourced"]` in `[tool.parity]`, and `parity env create -f pyproject.toml`\n' in said
    allowed = '[project]\nname = "x"\nversion = "1"\ndependencies = ["sourced"]\n[tool.parity]\nsdists = ["sourced"]\n'
    world.write("pyproject.toml", allowed)
    made = world.parity("env", "create", "-n", "built", "-f", "pyproject.toml")
    assert 0 == made.exit_code, made


def test_channels_out_of_reach_say_what_would_do(world: World) -> None:
    """There is no environment yet that could be locked: the command that makes it takes the other route."""
    words = ("env", "create", "-n", "tools", "files")
    refused = world.parity(*words, env={"PARITY_CONDA_CHANNEL_ALIAS": "http://127.0.0.1:9"})
    assert (1, True) == (refused.exit_code, "the same command with `--route venv` tries it on PyPI" in refused.stderr)
    assert 0 == world.parity(*words, "--route", "venv").exit_code


@pytest.mark.parametrize("words", [("run", "-n", "", "true"), ("sync", "--name="), ("env", "remove", "-p", "")])
def test_an_empty_name_is_not_the_project(world: World, words: tuple[str, ...]) -> None:
    """As where a script says `-n "$NAME"`, and the variable is not set."""
    world.write("requirements.txt", "left\n")
    assert 0 == world.parity("sync").exit_code
    refused = world.parity(*words)
    assert (2, "error: the name of the environment is empty\n") == (
        refused.exit_code,
        refused.stderr.partition("hint")[0],
    )
