"""`parity diff`, as a user types it: generations, locks, environments, and what another machine wrote."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.projects import World


@pytest.fixture
def past(world: World) -> World:
    """Give a project two generations that differ in one package."""
    for base in ("1.0", "2.0"):
        world.write("requirements.txt", f"left\nbase=={base}\n")
        assert 0 == world.parity("sync").exit_code
    return world


ONE = (0, "package     base: 1.0 → 2.0\n", "1 difference\n")
NONE = (0, "", "no difference\n")


def test_two_generations(past: World) -> None:
    """And one with what is there now."""
    assert ONE == past.parity("diff", "1", "2").said
    assert ONE == past.parity("diff", "1").said
    assert NONE == past.parity("diff", "2").said
    entries = json.loads(past.parity("diff", "1", "2", "--json").raw_stdout)["data"]["entries"]
    assert [{"kind": "package", "name": "base", "before": "1.0", "after": "2.0", "rank": 4}] == entries


def test_every_kind_of_side(past: World) -> None:
    """A lock, an environment, its link, another project, a fingerprint from the pipe or from the envelope."""
    first = past.copy_project("first")
    shutil.copy(past.store / "roots/v1/locks" / locks(past)[0], past.project / "old.lock")
    past.parity("rollback", "1")
    for name, options in (("plain.json", ()), ("envelope.json", ("--json",))):
        (first / name).write_text(past.parity("fingerprint", "--full", *options).raw_stdout, encoding="utf-8")
    environment = str(past.environment())
    past.parity("sync")

    for side in ("old.lock", environment, str(first / "plain.json"), str(first / "envelope.json"), "1"):
        assert ONE == past.parity("diff", side).said, side
        assert ONE == past.parity("diff", side, "parity.lock").said, side
        assert ONE == past.parity("diff", side, str(past.project / ".venv")).said, side
        assert ONE == past.parity("diff", side, str(past.project)).said, side


def locks(world: World) -> list[str]:
    """Return the digests of the locks of the history."""
    found = json.loads(world.parity("history", "--json").raw_stdout)["data"]["generations"]
    return [each["lock"] for each in found]


def test_a_generation_whose_environment_is_gone_is_known_by_its_lock(past: World) -> None:
    """Packages are still told."""
    second = past.environment()
    past.parity("rollback", "1")
    past.run("chmod", "-R", "u+w", str(second))
    past.run("rm", "-r", str(second))

    assert ONE == past.parity("diff", "1", "2").said


def test_drift_is_told_by_file(past: World) -> None:
    """An edit on this machine shows against what another machine has."""
    theirs = past.write("theirs.json", past.parity("fingerprint", "--full").raw_stdout)
    module = next(past.environment().glob("lib/*/site-packages/left/__init__.py"))
    module.chmod(0o644)
    module.write_text("edited = True\n", encoding="utf-8")
    outcome = past.parity("diff", str(theirs))

    assert (0, "1 difference\n") == (outcome.exit_code, outcome.stderr)
    assert outcome.stdout.startswith("file        @/left/__init__.py: ")


def test_a_target_of_a_lock(world: World) -> None:
    """Two locks that differ on another machine only, and a target that is none."""
    world.write("requirements.txt", "left\nbase==1.0; sys_platform == 'darwin'\n")
    world.parity("lock", "--target", "linux-64", "--target", "osx-arm64")
    shutil.copy(world.project / "parity.lock", world.project / "old.lock")
    world.write("requirements.txt", "left\nbase==2.0; sys_platform == 'darwin'\n")
    world.parity("lock", "--upgrade")

    assert ONE == world.parity("diff", "old.lock", "parity.lock", "--target", "osx-arm64").said
    assert NONE == world.parity("diff", "old.lock", "parity.lock", "--target", "linux-64").said
    every = world.parity("diff", "old.lock", "parity.lock")
    assert (0, "package     base: 1.0 → 2.0 (osx-arm64)\n", "1 difference\n") == every.said
    assert 1 == world.parity("diff", "old.lock", "parity.lock", "--target", "mars").exit_code


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("9", "there is no such generation"),
        ("nothing", "there is nothing of this name"),
        ("empty", "there is no environment of parity's in it"),
        ("broken.json", "it is no JSON"),
        ("edited.json", "its entries do not give its digest"),
        ("short.json", "it has not the keys of a fingerprint"),
        ("envelope.json", "it has not the keys of a fingerprint"),
    ],
)
def test_what_cannot_be_compared(past: World, word: str, why: str) -> None:
    """An error says why."""
    full = json.loads(past.parity("fingerprint", "--full").raw_stdout)
    past.write("broken.json", "{ no")
    past.write("edited.json", json.dumps({**full, "interpreter": "cpython 2.7"}))
    past.write("short.json", json.dumps({"schema": full["schema"]}))
    past.write("envelope.json", json.dumps({"data": {"fingerprint": "x"}}))
    Path(past.project / "empty").mkdir()
    outcome = past.parity("diff", word)

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith(f"error: `{word}` cannot be compared: {why}\n")


def test_named_environments(world: World) -> None:
    """Two of them, one with its own past, one with the project here, one with a file; each has a history too."""
    for name, text in (("one", "app\n"), ("two", "app\nfiles\n")):
        world.write(f"{name}.txt", text)
        assert 0 == world.parity("env", "create", "-n", name, "-f", f"{name}.txt").exit_code
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    world.write("full.json", world.parity("fingerprint", "--full", "-n", "two").raw_stdout)
    more = (0, "package     files: nothing → 1.0\n", "1 difference\n")

    assert more == world.parity("diff", "-n", "one", "-n", "two").said
    assert more == world.parity("diff", "-n", "two").said
    assert NONE == world.parity("diff", "-n", "one").said
    assert NONE == world.parity("diff", "1", "-n", "one").said
    assert NONE == world.parity("diff", "full.json", "-n", "two").said
    assert 0 == world.parity("verify", "-n", "two").exit_code
    assert 0 == world.parity("repair", "-n", "two").exit_code
    assert 1 == len(json.loads(world.parity("history", "-n", "two", "--json").raw_stdout)["data"]["generations"])
    assert 2 == world.parity("diff").exit_code
