"""Who uses what: the link, its history, and the record of the last sync."""

import multiprocessing
import os
from pathlib import Path

import pytest

from parity.engines.store.roots import Roots
from tests.support.trees import names

ODD = "a b\tc\nd\\"


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    (tmp_path / "home").mkdir(mode=0o700)
    return Roots(str(tmp_path / "home"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ODD).mkdir()
    return tmp_path / ODD


def complete(roots: Roots, key: str) -> str:
    environment = Path(roots.environment(key))
    (environment / ".parity").mkdir(parents=True)
    (environment / ".parity" / "complete").touch()
    return str(environment)


def test_a_switch_makes_the_link_and_a_generation(roots: Roots, project: Path) -> None:
    """The link leads to the environment; number, key, lock and reason are kept, the lock's text beside them."""
    environment = complete(roots, "one")
    assert 1 == roots.switch(str(project), "one", b"lock\n", "lock")
    assert environment == str((project / ".venv").readlink()) == roots.linked(str(project))
    assert roots.leads_to(str(project), environment)
    ((number, key, when, lock, reason),) = roots.generations(str(project))
    assert ("1", "one", "lock") == (number, key, reason)
    assert int(when) > 0
    assert b"lock\n" == Path(roots.home, "roots", "v1", "locks", lock).read_bytes()
    assert [".venv"] == names(project)


def test_the_same_again_is_no_generation(roots: Roots, project: Path) -> None:
    """Only another environment or another lock is a new entry of the history; a link that was lost is put back."""
    for key in ("one", "two"):
        complete(roots, key)
    assert 1 == roots.switch(str(project), "one", b"a", "sync")
    assert 1 == roots.switch(str(project), "one", b"a", "sync")
    assert 2 == roots.switch(str(project), "one", b"b", "lock")
    assert 3 == roots.switch(str(project), "two", b"b", "sync")
    assert 4 == roots.switch(str(project), "one", b"a", "sync")
    (project / ".venv").unlink()
    assert 4 == roots.switch(str(project), "one", b"a", "sync")
    assert roots.leads_to(str(project), roots.environment("one"))
    assert ["1", "2", "3", "4"] == [row[0] for row in roots.generations(str(project))]


def test_what_an_interrupted_switch_left_is_in_nobodys_way(roots: Roots, project: Path) -> None:
    """The link beside the link was made, its rename did not come."""
    complete(roots, "one")
    (project / ".venv.parity-new").symlink_to("/nowhere")
    roots.switch(str(project), "one", b"", "sync")
    assert [".venv"] == names(project)
    assert roots.leads_to(str(project), roots.environment("one"))


@pytest.mark.parametrize("kind", ["folder", "file", "link", "dangling"])
def test_what_parity_did_not_make_is_not_replaced(roots: Roots, project: Path, kind: str) -> None:
    """A real `.venv`, a file, a link of the user's: refused, and there afterwards."""
    venv = project / ".venv"
    if kind == "folder":
        (venv / "bin").mkdir(parents=True)
    elif kind == "file":
        venv.write_bytes(b"")
    else:
        venv.symlink_to(project if kind == "link" else "/nowhere")
    complete(roots, "one")
    assert not roots.owns_link(str(project))
    with pytest.raises(FileExistsError):
        roots.switch(str(project), "one", b"", "sync")
    assert [".venv"] == names(project)
    assert not roots.leads_to(str(project), roots.environment("one"))


def test_moving_aside_never_overwrites(roots: Roots, project: Path) -> None:
    """Each gets a name of its own; where parity may write, nothing moves."""
    assert "" == roots.move_aside(str(project))
    for expected in (".venv.aside", ".venv.aside-2", ".venv.aside-3"):
        (project / ".venv").mkdir()
        assert expected == roots.move_aside(str(project))
    assert [".venv.aside", ".venv.aside-2", ".venv.aside-3"] == names(project)


def test_a_link_into_another_store_is_replaced(roots: Roots, project: Path, tmp_path: Path) -> None:
    """Complete there: parity made it, under another `PARITY_HOME`."""
    other = Path(complete(Roots(str(tmp_path / "other")), "one"))
    (project / ".venv").symlink_to(other)
    assert roots.owns_link(str(project))
    assert "" == roots.linked(str(project))


def test_a_relative_link_is_read_from_where_it_stands(
    roots: Roots, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from the folder in which parity happens to run."""
    complete(Roots(str(tmp_path / "other")), "one")
    (project / ".venv").symlink_to("../other/envs/v1/one")
    (project / "deep").mkdir()
    for folder in (project, project / "deep", Path("/")):
        monkeypatch.chdir(folder)
        assert roots.owns_link(str(project))


def test_a_link_to_a_folder_beside_the_store_is_not_in_it(roots: Roots, project: Path, tmp_path: Path) -> None:
    """`envs/v10` begins like `envs/v1` and is something else."""
    (project / ".venv").symlink_to(tmp_path / "home" / "envs" / "v10" / "x")
    assert "" == roots.linked(str(project))
    assert not roots.owns_link(str(project))


def test_a_private_environment_is_known_as_such(roots: Roots, project: Path) -> None:
    """By where its link leads."""
    assert not roots.is_private(str(project))
    for key in ("one", "private/one"):
        complete(roots, key)
        roots.switch(str(project), key, b"", "sync")
        assert key.startswith("private/") == roots.is_private(str(project))


def test_one_project_by_two_paths_is_one(roots: Roots, project: Path, tmp_path: Path) -> None:
    """A symbolic link to a project has its history; another project has its own."""
    (tmp_path / "alias").symlink_to(project)
    complete(roots, "one")
    roots.switch(str(project), "one", b"", "sync")
    assert 1 == len(roots.generations(str(tmp_path / "alias")))
    assert [] == roots.generations(str(tmp_path))


def test_the_record_of_a_sync_comes_back_until_it_is_forgotten(roots: Roots, project: Path) -> None:
    """Forgetting twice is no error."""
    assert None is roots.read_run(str(project))
    roots.write_run(str(project), [["environment", ODD], ["absent", "/x"]])
    assert [["environment", ODD], ["absent", "/x"]] == roots.read_run(str(project))
    roots.forget_run(str(project))
    roots.forget_run(str(project))
    assert None is roots.read_run(str(project))


def test_what_a_lock_led_to_comes_back(roots: Roots) -> None:
    """By the digest of the lock's text."""
    assert None is roots.read_memo("ab")
    roots.write_memo("ab", [["key", "one"]])
    assert [["key", "one"]] == roots.read_memo("ab")


def test_records_in_another_versions_form_count_as_none(roots: Roots, project: Path) -> None:
    """A later parity may have written them: they are not guessed at."""
    roots.write_run(str(project), [["environment", "x"]])
    roots.write_memo("ab", [["key", "one"]])
    for path in (*Path(roots.home, "roots", "v1").glob("*.run"), *Path(roots.home, "memos", "v1").iterdir()):
        path.write_bytes(path.read_bytes().replace(b"\t1\n", b"\t2\n", 1))
    assert None is roots.read_run(str(project)) is roots.read_memo("ab")


def test_pins_are_looked_for_up_to_the_first(roots: Roots, tmp_path: Path) -> None:
    """A pin that appears nearer, or goes, is noticed; one behind the nearest does not count."""
    project = tmp_path / "a" / "b" / "c"
    project.mkdir(parents=True)
    (tmp_path / "a" / ".python-version").write_bytes(b"3.12\n")
    (project / ".python-version").write_bytes(b"3.11\n")
    rows = roots.pins_above(str(project), ".python-version")
    assert [("absent", str(tmp_path / "a" / "b")), ("file", str(tmp_path / "a"))] == [
        (row[0], str(Path(row[1]).parent)) for row in rows
    ]
    assert roots.pinned_above(str(project), ".python-version")
    assert roots.hold(rows, {}, str(project))
    (tmp_path / "a" / "b" / ".python-version").write_bytes(b"")
    assert not roots.hold(rows, {}, str(project))


def test_activation_comes_back(roots: Roots) -> None:
    """None where there is no environment."""
    assert [] == roots.activation(roots.environment("one"))


def _count(home: str, project: str, key: str) -> None:
    roots = Roots(home)
    for number in range(20):
        with roots.lock(project):
            roots.switch(project, key, f"{key}{number}".encode(), "sync")


def test_two_processes_that_switch_lose_no_generation(roots: Roots, project: Path) -> None:
    """Under the project's lock the history has every switch, numbered without gaps."""
    complete(roots, "one")
    complete(roots, "two")
    both = [multiprocessing.Process(target=_count, args=(roots.home, str(project), key)) for key in ("one", "two")]
    for each in both:
        each.start()
    for each in both:
        each.join()
        assert 0 == each.exitcode
    generations = roots.generations(str(project))
    assert [str(number) for number in range(1, 41)] == [row[0] for row in generations]
    assert roots.leads_to(str(project), roots.environment(generations[-1][1]))
    assert [".venv"] == names(project)


def test_a_name_that_is_no_text_is_a_project_too(roots: Roots, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are kept as they are."""
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    complete(roots, "one")
    roots.switch(str(folder), "one", b"", "sync")
    assert 1 == len(roots.generations(str(folder)))


def test_a_rollback_is_a_generation_that_knows_its_origin(roots: Roots, project: Path) -> None:
    """The link leads back; the lock's text is still kept."""
    for key in ("one", "two"):
        complete(roots, key)
        roots.switch(str(project), key, key.encode(), "sync")
    lock = roots.generations(str(project))[0][3]
    assert 3 == roots.switch_back(str(project), "one", lock, 1)
    assert ["3", "one", lock, "rollback", "1"] == [
        word for place, word in enumerate(roots.generations(str(project))[-1]) if place != 2
    ]
    assert roots.leads_to(str(project), roots.environment("one"))
    assert b"one" == roots.read_lock(lock)


def test_a_kept_lock_that_was_changed_is_none(roots: Roots, project: Path) -> None:
    """Its name is its digest."""
    complete(roots, "one")
    roots.switch(str(project), "one", b"lock\n", "sync")
    lock = roots.generations(str(project))[0][3]
    kept = Path(roots.home, "roots", "v1", "locks", lock)
    kept.chmod(0o600)
    kept.write_bytes(b"rock\n")
    assert None is roots.read_lock(lock)
    kept.unlink()
    assert None is roots.read_lock(lock)


def test_a_generation_is_held_until_the_next_record(roots: Roots, project: Path) -> None:
    """It is told once."""
    environment = complete(roots, "one")
    roots.switch(str(project), "one", b"", "sync")
    assert "" == roots.held(str(project))
    roots.hold_at(str(project), environment, 7)
    assert "7" == roots.held(str(project))
    assert [True, False] == [roots.take_notice(str(project)) for _ in range(2)]
    roots.write_run(str(project), [["environment", environment]])
    assert "" == roots.held(str(project))
