"""What is in an environment, and who asked for it."""

from pathlib import Path

import pytest

from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileError
from parity.core.lockfile.model import LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.engines.store.environments import Environments, Papers
from parity.engines.system.files import read_text
from parity.workflows.list import Listed, list_packages
from tests.support.trees import SITE


def wheel(name: str, *, requires: tuple[str, ...] = (), requested: bool = False) -> LockedWheel:
    return LockedWheel(
        name=name,
        version="1.0",
        targets=("linux-64",),
        index="default",
        file=f"{name}-1.0-py3-none-any.whl",
        sha256="ab" * 32,
        size=7,
        requires=requires,
        requested=requested,
    )


def lock_of(*wheels: LockedWheel) -> Lockfile:
    python = LockedPython(implementation="cpython", version="3.12", request="3.12", source="prebuilt", build="20250101")
    return Lockfile(
        route="venv",
        manifests={},
        made_with={},
        targets=(LockedTarget(name="linux-64", python=python),),
        wheels=wheels,
    )


INSIDE = lock_of(
    wheel("app", requires=("Zope.Interface>=1", 'left[x]; python_version > "3"')),
    wheel("left"),
    wheel("right", requires=("left",)),
    wheel("zope-interface"),
)


@pytest.fixture
def environments(tmp_path: Path) -> Environments:
    found = Environments(str(tmp_path / "home"))
    path = Path(found.begin("key"))
    path.mkdir()
    found.build("key", [], Papers(site=SITE, lock=v1.dump(INSIDE), activation=[], interpreter=["absent", "x"]))
    return found


def listed(environments: Environments, root: Path) -> dict[str, Listed]:
    return {each.name: each for each in list_packages(environments, environments.path("key"), read_text, root)}


def test_the_interpreter_comes_first_then_every_package(environments: Environments, tmp_path: Path) -> None:
    """With version, build, size and hash."""
    found = listed(environments, tmp_path)
    assert ["cpython", "app", "left", "right", "zope-interface"] == list(found)
    assert ("3.12", "interpreter", "20250101") == (
        found["cpython"].version,
        found["cpython"].kind,
        found["cpython"].build,
    )
    assert ("1.0", "pypi", 7, "ab" * 32) == (
        found["left"].version,
        found["left"].kind,
        found["left"].size,
        found["left"].sha256,
    )


def test_who_requires_what_is_said_under_any_spelling(environments: Environments, tmp_path: Path) -> None:
    """Extras, markers, dots and capitals are not part of a name."""
    found = listed(environments, tmp_path)
    assert ("app", "right") == found["left"].required_by
    assert ("app",) == found["zope-interface"].required_by
    assert () == found["app"].required_by


def test_who_was_asked_for_is_the_projects_own_lock(environments: Environments, tmp_path: Path) -> None:
    """An environment is shared by projects that asked for different things; without a lock nobody did."""
    assert not any(each.requested for each in listed(environments, tmp_path).values() if each.kind == "pypi")
    lock = lock_of(*(wheel(each.name, requested=each.name == "right") for each in INSIDE.wheels))
    (tmp_path / "parity.lock").write_text(v1.dump(lock), encoding="utf-8")
    found = listed(environments, tmp_path)
    assert ["cpython", "right"] == [each.name for each in found.values() if each.requested]


def test_a_lock_that_cannot_be_read_is_an_error(environments: Environments, tmp_path: Path) -> None:
    """It is not passed over in silence."""
    (tmp_path / "parity.lock").write_text("<<<<<<< ours\n", encoding="utf-8")
    with pytest.raises(LockfileError):
        listed(environments, tmp_path)
