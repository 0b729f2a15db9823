"""`parity doctor` and `parity info`, as a user types them."""

import json
import shutil

from tests.support.projects import Outcome, World


def found(outcome: Outcome) -> dict[str, dict[str, str]]:
    """Return the findings of an answer by code, without those about PATH and startup files, which this world has."""
    findings = json.loads(outcome.raw_stdout)["findings"]
    own = {"parity-unfindable", "hook-missing", "disks-apart", "disk-full", "variable-harmful"}
    return {each["code"]: each for each in findings if each["code"] not in own}


def test_all_is_well_with_a_synced_project(world: World) -> None:
    """Remarks about the shell are no failure."""
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("sync").exit_code
    outcome = world.parity("doctor", "--json")
    assert (0, {}) == (outcome.exit_code, found(outcome))
    data = json.loads(outcome.raw_stdout)["data"]
    assert (1, 1, 0) == (data["environments"], data["projects"], data["broken"])
    said = world.parity("doctor", cwd=world.home)
    assert (0, "") == (said.exit_code, said.stdout)
    assert "note: shell: no startup file has parity's shell integration" in said.stderr


def test_what_is_broken_is_found_with_its_remedy(world: World) -> None:
    """A link into nothing, an interrupted build, a project that is gone, a lock with markers."""
    world.write("requirements.txt", "app\n")
    second = world.copy_project()
    for folder in (world.project, second):
        assert 0 == world.parity("sync", cwd=folder).exit_code
    (world.environment() / ".parity").chmod(0o700)
    (world.environment() / ".parity/complete").unlink()
    shutil.rmtree(second)
    world.write("parity.lock", "<<<<<<< ours\n")
    outcome = world.parity("doctor", "--json")
    remarks = found(outcome)

    assert 1 == outcome.exit_code
    assert {"environment-broken", "build-interrupted", "project-gone", "lock-unreadable"} == set(remarks)
    assert f"run `parity sync -C {world.project}`" == remarks["environment-broken"]["hint"]
    assert "run `parity gc`" == remarks["project-gone"]["hint"]
    assert "error: " in world.parity("doctor").stderr
    world.parity("lock")
    (world.project / "parity.lock").unlink()
    assert 0 == world.parity("sync").exit_code
    world.parity("gc")
    assert {} == found(world.parity("doctor", "--json"))


def test_an_interpreter_that_is_gone_and_a_store_for_all(world: World) -> None:
    """The environment is named; of a store that others may write to nothing is read."""
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("sync").exit_code
    marker = world.environment() / ".parity/complete"
    text = marker.read_text(encoding="utf-8")
    path = next(
        word for line in text.splitlines() if line.startswith("interpreter") for word in line.split("\t") if "/" in word
    )
    for part in (marker.parent, marker):
        part.chmod(0o700)
    marker.write_text(text.replace(path, "/nowhere/python"), encoding="utf-8")
    remark = found(world.parity("doctor", "--json"))["environment-broken"]
    assert "the interpreter that this environment stands on is gone: `/nowhere/python`" == remark["message"]
    world.store.chmod(0o777)
    assert ["folder-untrusted"] == list(found(world.parity("doctor", "--json")))


def test_a_page_on_the_project(world: World) -> None:
    """Before the lock, before the environment, after; and outside of a project."""
    world.write("requirements.txt", "app\n")
    before = json.loads(world.parity("info", "--json").raw_stdout)["data"]
    world.parity("sync")
    synced = json.loads(world.parity("info", "--json").raw_stdout)["data"]
    world.write("requirements.txt", "plugin\n")
    world.extra["UV_INDEX"] = "http://me:secret@example.com/simple"
    page = world.parity("info").stdout

    assert ("missing", None, None) == (before["lock"], before["environment"], before["route"])
    assert ("current", 1, "venv", 3) == tuple(synced[key] for key in ("lock", "generation", "route", "packages"))
    assert str(world.environment()) == synced["environment"]
    assert "3 packages, `parity.lock` is not current: `requirements.txt` has changed\n" in page
    assert "UV_INDEX=http://example.com/simple\n" in page
    assert "project   none here\n" in world.parity("info", cwd=world.home).stdout
