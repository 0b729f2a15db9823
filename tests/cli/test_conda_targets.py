"""One conda lock for a laptop, a GPU and a server as it is: locked, synced and checked, as a user does it."""

import json
import re

import pytest

from tests.support.conda.channel import Channels
from tests.support.projects import World

GPU, NO_GPU = {"CONDA_OVERRIDE_CUDA": "12.6"}, {"CONDA_OVERRIDE_CUDA": ""}


@pytest.fixture
def locked(conda: World, conda_channels: Channels) -> World:
    """Lock for this platform, for it with an accelerator, and for a server's profile."""
    facts = json.loads(conda.parity("probe").raw_stdout)
    facts["nvidia"] = {"driver": "525.60.13", "cuda": "12.0", "gpus": [{"name": "A100", "capability": "8.0"}]}
    conda.write("gpu-server.json", json.dumps(facts))
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [pytorch]\n")
    names = (conda_channels.subdir, f"{conda_channels.subdir}+cu126", "gpu-server.json")
    outcome = conda.parity("lock", *(word for name in names for word in ("--target", name)))
    assert 0 == outcome.exit_code, outcome
    return conda


def test_each_machine_takes_its_own_and_check_says_so(locked: World, conda_channels: Channels) -> None:
    """With a GPU the server's own target, which fits it best; without one nothing, until that is allowed."""
    subdir = conda_channels.subdir
    with_gpu = json.loads(locked.parity("--json", "sync", env=GPU).raw_stdout)["data"]
    agreed = json.loads(locked.parity("--json", "check", env=GPU).raw_stdout)["data"]
    refused = locked.parity("sync", env=NO_GPU)
    named = locked.parity("sync", "--target", f"{subdir}+cu126", env=NO_GPU)

    assert ("gpu-server", "gpu-server") == (with_gpu["target"], agreed["target"])
    assert (1, f"what is left for this machine is `{subdir}`, without an accelerator: `gpu-server`: it needs CUDA") == (
        refused.exit_code,
        "".join(re.findall(r"what is left .* needs CUDA", refused.stderr.split("; ")[0])),
    )
    assert f"name another one of the lock's: `gpu-server`, `{subdir}`" in named.stderr


def test_check_knows_the_targets_and_the_machines(locked: World, conda_channels: Channels) -> None:
    """The lock's own run; a hint names no more than what the lock does not have."""
    subdir = conda_channels.subdir
    words = ("gpu-server.json", "gpu-server", f"{subdir}+cu126", f"{subdir}+cu130")
    answers = {
        word: json.loads(locked.parity("--json", "check", "--on", word).raw_stdout)["data"]
        for word in (*words, "osx-arm64")
    }
    taken = {word: (each["target"], each["verdict"]) for word, each in answers.items()}
    hints = {
        finding["hint"]
        for finding in answers["osx-arm64"]["machines"][0]["findings"]
        if finding["code"] == "target-unfit"
    }

    assert {
        "gpu-server.json": ("gpu-server", "runs"),
        "gpu-server": ("gpu-server", "runs"),
        f"{subdir}+cu126": (f"{subdir}+cu126", "runs"),
        f"{subdir}+cu130": (f"{subdir}+cu126", "runs"),
        "osx-arm64": (taken["osx-arm64"][0], "fails"),
    } == taken
    every = " ".join(f"--target {name}" for name in ("gpu-server", subdir, f"{subdir}+cu126", "osx-arm64"))
    assert {f"lock for it too: `parity lock {every}`"} == hints
