"""Changing a named environment, killed at any moment: it is the old one or the new one, and the next try ends well."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.cli.commands.env.conftest import Data
from tests.support.injection import Injector, Signalled, points
from tests.support.projects import World
from tests.support.serving import Fault
from tests.support.wheels import make_wheel

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2", "UV_HTTP_RETRIES": "0"}
PATIENCE = 60.0
POINTS = 10


@pytest.mark.parametrize("words", [["update"], ["create", "--force"]], ids=" ".join)
def test_a_kill_before_the_lock_leaves_the_old_one(world: World, data: Data, words: list[str]) -> None:
    """While the index does not answer: neither its lock nor what it is made of is another, and no network is needed."""
    world.write("requirements.txt", "left\n")
    data("env", "create", "-f", "requirements.txt", "-n", "tools")
    before = data("env", "info", "tools")
    world.write("more.txt", "files\nplugin\n")
    world.index.faults["plugin"] = held = Fault("held")
    asked = len(world.index.requests)
    process = world.start("env", *words, "-f", "more.txt", "-n", "tools", start_new_session=True)
    while len(world.index.requests) == asked:
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    held.release.set()
    world.index.faults.clear()
    assert -signal.SIGKILL == process.returncode
    for command in (["run", "-n", "tools", "python", "-c", "import left"], ["sync", "-n", "tools"]):
        assert 0 == world.parity(*command, env=NOWHERE).exit_code
    assert before == data("env", "info", "tools")
    data("env", *words, "-f", "more.txt", "-n", "tools")
    assert 0 == world.parity("run", "-n", "tools", "python", "-c", "import plugin").exit_code


@pytest.mark.slow
def test_a_kill_at_any_change_leaves_the_old_or_the_new_one(world: World, data: Data, tmp_path: Path) -> None:
    """At points spread over a whole update, counted in changes of files."""
    injector = Injector.compiled(tmp_path)
    world.write("requirements.txt", "left\n")
    data("env", "create", "-f", "requirements.txt", "-n", "tools")
    update = ["env", "update", "-n", "tools", "-f", "more.txt"]
    show = ["python", "-c", "import left, work; print(work.__version__)"]

    def want(version: int) -> None:
        make_wheel(world.wheels, "work", str(version), modules={"work.py": f"__version__ = '{version}'\n"})
        world.write("more.txt", f"work=={version}\n")

    want(0)
    total = injector.parity(world, *update).changes
    assert total > POINTS
    for version, at in enumerate(points(total, POINTS, seed=1), start=1):
        want(version)
        hit = injector.parity(world, *update, injection=Signalled(at=at))
        ran = world.parity("run", "-n", "tools", *show)
        assert (0, True) == (ran.exit_code, ran.stdout in {f"{version - 1}\n", f"{version}\n"}), (at, hit, ran)
        data(*update)
        assert f"{version}\n" == world.parity("run", "-n", "tools", *show, env=NOWHERE).stdout, at
