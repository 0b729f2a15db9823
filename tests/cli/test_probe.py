"""`parity probe`: what a machine is, found out here, by old Pythons over a pipe, and by a shell alone."""

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from parity.engines.machine import detect, probing
from tests.support.projects import World

#: What may differ between two probes of one machine, one right after the other.
_MOVING = ("free_bytes", "free_inodes", "available")


def shape(value: object) -> object:
    """Return which keys there are, at every depth."""
    return {key: shape(inner) for key, inner in value.items()} if isinstance(value, dict) else None


def settled(profile: Mapping[str, Any]) -> str:
    """Return a profile as text without what moves."""
    return re.sub(rf'"({"|".join(_MOVING)})": \d+', r'"\1": 0', json.dumps(profile, sort_keys=True))


def by_script(world: World, language: str, *command: str) -> dict[str, Any]:
    """Return what a probe says that runs over a pipe, as one does it through ssh."""
    text = world.parity("probe", "--script", language).raw_stdout
    answer = subprocess.run(
        command, input=text, env=world.environ, stdout=subprocess.PIPE, check=True, encoding="utf-8", cwd=world.project
    )
    profile: dict[str, Any] = json.loads(answer.stdout)
    return profile


def files_below(folder: Path) -> list[tuple[str, int]]:
    """Return every path below a folder with the time of its last change."""
    return sorted((str(path), path.lstat().st_mtime_ns) for path in folder.rglob("*"))


def test_the_profile_is_data_alone(world: World) -> None:
    """On standard output, as JSON; exit 0, nothing else said."""
    outcome = world.parity("probe")

    assert (0, "") == (outcome.exit_code, outcome.stderr)
    assert "parity-profile/1" == json.loads(outcome.raw_stdout)["schema"]


def test_the_profile_says_what_parity_itself_detects(world: World) -> None:
    """Platform, C library and CUDA are the same facts that `sync` chooses a target by."""
    profile = json.loads(world.parity("probe").raw_stdout)
    host = detect.detect()

    assert host.platform == profile["system"]["platform"]
    assert (host.libc, host.libc_version) == (
        (profile["libc"]["name"], profile["libc"]["version"]) if profile["libc"] else ("", "")
    )
    assert host.cuda == ((profile["nvidia"] or {}).get("cuda") or "")
    assert host.rocm == (profile["rocm"] is not None)


def test_a_script_over_a_pipe_says_the_same(world: World) -> None:
    """Run by a bare Python, the probe gives the profile that `parity probe` gives."""
    here = json.loads(world.parity("probe").raw_stdout)
    there = by_script(world, "python", sys.executable, "-I", "-")

    assert settled(here) == settled(there)


@pytest.mark.parametrize("version", ["3.6", "3.7", "3.8", "3.9"])
def test_an_old_python_runs_it(world: World, version: str) -> None:
    """From 3.6 on, with every key."""
    places = [Path(found) for found in [shutil.which(f"python{version}")] if found]
    places += (Path(pwd.getpwuid(os.getuid()).pw_dir) / ".pyenv" / "versions").glob(f"{version}.*/bin/python")
    # pyenv's shim has the name and may have no such Python behind it
    python = next((str(path) for path in places if path.resolve().read_bytes()[:2] != b"#!"), None)
    if python is None:
        pytest.skip(f"no Python {version} here")
    here = json.loads(world.parity("probe").raw_stdout)

    there = by_script(world, "python", python, "-")

    assert shape(here) == shape(there)
    own = ("probe", "interpreters", "language")  # who asks, who is late to answer, what old Pythons call a locale
    facts = [{key: value for key, value in profile.items() if key not in own} for profile in (here, there)]
    assert settled(facts[0]) == settled(facts[1])


def test_a_shell_runs_it_with_every_key(world: World) -> None:
    """The probe for `sh` has the same keys, the same machine, and no Python."""
    here = json.loads(world.parity("probe").raw_stdout)
    there = by_script(world, "sh", "sh", "-s")

    assert set(here) == set(there)
    for key in ("cpu", "libc", "limits", "memory", "folders", "proxies", "language", "system"):
        assert shape(here[key]) == shape(there[key])
    for key in ("libc", "cxx_runtime", "limits", "managers", "metal", "nvidia", "proxies", "rocm", "system"):
        assert here[key] == there[key]
    for key in ("level", "model", "features"):
        assert here["cpu"][key] == there["cpu"][key]
    for key in ("total", "limit"):
        assert here["memory"][key] == there["memory"][key]
    assert [each["name"] for each in here["compilers"]] == [each["name"] for each in there["compilers"]]
    for name, folder in here["folders"].items():
        assert {**folder, "free_bytes": 0, "free_inodes": 0} == {
            **there["folders"][name],
            "free_bytes": 0,
            "free_inodes": 0,
        }


@pytest.mark.parametrize("language", ["python", "sh"])
def test_a_probe_names_nobody(world: World, language: str) -> None:
    """Neither home, host, proxy nor password is in a profile, and nothing is written."""
    world.extra["https_proxy"] = "http://jane:secret@proxy.example:3128"
    before = files_below(world.root)
    profile = by_script(world, language, *([sys.executable, "-"] if language == "python" else ["sh", "-s"]))
    text = json.dumps(profile)

    assert profile["proxies"]["https_proxy"]
    assert "secret" not in text
    assert "jane" not in text
    assert str(world.home) not in text
    assert profile["system"]["host"] is None
    assert before == files_below(world.root)


def test_a_gpu_without_a_memory_of_its_own_is_written_down(world: World) -> None:
    """`nvidia-smi` says `[N/A]` of those that share the processor's: the profile of the shell is JSON all the same."""
    program = world.write("bin/nvidia-smi", "#!/bin/sh\ncase \"$*\" in *query*) echo 'GB10, 12.1, [N/A]';; esac\n")
    program.chmod(0o755)
    world.extra["PATH"] = f"{program.parent}:{world.environ['PATH']}"

    gpus = by_script(world, "sh", "sh", "-s")["nvidia"]["gpus"]

    assert [{"name": "GB10", "capability": "12.1", "memory": None}] == gpus


def test_gpus_that_nobody_can_name_are_not_none(world: World) -> None:
    """An `nvidia-smi` that does not know the question says so where answers stand: that is no list without a GPU."""
    text = '#!/bin/sh\ncase "$*" in *query*) echo \'Field "compute_cap" is not valid\'; exit 2;; esac\n'
    program = world.write("bin/nvidia-smi", text)
    program.chmod(0o755)
    world.extra["PATH"] = f"{program.parent}:{world.environ['PATH']}"

    assert by_script(world, "sh", "sh", "-s")["nvidia"]["gpus"] is None


@pytest.mark.parametrize("language", ["python", "sh"])
def test_folders_are_those_that_parity_takes(world: World, language: str) -> None:
    """A literal `~` is the home folder, a relative path is made whole, and one that XDG has to ignore is ignored."""
    command = [sys.executable, "-"] if language == "python" else ["sh", "-s"]
    world.extra.update({"PARITY_HOME": "~/kept", "PARITY_CACHE_DIR": "", "TMPDIR": "no/such/folder"})
    folders = by_script(world, language, *command)["folders"]
    whole = f"{world.project}/no/such/folder"
    assert ["~/kept", "~/kept/cache", whole] == [folders[name]["path"] for name in ("home", "cache", "temporary")]

    world.extra.update({"PARITY_HOME": "", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache"})
    folders = by_script(world, language, *command)["folders"]
    assert ["~/.local/share/parity", "~/.cache/parity"] == [folders[name]["path"] for name in ("home", "cache")]


def test_the_hosts_name_is_there_when_asked_for(world: World) -> None:
    """`--host-name` records it."""
    assert json.loads(world.parity("probe", "--host-name").raw_stdout)["system"]["host"]


def test_nobody_has_to_be_asked() -> None:
    """For a check of this machine no program is started: compilers by name alone, everything else as ever."""
    whole, brief = probing.probe(), probing.probe(asked=False)

    assert [each["name"] for each in whole["compilers"]] == [each["name"] for each in brief["compilers"]]
    assert ({None}, []) == ({each["version"] for each in brief["compilers"]} | {None}, brief["interpreters"])
    own = ("compilers", "interpreters")
    facts = [{key: value for key, value in profile.items() if key not in own} for profile in (whole, brief)]
    assert settled(facts[0]) == settled(facts[1])
