"""`--json`: one object on standard output, every key there, whatever happens."""

import json
from typing import Any

import pytest

from tests.support.projects import Outcome, World
from tests.support.wheels import make_wheel

ENVELOPE = ["schema", "command", "ok", "data", "findings", "errors"]


def envelope(outcome: Outcome) -> dict[str, Any]:
    """Return the one object that a command wrote; nothing else was written anywhere."""
    answer = json.loads(outcome.raw_stdout)
    assert "" == outcome.stderr, outcome
    assert ENVELOPE == list(answer)
    assert "parity/1" == answer["schema"]
    for finding in answer["findings"]:
        assert ["code", "severity", "subject", "message", "hint", "package"] == list(finding)
    for error in answer["errors"]:
        assert ["code", "message", "hint", "place"] == list(error)
    return dict(answer)


def test_lock_says_what_changed(world: World) -> None:
    """Counts by target, and each change with what was before and after."""
    world.write("requirements.txt", "plugin\n")
    first = envelope(world.parity("lock", "--json"))
    make_wheel(world.wheels, "plugin", "1.1")
    upgraded = envelope(world.parity("--json", "lock", "--upgrade"))
    current = envelope(world.parity("lock", "--check", "--json"))

    python = first["data"]["changes"][1]["after"]

    assert (True, "lock", []) == (first["ok"], first["command"], first["errors"])
    assert {
        "path": str(world.project / "parity.lock"),
        "changed": True,
        "targets": [{"name": "linux-64", "conda": 0, "pypi": 1}],
        "changes": [
            {"target": "linux-64", "name": "plugin", "kind": "added", "before": None, "after": "1.0"},
            {"target": "linux-64", "name": "python", "kind": "added", "before": None, "after": python},
        ],
    } == first["data"]
    assert [{"target": "linux-64", "name": "plugin", "kind": "changed", "before": "1.0", "after": "1.1"}] == upgraded[
        "data"
    ]["changes"]
    assert (False, []) == (current["data"]["changed"], current["data"]["changes"])


def test_sync_says_what_was_made(world: World) -> None:
    """The environment, its key, whether it was there, the generation, target and route."""
    world.write("requirements.txt", "app\n")
    built = envelope(world.parity("sync", "--json"))["data"]
    reused = envelope(world.parity("sync", "--json"))["data"]
    made = world.environment()

    assert {
        "environment": str(made),
        "key": made.name,
        "reused": False,
        "generation": 1,
        "target": "linux-64",
        "route": "venv",
    }.items() <= built.items()
    assert {**built, "reused": True, "seconds": None} == {**reused, "seconds": None}


def test_verify_says_how_it_looked(world: World) -> None:
    """Mode and number of files; a program that reads nothing else has `ok` and the exit code."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    quick, deep = world.parity("verify", "--json"), world.parity("verify", "--json", "--deep")

    assert [0, 0] == [quick.exit_code, deep.exit_code]
    assert ["quick", "deep"] == [envelope(outcome)["data"]["mode"] for outcome in (quick, deep)]
    assert envelope(quick)["data"]["files"] == envelope(deep)["data"]["files"] > 0


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["lock"], 1, "manifest-invalid"),
        (["sync"], 1, "manifest-invalid"),
        (["run", "--json", "true"], 1, "manifest-invalid"),
        (["list"], 1, "environment-missing"),
        (["verify"], 1, "environment-missing"),
        (["lock", "--check"], 1, "manifest-invalid"),
        (["sync", "--frozen"], 1, "lockfile-missing"),
        (["sync", "-C", "nowhere"], 2, "usage"),
        (["sync", "--no-such-option"], 2, "usage"),
        (["rum"], 2, "usage"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_failure_has_the_same_keys(world: World, words: list[str], status: int, code: str) -> None:
    """No data, no findings, the errors with code, sentence, hint and place."""
    world.write("requirements.txt", "app ==\n")
    outcome = world.parity("--json", *words)
    answer = envelope(outcome)

    assert (status, False, None) == (outcome.exit_code, answer["ok"], answer["data"])
    assert [code] == [error["code"] for error in answer["errors"]]
    assert not answer["errors"][0]["message"].endswith(".")


def test_every_fault_is_an_error_of_its_own(world: World) -> None:
    """With its own place."""
    world.write("requirements.txt", "app ==\nfiles\n-r missing.txt\n")
    errors = envelope(world.parity("lock", "--json"))["errors"]

    assert ["requirements.txt:1", "requirements.txt:3"] == [error["place"] for error in errors]


def test_any_terminal_gets_valid_json(world: World) -> None:
    """Also one whose encoding does not know the characters of a path."""
    project = world.root / "projekt-äöü"
    project.mkdir()
    (project / "requirements.txt").write_text("app\n", encoding="utf-8")
    outcome = world.parity("lock", "--json", cwd=project, env={"PYTHONIOENCODING": "ascii"})

    assert 0 == outcome.exit_code
    assert str(project / "parity.lock") == json.loads(outcome.raw_stdout)["data"]["path"]
