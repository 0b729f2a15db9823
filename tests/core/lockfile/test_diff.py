"""What is different between two locks."""

from dataclasses import replace

import pytest

from parity.core.lockfile.diff import diff
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile

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


CONDA = LockedConda(
    name="app",
    version="1.0",
    build="py311_0",
    channel="forge",
    subdir="linux-64",
    file="app-1.0-py311_0.conda",
    sha256="c" * 64,
    targets=("linux-64",),
)
CONDA_LOCK = replace(LOCK, route="conda", wheels=(), conda=(CONDA,))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (replace(CONDA, version="1.1"), ("changed", "1.0", "1.1")),
        (replace(CONDA, build="py311_1"), ("changed", "1.0 (py311_0)", "1.0 (py311_1)")),
        (replace(CONDA, sha256="d" * 64), ("changed", "1.0 (cccccccccccc)", "1.0 (dddddddddddd)")),
        (replace(CONDA, requested=True, depends=("python",)), None),
    ],
)
def test_a_conda_package_changes_with_its_build_and_its_bytes(
    after: LockedConda, expected: tuple[str, ...] | None
) -> None:
    """The build stands where only that differs."""
    changes = diff(CONDA_LOCK, replace(CONDA_LOCK, conda=(after,)))
    assert ([expected] if expected else []) == [(change.kind, change.before, change.after) for change in changes]


def test_what_moves_from_an_index_to_a_channel_goes_and_comes() -> None:
    """One name of both kinds is two packages."""
    changes = diff(LOCK, CONDA_LOCK)
    assert [("app", "added", "1.0"), ("app", "removed", "")] == [(each.name, each.kind, each.after) for each in changes]


def test_a_python_of_conda_is_told_once() -> None:
    """It is one of the packages, with its build."""
    target = LockedTarget(name="linux-64", python=replace(PYTHON, version="3.11.9", source="conda"))
    python = replace(CONDA, name="python", version="3.11.9")
    lock = replace(LOCK, targets=(target,), wheels=(), conda=(python,))
    assert [("python", "3.11.9")] == [(change.name, change.after) for change in diff(None, lock)]
