"""What is different between two locks."""

from dataclasses import replace

import pytest

from parity.core.lockfile.diff import diff
from parity.core.lockfile.model import LockedPython, LockedTarget, LockedWheel, Lockfile

PYTHON = LockedPython(implementation="cpython", version="3.11", request="3.11")
APP = LockedWheel(
    name="app", version="1.0", targets=("linux-64",), index="default", file="app-1.0.whl", sha256="a" * 64
)
LOCK = Lockfile(
    route="venv", manifests={}, made_with={}, targets=(LockedTarget(name="linux-64", python=PYTHON),), wheels=(APP,)
)


def test_the_first_lock_adds_everything() -> None:
    """Without a lock before, all is new, the Python too."""
    assert [("app", "added", "", "1.0"), ("python", "added", "", "3.11")] == [
        (change.name, change.kind, change.before, change.after) for change in diff(None, LOCK)
    ]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (replace(APP, version="1.1", file="app-1.1.whl"), ("changed", "1.0", "1.1")),
        (replace(APP, file="app-1.0-1.whl"), ("changed", "1.0 (app-1.0.whl)", "1.0 (app-1.0-1.whl)")),
        (replace(APP, sha256="b" * 64), ("changed", "1.0 (aaaaaaaaaaaa)", "1.0 (bbbbbbbbbbbb)")),
        (replace(APP, requested=True), None),
    ],
)
def test_what_decides_bytes_is_a_change(after: LockedWheel, expected: tuple[str, ...] | None) -> None:
    """Versions, files and hashes count; who asked does not."""
    changes = [(change.kind, change.before, change.after) for change in diff(LOCK, replace(LOCK, wheels=(after,)))]
    assert ([expected] if expected else []) == changes


def test_a_target_that_went_takes_its_packages_along() -> None:
    """Changes are told by target."""
    after = replace(
        LOCK, targets=(LockedTarget(name="osx-64", python=PYTHON),), wheels=(replace(APP, targets=("osx-64",)),)
    )
    assert [("linux-64", "removed"), ("linux-64", "removed"), ("osx-64", "added"), ("osx-64", "added")] == [
        (change.target, change.kind) for change in diff(LOCK, after)
    ]


def test_json_says_null_where_there_is_nothing() -> None:
    """Keys are always there."""
    assert {"target": "linux-64", "name": "app", "kind": "added", "before": None, "after": "1.0"} == diff(None, LOCK)[
        0
    ].to_dict()
