"""Locks that Poetry and Pipenv themselves have just written become `parity.lock`, and then an environment."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.exports import codes, locked
from tests.support.projects import World
from tests.support.wheels import make_wheel, write_project

POETRY = """
[tool.poetry]
name = "shop"
version = "0"
package-mode = false

[[tool.poetry.source]]
name = "tests"
url = "{index}"
priority = "primary"

[tool.poetry.dependencies]
python = "^3.11"
app = {{ version = "^1.0", extras = ["plugins"] }}
base = {{ version = "<2", markers = "sys_platform != 'win32'" }}
files = {{ url = "{files}" }}
lib = {{ path = "./lib", develop = true }}
repo = {{ git = "file://{repo}", branch = "main" }}
space-one = {{ version = "*", markers = "sys_platform == 'win32'" }}
right = {{ version = "*", optional = true }}

[tool.poetry.extras]
arm = ["right"]

[tool.poetry.group.dev.dependencies]
space-two = "^1"
"""
PIPENV = """
[[source]]
name = "tests"
url = "{index}"
verify_ssl = false

[packages]
app = {{version = "~=1.0", extras = ["plugins"]}}
base = {{version = "<2", markers = "sys_platform != 'win32'"}}
files = {{file = "{files}"}}
lib = {{path = "./lib", editable = true}}
repo = {{git = "file://{repo}", ref = "main"}}
space-one = {{version = "*", markers = "sys_platform == 'win32'"}}

[dev-packages]
space-two = "*"
"""
TOOLS = {
    "poetry.lock": ("poetry==2.5.1", "pyproject.toml", POETRY),
    "Pipfile.lock": ("pipenv==2026.10.3", "Pipfile", PIPENV),
}


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("file", TOOLS)
def test_what_the_tool_itself_has_locked_is_taken_over(world: World, file: str) -> None:
    """Extras, markers, a group, an address, a folder and a repository: its versions and hashes, whatever is newer."""
    requirement, manifest, text = TOOLS[file]
    write_project(world.project / "lib", "lib")
    repo = write_project(world.root / "repo", "repo")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(repo)]
    for command in (["init", "-q", "--initial-branch=main"], ["add", "."], ["commit", "-qm", "one"]):
        assert 0 == world.run(*git, *command).exit_code
    address = f"{world.index.url.rsplit('/simple', 1)[0]}/files/{next(world.wheels.glob('files-*.whl')).name}"
    world.write(manifest, text.format(index=world.index.url, files=address, repo=repo))
    tool = requirement.partition("=")[0]
    uv = str(Path(sys.executable).parent / "uv")
    done = world.run(uv, "tool", "run", "--python", sys.executable, "--from", requirement, tool, "lock")
    assert 0 == done.exit_code, done
    make_wheel(world.wheels, "left", "2.0")
    world.extra["UV_DEFAULT_INDEX"] = world.index.url
    # groups in Poetry's own words are lost, which is told
    groups = ["--group", "dev"] if file == "Pipfile.lock" else []
    outcome = world.parity("import", file, *groups, "--json")
    assert 0 == outcome.exit_code, outcome
    assert not {"import-added", "import-unhashed"} & codes(outcome), outcome
    entries = {each["name"]: each for each in locked(world.project)["pypi"]}
    assert (groups == []) == ("import-lost" in codes(outcome)), outcome
    grouped = {"space-two"} if groups else set()
    assert {"app", "left", "base", "files", "lib", "plugin", "repo"} | grouped == set(entries)
    assert ("1.0", "1.0") == (entries["left"]["version"], entries["base"]["version"])
    lock = (world.project / file).read_text(encoding="utf-8")
    assert [] == [name for name, each in entries.items() if each.get("index") and each["sha256"] not in lock]
    assert entries["repo"]["commit"] in lock
    synced = world.parity("sync", "--locked", "--json")
    assert 0 == synced.exit_code, synced
    assert json.loads(synced.raw_stdout)["data"]["environment"]
    assert 0 == world.parity("run", "--locked", "python", "-c", "import app, lib, repo, files").exit_code
