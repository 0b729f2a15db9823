"""docs/guides/if-you-know.md is run: each section's commands of parity, one after the other, in a shell."""

import re
import sys
from pathlib import Path

import pytest

from tests.support.conda.channel import Channels
from tests.support.projects import World
from tests.support.wheels import make_wheel

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "if-you-know.md"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
_SECTION = re.compile(r"^## ([^\n]+)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| [^|]+ \| `(parity [^`]+)`( †)? \|", re.MULTILINE)
SECTIONS = {
    name: [command for command, online in _ROW.findall(text) if not online]
    for name, text in _SECTION.findall(PAGE.read_text(encoding="utf-8"))
}


@pytest.fixture
def script(world: World) -> World:
    """Return a world whose index has what the page asks for, with parity on PATH and a project."""
    make_wheel(world.wheels, "requests", "2.32.3")
    make_wheel(
        world.wheels,
        "ruff",
        "0.9.0",
        entry_points={"ruff": "ruff:main"},
        modules={"ruff/__init__.py": "def main() -> None:\n    print('checked')\n"},
    )
    program = world.root / "bin" / "parity"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m parity "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    world.extra["PATH"] = f"{program.parent}:{world.environ['PATH']}"
    world.extra["SHELL"] = "/bin/bash"
    world.write("pyproject.toml", '[project]\nname = "paper"\nversion = "1"\ndependencies = ["app"]\n')
    return world


def failed(world: World, commands: list[str]) -> str:
    """Run commands in one shell that has parity's integration; return the first that fails, and what it says."""
    steps = "".join(f"{command} >out 2>err || {{ echo '{command}'; cat out err; exit 1; }}\n" for command in commands)
    script = f'eval "$(parity hook bash)"\n{steps}'.replace("3.12", HERE)
    outcome = world.run("bash", "--noprofile", "--norc", "-c", script)
    return "" if not outcome.exit_code else outcome.stdout + outcome.stderr


@pytest.mark.parametrize("name", [name for name in SECTIONS if name not in {"conda", "Docker"}])
def test_a_section_can_be_typed_from_top_to_bottom(script: World, name: str) -> None:
    """Every command ends well after those above it."""
    assert len(SECTIONS[name]) >= 5
    assert "" == failed(script, SECTIONS[name])


def test_the_section_about_docker_can_be_typed(script: World) -> None:
    """A project comes with its lock."""
    assert "" == failed(script, ["parity lock", *SECTIONS["Docker"]])


def test_the_section_about_conda_can_be_typed(script: World, conda_channels: Channels) -> None:
    """A project has an `environment.yml`, and the channel is a folder."""
    script.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    (script.project / "pyproject.toml").unlink()
    script.write("environment.yml", "name: team\nchannels: [conda-forge]\ndependencies: [python, numpy]\n")
    assert len(SECTIONS["conda"]) >= 20
    assert "" == failed(script, SECTIONS["conda"])
