"""The project that parity is for, as its user has written it: an `environment.yml` of the language-model kind."""

import json
import sys
import tomllib
from typing import Any

import pytest

from tests.support.conda.channel import Channels
from tests.support.projects import World
from tests.support.wheels import make_wheel

SEED = """\
name: nlp-exp
channels:
  - pytorch
  - conda-forge
  - defaults
dependencies:
  - python={python}
  - pytorch::pytorch
  - transformers
  - datasets
  - lightning
  - jupyter
  - pip:
      - wandb
"""
NAMES = {"transformers", "datasets", "lightning", "jupyter"}
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def project(world: World, conda_channels: Channels) -> World:
    """Return a world whose channels are in a folder, and whose index has what `pip:` asks for."""
    world.extra["PARITY_CONDA_CHANNEL_ALIAS"] = conda_channels.root.as_uri()
    # `defaults` is elsewhere than the alias says
    world.write("condarc", f"default_channels: [{', '.join(folder.as_uri() for folder in conda_channels.defaults)}]\n")
    world.extra["CONDARC"] = str(world.project / "condarc")
    make_wheel(world.wheels, "wandb", "0.25.1", requires=["numpy>=1.17"])
    return world


def locked(world: World) -> dict[str, Any]:
    """Return the lock as it is in the file."""
    return tomllib.loads((world.project / "parity.lock").read_text(encoding="utf-8"))


def test_the_seed_is_locked_from_its_channels(project: World) -> None:
    """With the Python that it names, PyTorch of its own channel, the rest of `conda-forge`, and `wandb` over them."""
    project.write("environment.yml", SEED.format(python="3.10"))
    outcome = project.parity("lock")
    assert 0 == outcome.exit_code, outcome
    lock = locked(project)
    packages = {each["name"]: each for each in lock["conda"]}
    assert ["pytorch", "conda-forge", "defaults"] == lock["channels"]
    assert ("2.3.1", "pytorch") == (packages["pytorch"]["version"], packages["pytorch"]["channel"])
    assert {"conda-forge"} == {packages[name]["channel"] for name in NAMES}
    assert "3.10.14" == packages["python"]["version"]
    assert ["wandb"] == [each["name"] for each in lock["pypi"]]
    assert "://" not in (project.project / "parity.lock").read_text(encoding="utf-8")


def test_the_seed_runs(project: World) -> None:
    """From its manifest to a program that imports all of it, with the one Python that the channel has in full."""
    project.write("environment.yml", SEED.format(python=HERE))
    imports = "import datasets, jupyter, lightning, torch, transformers, wandb; print(torch.__version__)"
    ran = project.parity("run", "python", "-c", imports)
    assert (0, "2.3.1\n") == (ran.exit_code, ran.stdout), ran
    listed = json.loads(project.parity("list", "--json").raw_stdout)["data"]["packages"]
    requested = {each["name"]: each["kind"] for each in listed if each["requested"]}
    assert {**dict.fromkeys({*NAMES, "python", "pytorch"}, "conda"), "wandb": "pypi"} == requested
    assert 0 == project.parity("verify", "--deep").exit_code
    assert 0 == project.parity("sync", "--locked").exit_code


@pytest.mark.network
def test_the_seed_is_locked_from_the_registries(world: World) -> None:
    """The light route, with everything that PyPI has of it today: names translated, what is lost told."""
    world.write("environment.yml", SEED.format(python=HERE))
    outcome = world.parity("lock", "--route", "venv")
    assert 0 == outcome.exit_code, outcome
    assert "channel `pytorch` of `pytorch` is lost on the venv route" in outcome.stderr
    wheels = {each["name"]: each for each in locked(world)["pypi"]}
    assert {*NAMES, "torch", "wandb"} == {name for name, each in wheels.items() if each.get("requested")}
    assert all(each["sha256"] and each["size"] for each in wheels.values())
