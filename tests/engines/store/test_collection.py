"""What lies in a store, and what goes when nobody has it."""

import os
from pathlib import Path

import pytest

from parity.engines.store import records
from parity.engines.store.collection import Collection, Stored, freed, remove
from tests.support.trees import names


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    for folder in ("home/envs/v1", "home/roots/v1/locks", "home/memos/v1", "cache"):
        (tmp_path / folder).mkdir(parents=True)
    return Collection(str(tmp_path / "home"), str(tmp_path / "cache"))


def environment(collection: Collection, key: str, *, complete: bool = True) -> Path:
    made = Path(collection.environments, key)
    (made / ".parity").mkdir(parents=True)
    (made / "file").write_bytes(b"x" * 10_000)
    if complete:
        (made / ".parity" / "complete").touch()
    return made


def test_every_environment_is_found(collection: Collection) -> None:
    """Shared, private, half-made, and what is left of a removal; what was set aside is none."""
    one, own = environment(collection, "one"), environment(collection, "private/own")
    half, grave = environment(collection, "half", complete=False), environment(collection, "one.old-12")
    environment(collection, ".old-12-two")
    assert [
        Stored(key="half", path=str(half), complete=False),
        Stored(key="one", path=str(one), complete=True),
        Stored(key="one.old-12", path=str(grave), complete=False),
        Stored(key="private/own", path=str(own), complete=True),
    ] == collection.stored()


def test_what_is_set_aside_is_no_more_there(collection: Collection) -> None:
    """It is a grave then, of the store or of the caches, read-only or not."""
    one = environment(collection, "private/own")
    one.chmod(0o555)
    room = Path(collection.cache, "wheels")
    (room / "v1").mkdir(parents=True)
    collection.set_aside(str(one))
    collection.set_aside(str(room))
    assert [] == collection.stored()
    graves = collection.graves()
    assert 2 == len(graves)
    for grave in graves:
        remove(grave)
    assert ([], []) == (collection.graves(), names(collection.cache))


def test_a_file_counts_when_its_last_name_goes(tmp_path: Path) -> None:
    """Folders always do; links count as what they take themselves."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    (tmp_path / "one" / "file").write_bytes(b"x" * 50_000)
    os.link(tmp_path / "one" / "file", tmp_path / "two" / "file")
    (tmp_path / "one" / "link").symlink_to(tmp_path / "two")
    size = (tmp_path / "one" / "file").stat().st_blocks * 512
    alone, both = freed([str(tmp_path / "one")]), freed([str(tmp_path / "one"), str(tmp_path / "two")])
    assert alone < size
    assert size <= both - alone < 2 * size


def test_records_about_nothing_go(collection: Collection) -> None:
    """Memos of environments that are gone, texts of locks that no generation has; damaged memos too."""
    memos, locks = Path(collection.home, "memos", "v1"), Path(collection.home, "roots", "v1", "locks")
    for name, key in (("kept", "one"), ("gone", "two")):
        records.write(str(memos / name), [["parity-memo", "1"], ["key", key], ["end"]])
    (memos / "damaged").write_bytes(b"\0")
    for name in ("used", "unused"):
        (locks / name).touch()
    collection.forget_useless(["one"], ["used"])
    assert (["kept"], ["used"]) == (names(memos), names(locks))


def test_only_what_is_paritys_own_is_taken_from_a_project(collection: Collection, tmp_path: Path) -> None:
    """Half a link into this store and half a lock; a link to elsewhere and every other file stay."""
    project = tmp_path / "project"
    project.mkdir()
    for name in (".parity.lock.12.tmp", "parity.lock", ".other.tmp"):
        (project / name).touch()
    (project / ".venv.parity-new").symlink_to(f"{collection.environments}/one")
    assert [f"{project}/.parity.lock.12.tmp", f"{project}/.venv.parity-new"] == collection.project_leftovers(
        str(project)
    )
    (project / ".venv.parity-new").unlink()
    (project / ".venv.parity-new").symlink_to("/elsewhere")
    assert [f"{project}/.parity.lock.12.tmp"] == collection.project_leftovers(str(project))
    assert [] == collection.project_leftovers(str(tmp_path / "nowhere"))
