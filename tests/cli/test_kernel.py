"""`parity kernel`: notebooks run in the environment of a project, whatever is locked by then."""

import json
from pathlib import Path

import pytest

from tests.support.projects import World
from tests.support.wheels import make_wheel

_ASK = """
import sys
from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="project", cwd=sys.argv[1])
told = []
client.execute_interactive(sys.argv[2], output_hook=lambda said: told.append(said["content"].get("text", "")))
client.stop_channels()
manager.shutdown_kernel(now=True)
print("".join(told), end="")
"""


@pytest.fixture
def jupyter(world: World) -> World:
    """Give the project a lock with something called `ipykernel`, and Jupyter a folder of its own."""
    make_wheel(world.wheels, "ipykernel", "7.0")
    world.extra["JUPYTER_DATA_DIR"] = str(world.root / "jupyter")
    world.write("requirements.txt", "ipykernel\n")
    assert 0 == world.parity("sync").exit_code
    return world


def kernels(world: World) -> list[str]:
    """Return the names of parity's kernels."""
    return [each["name"] for each in json.loads(world.parity("kernel", "list", "--json").raw_stdout)["data"]["kernels"]]


def test_a_kernel_is_made_shown_and_removed(jupyter: World) -> None:
    """It is called after the project, or as the user likes, and made anew where it is parity's own."""
    made = jupyter.parity("kernel", "install")
    again = jupyter.parity("kernel", "install", "--display-name", "Mine")
    jupyter.parity("kernel", "install", "--called", "Other.1")
    listed = kernels(jupyter)
    removed = jupyter.parity("kernel", "uninstall", "Other.1")

    assert (0, 0) == (made.exit_code, again.exit_code), made
    assert ["Other.1", "project"] == listed
    assert (0, "removed the kernel `Other.1`\n") == (removed.exit_code, removed.stderr)
    assert ["project"] == kernels(jupyter)
    said = json.loads((jupyter.root / "jupyter/kernels/project/kernel.json").read_text(encoding="utf-8"))
    assert ("Mine", str(jupyter.store)) == (said["display_name"], said["env"]["PARITY_HOME"])


def test_a_lock_that_is_no_text_is_told_with_its_line(jupyter: World) -> None:
    """As everywhere."""
    (jupyter.project / "parity.lock").write_bytes(b"version = 1\n# caf\xe9\n")
    refused = jupyter.parity("kernel", "install")
    assert (1, True) == (refused.exit_code, "parity.lock:2: is not UTF-8 text" in refused.stderr), refused


def test_a_kernel_of_a_named_environment_names_it(jupyter: World) -> None:
    """As `-n` does: where it is does not matter."""
    assert 0 == jupyter.parity("env", "create", "-f", "requirements.txt", "-n", "study").exit_code
    assert 0 == jupyter.parity("kernel", "install", "-n", "study").exit_code
    said = json.loads((jupyter.root / "jupyter/kernels/study/kernel.json").read_text(encoding="utf-8"))
    assert ["run", "-n", "study", "python"] == said["argv"][4:8]


def test_kernels_of_others_are_left_alone(jupyter: World) -> None:
    """A kernel that parity has not made is neither written over nor removed; nor is there one that cannot answer."""
    own = jupyter.root / "jupyter/kernels/project/kernel.json"
    own.parent.mkdir(parents=True)
    own.write_text('{"argv": ["python3"], "display_name": "theirs", "language": "python"}', encoding="utf-8")
    refused = jupyter.parity("kernel", "install")
    kept = jupyter.parity("kernel", "uninstall", "project")
    named = jupyter.parity("kernel", "install", "--called", "../../up")
    jupyter.write("requirements.txt", "left\n")
    jupyter.parity("sync")
    silent = jupyter.parity("kernel", "install", "--called", "silent")

    assert 1 == refused.exit_code
    assert "there is a kernel `project` that parity has not made" in refused.stderr
    assert "parity has made no kernel `project`" in kept.stderr
    assert "`../../up` is no name for a kernel" in named.stderr
    assert "`ipykernel` is not in `parity.lock`, and nothing else answers Jupyter" in silent.stderr
    assert "theirs" in own.read_text(encoding="utf-8")
    assert [] == kernels(jupyter)


@pytest.mark.network
def test_a_real_kernel_follows_the_project(world: World, tmp_path: Path) -> None:
    """Jupyter starts it in the notebook's folder; after a sync, the next one is what is locked then."""
    world.extra["JUPYTER_DATA_DIR"] = str(world.root / "jupyter")
    world.write("requirements.txt", "ipykernel\njupyter_client\n")
    assert 0 == world.parity("sync").exit_code
    assert 0 == world.parity("kernel", "install").exit_code
    notebooks = tmp_path / "note books"
    notebooks.mkdir()

    def asked(code: str) -> str:
        return world.parity("run", "python", "-c", _ASK, str(notebooks), code).raw_stdout

    where = asked("import os, sys; print(sys.prefix, os.getcwd(), sep='\\n')")
    assert f"{world.environment()}\n{notebooks}\n" == where
    world.write("requirements.txt", "ipykernel\njupyter_client\ntoolz==1.0.0\n")
    assert 0 == world.parity("sync").exit_code
    assert "1.0.0\n" == asked("import toolz; print(toolz.__version__)")
