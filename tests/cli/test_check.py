"""`parity check`, as a user types it: this machine, named targets, profiles."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import World
from tests.support.wheels import make_wheel


@pytest.fixture
def locked(world: World) -> World:
    """Make a project that is locked for this machine's kind."""
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("lock").exit_code
    return world


def profile(world: World, **changes: Any) -> Path:
    """Write this machine's profile with some facts replaced."""
    facts = json.loads(world.parity("probe").raw_stdout)
    for path, value in changes.items():
        *above, last = path.split("__")
        inner = facts
        for key in above:
            inner = inner[key]
        inner[last] = value
    return world.write("server.json", json.dumps(facts))


def native(world: World) -> None:
    """Publish `native`, which has a compiled file that needs the C library of 2019 (glibc 2.29)."""
    library = world.root / "answer.so"
    world.write("answer.c", "#include <math.h>\ndouble answer(double x) { return pow(x, x); }\n")
    world.run("cc", "-shared", "-fPIC", "-o", str(library), str(world.project / "answer.c"), "-lm")
    make_wheel(world.wheels, "native", "1.0", modules={"native/answer.so": library.read_bytes()})


def test_a_lock_runs_on_the_machine_that_made_it(locked: World) -> None:
    """Exit 0, and one sentence."""
    assert (0, "", "the lock for `linux-64` runs on this machine\n") == locked.parity("check").said


def test_a_lock_fails_on_another_kind_of_machine(world: World) -> None:
    """Exit 1; what, where, why and what to do."""
    make_wheel(world.wheels, "fast", "1.0", tag="cp311-abi3-manylinux_2_28_x86_64")
    world.write("requirements.txt", "fast\n")
    world.parity("lock")
    outcome = world.parity("check", "--on", "linux-64-glibc2.17")

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert (
        "error: fast: `fast-1.0-cp311-abi3-manylinux_2_28_x86_64.whl` is for linux-64 with glibc 2.28" in outcome.stderr
    )
    assert "hint: lock for it too: `parity lock --target linux-64 --target linux-64-glibc2.17`" in outcome.stderr
    assert outcome.stderr.endswith("the lock for `linux-64` fails on `linux-64-glibc2.17`: 2 reasons\n")


def test_the_hint_can_be_followed(locked: World) -> None:
    """Locked for it too, the lock runs there, by the target that fits; and it is still for those that it was for."""
    refused = locked.parity("check", "--on", "alpine-3.20")
    (command,) = {*re.findall(r"`(parity lock .*)`", refused.stderr)}
    assert 1 == refused.exit_code
    assert 0 == locked.parity(*command.split()[1:]).exit_code
    assert 0 == locked.parity("check", "--on", "linux-64").exit_code
    answer = json.loads(locked.parity("check", "--on", "alpine-3.20", "--json").raw_stdout)

    assert ("alpine-3.20", "runs") == (answer["data"]["target"], answer["data"]["verdict"])


def test_one_reason_is_told_once(world: World) -> None:
    """Where no target of the lock fits, packages that are for others too are a number; in JSON all are there."""
    names = [f"part{number}" for number in range(5)]
    for name in names:
        make_wheel(world.wheels, name, "1.0", tag="py3-none-manylinux_2_17_x86_64", modules={f"{name}.py": ""})
    world.write("requirements.txt", "\n".join(names))
    world.parity("lock", "--target", "linux-64")
    outcome = world.parity("check", "--on", "osx-arm64")
    data = json.loads(world.parity("check", "--on", "osx-arm64", "--json").raw_stdout)

    assert 1 == outcome.stderr.count("error: ")
    assert "hint: lock for it too: `parity lock --target linux-64 --target osx-arm64`\n" in outcome.stderr
    assert "5 more findings are not shown\n" in outcome.stderr
    assert "fails on `osx-arm64`: 1 reason\n" in outcome.stderr
    assert ["target-unfit", *["wheel-unfit"] * 5] == [each["code"] for each in data["findings"]]


def test_the_hint_is_about_the_place_that_counts(locked: World) -> None:
    """Where the settings name the targets, a flag would be forgotten by the next lock."""
    locked.write("pyproject.toml", '[tool.parity]\ntargets = ["alpine-3.20"]\n')
    locked.parity("lock")
    for command in ("check", "sync"):
        said = locked.parity(command).stderr
        assert re.search(r"hint: lock for it too: add `.+` to `targets` in `\[tool.parity]`, and run", said), said


def test_a_profile_is_a_machine(locked: World) -> None:
    """What its facts forbid is found; the machine is called as the file is."""
    profile(locked, folders__home__noexec=True, libc__version="2.12")
    outcome = locked.parity("check", "--on", "server.json")

    assert 1 == outcome.exit_code
    assert "may be run (noexec)" in outcome.stderr
    assert "`server` does not satisfy the lock's target `linux-64`: it needs glibc 2.28" in outcome.stderr


def test_an_environment_that_is_there_is_looked_into(world: World) -> None:
    """A compiled file that asks for a newer C library than the machine's is named with its package."""
    native(world)
    world.write("requirements.txt", "native\n")
    world.parity("sync")
    profile(world, libc__version="2.28")
    runs = json.loads(world.parity("check", "--json").raw_stdout)
    fails = world.parity("check", "--on", "linux-64")

    assert str(world.environment()) == runs["data"]["environment"]
    assert [] == runs["findings"]
    assert (1, True) == (fails.exit_code, "native: `" in fails.stderr)
    assert "needs `GLIBC_2.29`, and glibc of this machine ends at 2.28" in fails.stderr


def test_what_the_caches_have_of_a_lock_is_looked_into(world: World) -> None:
    """Without an environment, each artifact that is unpacked says what it needs, and it is told how many there were."""
    native(world)
    make_wheel(world.wheels, "plain", "1.0", modules={"plain.py": "ANSWER = 42\n"})
    world.write("requirements.txt", "native\nplain\n")
    world.parity("sync")
    (world.project / ".venv").unlink()
    every = world.parity("check", "--on", "linux-64")
    for tree in (world.cache / "wheels" / "v1").glob("*/*"):
        if (tree / "tree/site/plain.py").exists():
            world.run("chmod", "-R", "u+w", str(tree))
            shutil.rmtree(tree)
    some = world.parity("check", "--on", "linux-64")
    data = json.loads(world.parity("check", "--json", "--on", "linux-64").raw_stdout)["data"]

    assert (1, 1) == (every.exit_code, some.exit_code)
    assert "needs `GLIBC_2.29`, and glibc of this machine ends at 2.28" in some.stderr
    assert "fails on `linux-64` (2 of 2 artifacts looked into): 1 reason" in every.stderr
    assert "fails on `linux-64` (1 of 2 artifacts looked into): 1 reason" in some.stderr
    assert (None, 1, 2) == (data["environment"], data["looked_into"], data["artifacts"])


def test_a_target_s_file_is_a_machine(locked: World) -> None:
    """As `lock` takes one: by its path, with an accelerator, or lying in the folder for them."""
    locked.write("targets/old.toml", 'based-on = "linux-64-glibc2.17"\n')
    locked.write("machines/new.toml", 'based-on = "ubuntu-24.04"\n')
    words = ("old", "targets/old.toml", "machines/new.toml", "machines/new.toml+cu126")
    answers = [json.loads(locked.parity("check", "--on", word, "--json").raw_stdout)["data"] for word in words]

    assert ["fails", "fails", "runs", "runs"] == [each["verdict"] for each in answers]
    assert ["old", "old", "new", "new+cu126"] == [each["machine"] for each in answers]


def test_machines_of_one_name_are_told_apart(locked: World) -> None:
    """By as much of the way to each file as it takes."""
    for folder in ("east", "west"):
        (locked.project / folder).mkdir()
        shutil.move(profile(locked, libc__version="2.12"), locked.project / folder)
    outcome = locked.parity("check", "--on", "east/server.json", "--on", "west/server.json")

    assert "fails on `east/server`: 1 reason\n" in outcome.stderr
    assert "fails on `west/server`: 1 reason\n" in outcome.stderr
    assert "`west/server` does not satisfy the lock's target `linux-64`" in outcome.stderr


def test_a_lock_that_is_out_of_date_is_told(locked: World) -> None:
    """The verdict is about the lock that is there; where there are no manifests, nothing can be said."""
    locked.write("requirements.txt", "app\nfiles\n")
    changed = locked.parity("check")
    locked.write("requirements.txt", "app ==\n")
    faulty = locked.parity("check")
    (locked.project / "requirements.txt").unlink()

    assert (0, True) == (changed.exit_code, "warning: `parity.lock` is not current: `requirements.txt` has"
                         " changed\n  hint: `parity lock` makes it so" in changed.stderr), changed  # fmt: skip
    assert (0, True) == (faulty.exit_code, "is not current: 1 fault in `requirements.txt`" in faulty.stderr), faulty
    assert (0, "", "the lock for `linux-64` runs on this machine\n") == locked.parity("check").said


def test_what_a_machine_is_taken_for_counts_for_all(locked: World) -> None:
    """A sync with nothing to do notices it, and `check` agrees; nonsense is refused by all."""
    locked.parity("sync")
    for command in ("sync", "check"):
        old = locked.parity(command, env={"CONDA_OVERRIDE_GLIBC": "2.12"})
        assert (1, True) == (old.exit_code, "it needs glibc 2.28, and this machine has 2.12" in old.stderr), old
    for command in ("sync", "check", "probe", "lock"):
        none = locked.parity(command, env={"CONDA_OVERRIDE_CUDA": "abc"})
        assert (1, True) == (none.exit_code, "error: `CONDA_OVERRIDE_CUDA` is `abc`" in none.stderr), none
    assert 0 == locked.parity("sync").exit_code


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not a profile: it is not JSON"),
        ("[]", "is not a profile that parity reads: it has no `schema`"),
        ('{"schema": "parity-profile/9"}', "its schema is `parity-profile/9`"),
        ('{"schema": "parity-profile/1"}', "server.json: system: `system` is missing"),
        (
            '{"schema": "parity-profile/1", "system": 3}',
            "server.json: system: `system` must be a table, found a number",
        ),
    ],
)
def test_a_file_that_is_no_profile(locked: World, text: str, says: str) -> None:
    """Named, with what is wrong and how to get one."""
    locked.write("server.json", text)
    outcome = locked.parity("check", "--on", "server.json")

    assert 1 == outcome.exit_code
    assert says in outcome.stderr
    assert "hint: `parity probe` on that machine writes one" in outcome.stderr


@pytest.mark.parametrize("name", ["server.json", "server.toml"])
def test_a_file_in_another_encoding_is_named(locked: World, name: str) -> None:
    """As some shells write what goes into a file; by `check` and `lock`."""
    locked.write(name, "").write_text("{}", encoding="utf-16")
    for words in (("check", "--on", name), ("lock", "--target", name)):
        outcome = locked.parity(*words)
        assert (1, True) == (outcome.exit_code, f"{name}: `{name}` is not UTF-8 text" in outcome.stderr), outcome


def test_what_is_not_there(world: World) -> None:
    """No lock, no profile, no such target: each with its remedy."""
    world.write("requirements.txt", "app\n")

    assert "hint: run `parity lock`" in world.parity("check").stderr
    world.parity("lock")
    assert "there is no profile `away.json`" in world.parity("check", "--on", "away.json").stderr
    assert "did you mean `linux-64`?" in world.parity("check", "--on", "linx-64").stderr
