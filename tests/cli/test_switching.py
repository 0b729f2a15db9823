"""Finding, running and taking over, as a user types it: which, exec, hook, activate, import."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.projects import World
from tests.support.shells import program


@pytest.fixture
def versions(world: World) -> Path:
    """Make a pyenv with two versions, one with a tool, and say where they are."""
    world.extra["PYENV_ROOT"] = str(world.root / "pyenv")
    folder = world.root / "pyenv" / "versions"
    for name, tool in (("3.11.9", "python3.11"), ("3.12.1", "tool")):
        program(folder / name / "bin" / "python", name)
        program(folder / name / "bin" / tool, name)
    return folder


def test_which_says_who_chose(world: World, versions: Path) -> None:
    """A pin's file, with the version as it was asked for."""
    world.write(".python-version", "3.12\n")
    data = json.loads(world.parity("which", "python", "--json").raw_stdout)["data"]
    expected = {"path": str(versions / "3.12.1" / "bin" / "python"), "version": "3.12", "environment": None}
    assert expected.items() <= data.items()
    assert str(world.project / ".python-version") == data["origin"]
    assert (0, "3.12.1\n", "") == world.parity("which", "--all", "tool").said


def test_a_project_is_found_before_its_pin(world: World, versions: Path) -> None:
    """Its environment gives the program, by `which`, `exec` and shim alike; a sync makes shims for what is new."""
    assert versions.is_dir()
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("sync").exit_code
    environment = world.environment()
    assert (0, f"{environment}/bin/app\n".replace(str(world.root), "[TMP]"), "") == world.parity("which", "app").said
    assert "hello from app\n" == world.parity("exec", "app").stdout
    assert "hello from app\n" == world.run(str(world.store / "shims" / "app")).stdout
    missing = world.parity("exec", "pip", "--version")
    assert (127, "") == (missing.exit_code, missing.stdout)
    assert "error: the environment of `[TMP]/project` has no `pip`\n" in missing.stderr


def test_a_program_of_other_versions_is_no_program(world: World, versions: Path) -> None:
    """Exit 127 and the versions that have it; exit 1 and what installs it where the version is missing."""
    assert versions.is_dir()
    world.write(".python-version", "3.11.9\n")
    said = world.parity("exec", "tool")
    assert (127, "error: `3.11.9` has no `tool`, but `3.12.1` has\n") == (said.exit_code, said.stderr.split("hint")[0])
    world.write(".python-version", "3.99\n")
    said = world.parity("exec", "python")
    assert 1 == said.exit_code
    assert "asked for by `.python-version:1`" in said.stderr


def test_what_pip_brings_gets_a_shim(world: World, versions: Path) -> None:
    """After pip has installed something, without anybody asking for it."""
    pip = program(versions / "3.12.1" / "bin" / "pip", "3.12.1")
    pip.write_text('#!/bin/sh\ncp "$0" "${0%/*}/brought"\nexit 3\n', encoding="utf-8")
    world.write(".python-version", "3.12\n")
    assert 3 == world.parity("exec", "pip", "install", "brought").exit_code
    assert (world.store / "shims" / "brought").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_pyenvs_commands_change_the_shell_that_has_the_integration(world: World, versions: Path, shell: str) -> None:
    """`parity pyenv shell`, as `pyenv shell` does where pyenv's own is set up."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    assert versions.is_dir()
    hook = world.parity("hook", shell).raw_stdout
    script = f'{hook}\nparity pyenv shell 3.12.1 && python; parity pyenv shell --unset; echo "<$PYENV_VERSION>"'
    assert (0, "python of 3.12.1\n<>\n") == world.run(shell, "-c", script).said[:2]


def test_the_integration_comes_with_shims(world: World, versions: Path) -> None:
    """The first `hook` makes them; a shell that nobody knows is an error that names the others."""
    assert versions.is_dir()
    said = world.parity("hook", "bash")
    assert (0, "") == (said.exit_code, said.stderr)
    assert (world.store / "shims" / "python3.11").exists()
    assert said.raw_stdout == world.parity("hook", "bash").raw_stdout
    unknown = world.parity("hook", "tcsh")
    assert (1, "error: there is no integration for `tcsh`") == (unknown.exit_code, unknown.stderr.splitlines()[0])


def test_activating_needs_a_shell_that_listens(world: World) -> None:
    """Without the integration, it is said what to use instead; a name that leads elsewhere is none."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    said = world.parity("activate", ".")
    assert (1, "error: this shell does not have parity's integration") == (
        said.exit_code,
        said.stderr.splitlines()[0],
    )
    listening = world.parity("activate", ".", env={"PARITY_SHELL": "bash"})
    assert (0, "export PARITY_CHOSEN='[TMP]/project'\n", "") == listening.said
    assert 1 == world.parity("activate", "a b", env={"PARITY_SHELL": "bash"}).exit_code


def test_a_shell_is_started_in_the_environment(world: World) -> None:
    """In sync first; `$SHELL` is the shell, and its exit code parity's."""
    world.write("requirements.txt", "app\n")
    shell = program(world.root / "shell", "nobody")
    shell.write_text('#!/bin/sh\necho "$VIRTUAL_ENV"\napp\nexit 5\n', encoding="utf-8")
    said = world.parity("shell", env={"SHELL": str(shell)})
    assert (5, f"{world.environment()}\nhello from app\n") == (said.exit_code, said.raw_stdout)


def test_pyenv_is_taken_over(world: World, versions: Path) -> None:
    """Its versions get shims; its lines in start-up files are named, and replaced only when that is wanted."""
    assert versions.is_dir()
    start = world.home / ".bashrc"
    start.write_text('export A=1\neval "$(pyenv init -)"\n', encoding="utf-8")
    said = world.parity("import", "pyenv")
    assert (0, "3.11.9\n3.12.1\n") == (said.exit_code, said.stdout)
    assert "in the place of `[TMP]/home/.bashrc:2`" in said.stderr
    assert 'export A=1\neval "$(pyenv init -)"\n' == start.read_text(encoding="utf-8")
    assert 0 == world.parity("import", "pyenv", "--write").exit_code
    assert 'export A=1\n# eval "$(pyenv init -)"\neval "$(parity hook bash)"\n' == start.read_text(encoding="utf-8")
    there = "parity's line is at `[TMP]/home/.bashrc:3`\n"
    assert f"nothing is left to do: {there}" == world.parity("import", "pyenv").stderr
    start.write_text(f'{start.read_text(encoding="utf-8")}eval "$(pyenv init -)"\n', encoding="utf-8")
    again = world.parity("import", "pyenv").stderr
    assert f"take out `[TMP]/home/.bashrc:4`, or have `parity import pyenv --write` do it: {there}" == again


def test_completions_are_a_script_that_the_shell_takes(world: World) -> None:
    """From the parsers: every command and its options."""
    text = world.parity("hook", "bash", "--completions").raw_stdout
    assert "--move-aside" in text
    assert 0 == world.run("bash", "-n", "-c", text).exit_code
    assert sys.executable not in text
