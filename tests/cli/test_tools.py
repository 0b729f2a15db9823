"""`parity tool`: command-line tools in environments of their own, on both routes."""

import json
import subprocess

import pytest

from tests.support.projects import World, files_of
from tests.support.wheels import make_wheel


def test_a_tool_is_installed_upgraded_and_removed(world: World) -> None:
    """A link to each of its programs and to no other's; it works without parity; nothing else stays."""
    bin_folder = world.home / ".local" / "bin"
    installed = world.parity("tool", "install", "app", "--with", "plugin")
    assert 0 == installed.exit_code, installed
    assert "installed app 1.0: app in [TMP]/home/.local/bin" in installed.stderr
    assert "is not on PATH" in installed.stderr
    assert ["app"] == files_of(bin_folder)
    assert "hello from app\n" == subprocess.run([bin_folder / "app"], capture_output=True, check=True, text=True).stdout
    assert ["app  1.0  app"] == world.parity("tool", "list").stdout.splitlines()
    assert "" == world.parity("env", "list").stdout
    make_wheel(
        world.wheels, "app", "2.0", entry_points={"other": "app:main"}, modules={"app/__init__.py": "main = print"}
    )
    upgraded = json.loads(world.parity("tool", "upgrade", "--json").raw_stdout)["data"]["tools"]
    assert [("2.0", ["other"])] == [(tool["version"], tool["programs"]) for tool in upgraded]
    assert ["other"] == files_of(bin_folder)
    assert 0 == world.parity("gc").exit_code
    assert 0 == world.run(str(bin_folder / "other")).exit_code
    assert 0 == world.parity("tool", "uninstall", "app").exit_code
    assert [] == files_of(bin_folder)
    assert "" == world.parity("tool", "list").stdout
    assert [] == files_of(world.project)


def test_what_is_not_paritys_is_never_written_over(world: World) -> None:
    """The folder of programs is the user's; a tool that cannot be linked is not installed."""
    chosen = world.root / "programs"
    chosen.mkdir()
    (chosen / "app").write_text("mine", encoding="utf-8")
    world.extra["PARITY_TOOL_BIN"] = str(chosen)
    refused = world.parity("tool", "install", "app")
    assert 1 == refused.exit_code
    assert "there is a `app` in `[TMP]/programs` already" in refused.stderr
    assert "mine" == (chosen / "app").read_text(encoding="utf-8")
    assert "" == world.parity("tool", "list").stdout


def test_a_tool_that_cannot_be_upgraded_stays_what_it_was(world: World) -> None:
    """Where the new version brings a program whose place is taken: the old one goes on, and no link dangles."""
    bin_folder = world.home / ".local" / "bin"
    assert 0 == world.parity("tool", "install", "app").exit_code
    (bin_folder / "other").write_text("mine", encoding="utf-8")
    make_wheel(
        world.wheels, "app", "2.0", entry_points={"other": "app:main"}, modules={"app/__init__.py": "main = print"}
    )
    for words in (("upgrade",), ("install", "app>=2")):
        refused = world.parity("tool", *words)
        assert (1, True) == (refused.exit_code, "there is a `other` in" in refused.stderr)
        assert "hello from app\n" == world.run(str(bin_folder / "app")).stdout
        assert ["app  1.0  app"] == world.parity("tool", "list").stdout.splitlines()
    (bin_folder / "other").unlink()
    assert 0 == world.parity("tool", "upgrade").exit_code
    assert ["app  2.0  other"] == world.parity("tool", "list").stdout.splitlines()


def test_a_tool_runs_in_passing(world: World) -> None:
    """With words of its own; the second time nothing is asked of the index; nothing is installed."""
    assert (0, "hello from app\n", "") == world.parity("tool", "run", "app", "--help", "-x").said
    asked = len(world.index.requests)
    assert (0, "hello from app\n", "") == world.parity("tool", "run", "app").said
    assert asked == len(world.index.requests)
    assert "hello from a script\n" == world.parity("tool", "run", "--from", "files", "files-tool").stdout
    assert not (world.home / ".local").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["run"], 2, "there is no tool to run"),
        (["run", "plugin"], 127, "`plugin` brings no program `plugin`"),
        (["install", "plugin"], 127, "`plugin` brings no programs"),
        (["install", "app", "-c", "conda-forge"], 2, "say `--conda` too"),
        (["install", "app=1"], 1, "`app=1` is not a requirement"),
        (["uninstall", "app"], 1, "there is no tool `app`"),
        (["upgrade", "../app"], 1, "is no name for an environment"),
    ],
)
def test_what_cannot_be_done_is_said(world: World, words: list[str], code: int, said: str) -> None:
    """And leaves no tool behind."""
    outcome = world.parity("tool", *words)
    assert code == outcome.exit_code, outcome
    assert said in outcome.stderr
    assert "" == world.parity("tool", "list").stdout


def test_tools_of_conda(conda: World) -> None:
    """A program of a channel, installed and in passing."""
    installed = conda.parity("tool", "install", "--conda", "-c", "conda-forge", "greetapp")
    assert 0 == installed.exit_code, installed
    assert ["greetapp"] == files_of(conda.home / ".local" / "bin")
    assert conda.run(str(conda.home / ".local" / "bin" / "greetapp")).stdout.startswith("hello ")
    assert "textapp a b\n" == conda.parity("tool", "run", "--conda", "textapp", "a b").stdout
