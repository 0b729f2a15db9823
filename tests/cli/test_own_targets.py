"""Targets from files, as a user names them: profiles of real machines and a few lines of TOML."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import World
from tests.support.wheels import make_wheel


@pytest.fixture
def server(world: World) -> Path:
    """Write the profile of a server like this machine, with an older glibc and a driver for CUDA 12.6."""
    facts = json.loads(world.parity("probe").raw_stdout)
    facts["libc"]["version"] = "2.30"
    facts["nvidia"] = {"driver": "560.35.03", "cuda": "12.6", "gpus": None}
    (world.root / "machines").mkdir()
    path = world.root / "machines" / "gpu-server.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    world.write("requirements.txt", "fast\n")
    for floor in ("2_28", "2_34"):
        make_wheel(world.wheels, "fast", "1.0", tag=f"py3-none-manylinux_{floor}_x86_64")
    return path


def lock_of(world: World) -> dict[str, Any]:
    """Return the lock as data."""
    return tomllib.loads((world.project / "parity.lock").read_text(encoding="utf-8"))


def test_a_server_s_profile_is_a_target(world: World, server: Path) -> None:
    """By its name, with what decides about machines and nothing else of it; and every later lock knows it."""
    outcome = world.parity("lock", "--target", "linux-64", "--target", "../machines/gpu-server.json")
    first = lock_of(world)
    (target,) = [each for each in first["target"] if each["name"] == "gpu-server"]
    server.unlink()
    world.write("requirements.txt", "fast\nfiles\n")
    again = world.parity("lock")

    assert (0, 0) == (outcome.exit_code, again.exit_code), (outcome, again)
    machine = {"platform": "linux-64", "libc": "glibc", "libc-version": "2.30", "accelerator": "cu126"}
    assert machine == {key: target["machine"][key] for key in machine}
    assert {*target["machine"]} <= {*machine, "glibcxx", "cxxabi"}
    assert ["gpu-server", "linux-64"] == [each["name"] for each in lock_of(world)["target"]]
    assert "__cuda=12.6" in target["virtual-packages"]
    assert "560.35" not in (world.project / "parity.lock").read_text(encoding="utf-8")


def test_a_profile_decides_which_wheel_is_locked(world: World, server: Path) -> None:
    """One for its glibc, where the newest would not run; check and sync know it without the file."""
    world.parity("lock", "--target", "../machines/gpu-server.json")
    server.unlink()
    found = json.loads(world.parity("--json", "sync", env={"CONDA_OVERRIDE_CUDA": "12.6"}).raw_stdout)
    refused = world.parity("sync", env={"CONDA_OVERRIDE_CUDA": ""})

    assert ["fast-1.0-py3-none-manylinux_2_28_x86_64.whl"] == [each["file"] for each in lock_of(world)["pypi"]]
    assert "gpu-server" == found["data"]["target"]
    assert "`gpu-server`: it needs CUDA 12.6, and this machine has no CUDA driver" in refused.stderr


def test_a_server_that_changed_outdates_the_lock(world: World, server: Path) -> None:
    """Where the project names the file, what it says counts each time; a fact that decides nothing does not."""
    shutil.copy(server, world.project / "gpu-server.json")
    world.write("pyproject.toml", '[tool.parity]\ntargets = ["gpu-server.json"]\n')
    world.parity("lock")
    facts = json.loads(server.read_text(encoding="utf-8"))
    facts["memory"]["available"] = 1
    world.write("gpu-server.json", json.dumps(facts))
    same = world.parity("lock", "--check")
    facts["libc"]["version"] = "2.36"
    world.write("gpu-server.json", json.dumps(facts))
    other = world.parity("lock", "--check")

    assert 0 == same.exit_code, same
    assert "`parity.lock` is not current: `gpu-server` is another machine now" in other.stderr


def test_a_target_lies_in_a_folder_of_its_own(world: World) -> None:
    """In the project's `targets`, or in the user's; the lock is the same without them."""
    world.write("requirements.txt", "app\n")
    mine = world.home / ".config" / "parity" / "targets"
    mine.mkdir(parents=True)
    (mine / "lab.toml").write_text('based-on = "ubuntu-22.04"\n', encoding="utf-8")
    world.write("targets/cluster.toml", 'based-on = "rhel-8"\nglibc = "2.30"\n')
    assert 0 == world.parity("lock", "--target", "lab", "--target", "cluster+cpu").exit_code
    before = (world.project / "parity.lock").read_text(encoding="utf-8")
    shutil.rmtree(mine)
    current = world.parity("lock", "--check")

    assert ["cluster+cpu", "lab"] == [each["name"] for each in lock_of(world)["target"]]
    assert (0, before) == (current.exit_code, (world.project / "parity.lock").read_text(encoding="utf-8")), current


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("none.json", "error: there is no target file `"),
        ("labb", "error: `labb` is not a target that parity knows"),
        ("requirements.toml", "error: there is no target file `"),
        ("osx-64+cu126", "error: `osx-64+cu126` is a machine that there is not: macOS has no driver for CUDA or ROCm"),
    ],
)
def test_a_target_that_is_none_is_refused(world: World, word: str, said: str) -> None:
    """And nothing is written."""
    world.write("requirements.txt", "app\n")
    outcome = world.parity("lock", "--target", word)
    assert (1, True) == (outcome.exit_code, outcome.stderr.startswith(said)), outcome
    assert not (world.project / "parity.lock").exists()


def test_two_files_of_one_name_are_no_two_targets(world: World, server: Path) -> None:
    """Neither is left out without a word."""
    other = world.root / "others" / server.name
    other.parent.mkdir()
    other.write_text(server.read_text(encoding="utf-8").replace('"2.30"', '"2.31"'), encoding="utf-8")
    refused = world.parity("lock", "--target", f"../machines/{server.name}", "--target", f"../others/{server.name}")
    assert 1 == refused.exit_code
    assert "two targets are called `gpu-server`" in refused.stderr
    assert not (world.project / "parity.lock").exists()
