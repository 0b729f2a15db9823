"""The start in which nothing has to be done: taken only where nothing changed, and never an error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from parity.engines.store.roots import Roots
from parity.workflows.quick import adopt, applied, run_rows, settled

LOCK = b"the lock\n"
MANIFEST = "requirements.txt"


class Scene:
    """A store with one environment, and a project that is in sync with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "home").mkdir(mode=0o700)
        self.roots = Roots(str(folder / "home"))
        self.environment = Path(self.roots.environment("key"))
        (self.environment / ".parity").mkdir(parents=True)
        (self.environment / ".parity" / "complete").touch()
        self.python = folder / "python"
        self.python.touch()
        self.project = self.make("one")
        self.sync(self.project)

    def make(self, name: str, lock: bytes = LOCK) -> Path:
        """Make a project's files."""
        project = self.folder / "projects" / name
        project.mkdir(parents=True)
        (project / MANIFEST).write_text("a\n", encoding="utf-8")
        (project / "parity.lock").write_bytes(lock)
        return project

    def sync(self, project: Path, *, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Do what a sync does at its end; something may happen while it runs."""
        facts = [
            ["variable", "PYENV_VERSION"],
            self.roots.observe_content(str(project), MANIFEST),
            self.roots.observe(str(project), str(self.python)),
        ]
        locked = ["content", "parity.lock", self.roots.digest(LOCK)]
        meanwhile()
        self.roots.switch(str(project), "key", LOCK, "sync")
        rows = run_rows(self.roots, str(project), str(self.environment), [*facts, locked])
        self.roots.write_run(str(project), rows)
        self.roots.write_memo(self.roots.digest(LOCK), [["key", "key"], *facts])


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_project_in_sync_is_settled(scene: Scene) -> None:
    """From its folder and from those below."""
    (scene.project / "deep" / "er").mkdir(parents=True)
    for folder in (scene.project, scene.project / "deep" / "er"):
        assert str(scene.environment) == settled(scene.roots, str(folder), {})


CHANGES: dict[str, Callable[[Scene], object]] = {
    "manifest": lambda scene: (scene.project / MANIFEST).write_text("b\n", encoding="utf-8"),
    "manifest gone": lambda scene: (scene.project / MANIFEST).unlink(),
    "lock": lambda scene: (scene.project / "parity.lock").write_bytes(b"another\n"),
    "lock gone": lambda scene: (scene.project / "parity.lock").unlink(),
    "link gone": lambda scene: (scene.project / ".venv").unlink(),
    "pin above": lambda scene: (scene.folder / "projects" / ".python-version").touch(),
    "interpreter": lambda scene: scene.python.unlink(),
    "environment": lambda scene: (scene.environment / ".parity" / "complete").unlink(),
    "store": lambda scene: (scene.folder / "home").chmod(0o777),
    "record": lambda scene: scene.roots.forget_run(str(scene.project)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_unsettles_it(scene: Scene, change: str) -> None:
    """The long way looks closer; nothing is raised here."""
    CHANGES[change](scene)
    assert None is settled(scene.roots, str(scene.project), {})


def test_a_variable_unsettles_it(scene: Scene) -> None:
    """`PYENV_VERSION` asks for another Python."""
    assert None is settled(scene.roots, str(scene.project), {"PYENV_VERSION": "3.12"})


def test_a_project_in_a_folder_of_another_is_another(scene: Scene) -> None:
    """The nearest one counts."""
    inner = scene.project / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").touch()
    assert None is settled(scene.roots, str(inner), {})


def test_nothing_is_settled_where_there_is_no_project(scene: Scene) -> None:
    """Nor adopted."""
    assert None is settled(scene.roots, str(scene.folder), {}) is adopt(scene.roots, str(scene.folder), {})


@pytest.mark.parametrize("name", [MANIFEST, "parity.lock"])
def test_an_edit_while_a_sync_runs_is_not_taken_for_synced(scene: Scene, name: str) -> None:
    """The sync read the file before it was edited."""
    scene.sync(scene.project, meanwhile=lambda: (scene.project / name).write_text("edited\n", encoding="utf-8"))
    assert None is settled(scene.roots, str(scene.project), {})


def test_a_second_project_with_the_same_files_costs_a_link(scene: Scene) -> None:
    """It is linked, has a generation, and is settled from then on."""
    other = scene.make("two")
    assert str(scene.environment) == adopt(scene.roots, str(other), {})
    assert scene.environment == (other / ".venv").readlink()
    assert 1 == len(scene.roots.generations(str(other)))
    assert str(scene.environment) == settled(scene.roots, str(other), {})
    (other / "parity.lock").write_bytes(b"another\n")
    assert None is settled(scene.roots, str(other), {})


def differs(_: Scene, other: Path) -> None:
    (other / MANIFEST).write_text("b\n", encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        differs,
        lambda _, other: (other / "parity.lock").write_bytes(b"another\n"),
        lambda _, other: (other / "parity.lock").unlink(),
        lambda _, other: (other / ".venv").mkdir(),
        lambda _, other: (other / ".venv").symlink_to("/nowhere"),
        lambda _, other: (other.parent / ".python-version").touch(),
        lambda scene, _: (scene.environment / ".parity" / "complete").unlink(),
        lambda scene, _: scene.python.write_bytes(b"x"),
        lambda scene, _: (scene.folder / "home").chmod(0o777),
    ],
)
def test_whatever_differs_is_not_adopted(scene: Scene, change: Callable[[Scene, Path], object]) -> None:
    """Another manifest or lock, a `.venv` of the user's, a pin, an environment or interpreter that is gone."""
    other = scene.make("two")
    change(scene, other)
    assert None is adopt(scene.roots, str(other), {})
    assert None is scene.roots.read_run(str(other))
    assert [] == scene.roots.generations(str(other))


def test_a_project_that_was_synced_before_takes_the_long_way(scene: Scene) -> None:
    """It may have options of its own in force, which a memo knows nothing of."""
    assert None is adopt(scene.roots, str(scene.project), {})


def test_a_damaged_record_is_no_error(scene: Scene) -> None:
    """Cut, emptied or full of something else: the long way writes it anew."""
    (record,) = Path(scene.roots.home, "roots", "v1").glob("*.run")
    data = record.read_bytes()
    for damage in (b"", data[: len(data) // 2], b"\0" * 100, b"parity-run\t1\n"):
        record.write_bytes(damage)
        assert settled(scene.roots, str(scene.project), {}) in {None, str(scene.environment)}


def test_a_record_cut_anywhere_never_settles_on_less(scene: Scene) -> None:
    """Facts that were cut off would count as holding."""
    (scene.project / MANIFEST).write_text("b\n", encoding="utf-8")
    (record,) = Path(scene.roots.home, "roots", "v1").glob("*.run")
    data = record.read_bytes()
    for end in range(len(data)):
        record.write_bytes(data[:end])
        assert None is settled(scene.roots, str(scene.project), {})


def test_activation_is_applied_in_order() -> None:
    """Set, prepend to what is there or alone, unset; the rest passes, and nothing of the caller's is changed."""
    environ = {"PATH": "/bin", "PYTHONHOME": "/x", "A": "1", "EMPTY": ""}
    rows = [
        ["set", "VIRTUAL_ENV", "/e\tx"],
        ["prepend", "PATH", "/e/bin"],
        ["prepend", "EMPTY", "/y"],
        ["prepend", "NEW", "/z"],
        ["unset", "PYTHONHOME"],
        ["unset", "GONE"],
        ["set", "A", "2"],
    ]
    expected = {"PATH": "/e/bin:/bin", "A": "2", "EMPTY": "/y", "NEW": "/z", "VIRTUAL_ENV": "/e\tx"}
    assert expected == applied(rows, environ)
    assert "/bin" == environ["PATH"]


def test_a_held_generation_is_settled_for_those_who_tell(scene: Scene) -> None:
    """Whatever the manifests say by now; it is told once, and a `sync` has something to do."""
    scene.roots.hold_at(str(scene.project), str(scene.environment), 3)
    (scene.project / MANIFEST).write_text("b\n", encoding="utf-8")
    told: list[str] = []
    answers = [settled(scene.roots, str(scene.project), {}, told.append) for _ in range(2)]

    assert [str(scene.environment)] * 2 == answers
    assert ["note: generation 3 is held: `parity sync` goes back to what `parity.lock` says\n"] == told
    assert None is settled(scene.roots, str(scene.project), {}) is adopt(scene.roots, str(scene.project), {})


def test_a_held_generation_whose_link_was_led_away_is_held_no_more(scene: Scene) -> None:
    """The link is what holds it."""
    scene.roots.hold_at(str(scene.project), str(scene.environment), 3)
    (scene.project / ".venv").unlink()
    assert None is settled(scene.roots, str(scene.project), {}, lambda _: pytest.fail("it is not held"))
