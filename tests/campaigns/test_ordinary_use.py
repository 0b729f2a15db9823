"""What people do with an environment all day changes nothing in it that counts: no finding, as root and as a user."""

import json
import os
import sys

import pytest

from tests.campaigns.conftest import Begin
from tests.support.journeys import ROUTES, Route
from tests.support.namespaces import as_user
from tests.support.projects import World
from tests.support.wheels import make_wheel

_IMPORT_ALL = """
import compileall, pkgutil, sys
for found in pkgutil.walk_packages(onerror=lambda name: None):
    if found.name.split(".")[0] in {"app", "left", "base", "work", "wordlib"}:
        __import__(found.name)
"""


def undisturbed(world: World) -> None:
    """Assert that neither way of looking finds anything wrong."""
    for options in ([], ["--deep"]):
        outcome = world.parity("verify", *options, "--json")
        found = json.loads(outcome.raw_stdout)["findings"]
        assert [] == [finding for finding in found if finding["severity"] != "info"], found
        assert 0 == outcome.exit_code


@pytest.mark.parametrize("route", ROUTES)
def test_imports(begin: Begin, route: Route) -> None:
    """With and without optimisation, by root and by a user."""
    journey = begin(route)
    journey.parity("sync")
    python = str(journey.world.project / ".venv/bin/python")
    for options in ([], ["-O"], ["-OO"], ["-X", "dev"]):
        assert 0 == journey.world.run(python, *options, "-c", _IMPORT_ALL).exit_code
        assert 0 == as_user(journey.world, python, *options, "-c", _IMPORT_ALL).exit_code
    undisturbed(journey.world)


_TOOLS = """\
pytest
ipykernel
nbclient
matplotlib
numba
"""

_NOTEBOOK = """
import nbformat
from nbclient import NotebookClient
cells = [nbformat.v4.new_code_cell(source) for source in ("import fast, sys", "fast.added(1)", "sys.prefix")]
said = NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3").execute()
assert "2" == said.cells[1].outputs[0]["data"]["text/plain"], said
"""

_DRAWING = """
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.title("a title"); plt.savefig("drawing.png")
"""


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.parametrize("who", ["root", "user"])
def test_tools_of_every_day(world: World, who: str) -> None:
    """A test run with rewritten asserts, a Jupyter kernel, matplotlib's font cache, numba's machine code.

    numba keeps that beside the module where it can, which root can; a user's goes where his caches are.
    """
    code = "from numba import njit\n\n\n@njit(cache=True)\ndef added(x):\n    return x + 1\n"
    checks = "import fast\n\n\ndef test_it():\n    assert fast.added(1) == 2\n"
    wheel = make_wheel(
        world.root / "own", "fast", "1.0", modules={"fast/__init__.py": code, "fast/test_fast.py": checks}
    )
    world.write("requirements.txt", f"{_TOOLS}{os.path.relpath(wheel, world.project)}\n")
    outcome = world.parity("sync")
    assert 0 == outcome.exit_code, outcome
    bin_folder = world.project / ".venv" / "bin"
    python = str(bin_folder / "python")
    run = world.run if who == "root" else lambda *command: as_user(world, *command)
    for command in (
        [str(bin_folder / "pytest"), "-q", "--pyargs", "fast"],
        [python, "-c", _NOTEBOOK],
        [python, "-c", _DRAWING],
        [python, "-c", "import fast; print(fast.added(2))"],
        [python, "-m", "pytest", "-q", "--pyargs", "fast.test_fast"],
    ):
        done = run(*command)
        assert 0 == done.exit_code, (command, done)
    undisturbed(world)
    if who == "user" and sys.platform == "linux":
        assert [] == list(world.environment().rglob("*.nbi"))
