"""`parity repair`, as a user types it: what is wrong is put right, and nothing else is touched."""

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.projects import World

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2"}


@pytest.fixture
def synced(world: World) -> World:
    """Sync a project whose packages have modules, data, scripts and headers."""
    world.write("requirements.txt", "app\nfiles\ndiamond\n")
    assert 0 == world.parity("sync").exit_code
    return world


def fingerprint(world: World) -> str:
    """Return the fingerprint of the project's environment."""
    return world.parity("fingerprint").stdout


def site(world: World) -> Path:
    """Return site-packages of the project's environment."""
    return next(world.environment().glob("lib/*/site-packages"))


def proven(world: World) -> None:
    """Assert that both ways of verifying find nothing, and that everything is read-only."""
    for options in ([], ["--deep"]):
        verify = world.parity("verify", *options)
        assert 0 == verify.exit_code, verify
    inside = [path for path in world.environment().rglob("*") if ".parity" not in path.parts and not path.is_symlink()]
    assert [] == [path for path in inside if path.stat().st_mode & 0o222]


def with_open_folder(path: Path, action: Callable[[], object]) -> None:
    """Do something in a folder that is read-only."""
    path.parent.chmod(0o755)
    action()
    path.parent.chmod(0o555)


def edit(path: Path, text: bytes) -> None:
    """Write to a file in place, as a root user's editor would: through every hard link to it."""
    path.chmod(0o644)
    path.write_bytes(text)


def test_where_nothing_is_wrong_nothing_is_done(synced: World) -> None:
    """And nobody is asked."""
    outcome = synced.parity("repair", env=NOWHERE)

    assert (0, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("nothing to repair: ")


def test_missing_changed_and_added_files(synced: World) -> None:
    """From the cache alone; what is told is what was done."""
    before, folder = fingerprint(synced), site(synced)
    table, readme, stranger = folder / "files/table.csv", folder / "files/leere datei.txt", folder / "new/deep/er.py"
    with_open_folder(table, table.unlink)
    with_open_folder(folder / "x", lambda: stranger.parent.mkdir(parents=True))
    stranger.write_bytes(b"")
    with_open_folder(readme, readme.unlink)
    with_open_folder(readme, lambda: readme.write_bytes(b"other"))
    data = json.loads(synced.parity("repair", "--json", env=NOWHERE).raw_stdout)["data"]

    relative = [str(path.relative_to(synced.environment())) for path in (readme, table)]
    assert relative == data["restored"]
    assert [str(stranger.relative_to(synced.environment()))] == data["removed"]
    assert ([], False) == (data["fetched"], data["rebuilt"])
    assert not (folder / "new").exists()
    assert before == fingerprint(synced)
    assert table.stat().st_nlink > 1, "it is one with the cache's file again"
    proven(synced)


def test_what_is_wrong_in_the_cache_too_is_fetched_anew(synced: World) -> None:
    """An edit in place reaches the cache, uv's as well, and every other environment; none of them is believed."""
    before, table = fingerprint(synced), site(synced) / "files/table.csv"
    edit(table, b"a,b\n7,7\n")
    outcome = synced.parity("repair")

    assert 0 == outcome.exit_code, outcome
    assert "fetched files anew: " in outcome.stderr
    assert b"a,b\n1,2\n" == table.read_bytes()
    assert before == fingerprint(synced)
    proven(synced)
    shutil.rmtree(synced.project / ".venv", ignore_errors=True)
    synced.write("requirements.txt", "files\n")
    assert 0 == synced.parity("sync").exit_code
    proven(synced)


def test_what_has_no_hash_of_its_own_is_fetched_anew(synced: World) -> None:
    """RECORD says what every file must be but itself."""
    before = fingerprint(synced)
    edit(next(site(synced).glob("files-*/RECORD")), b"files/__init__.py,,\n")
    outcome = synced.parity("repair")

    assert 0 == outcome.exit_code, outcome
    assert before == fingerprint(synced)
    proven(synced)


def test_nothing_is_written_through_a_link(synced: World) -> None:
    """A file that was made one with a precious one, and a link into another folder: both are replaced, not followed."""
    precious = synced.root / "precious"
    precious.mkdir()
    (precious / "table.csv").write_text("years of work", encoding="utf-8")
    table, package = site(synced) / "files/table.csv", site(synced) / "left"
    with_open_folder(table, table.unlink)
    with_open_folder(table, lambda: table.hardlink_to(precious / "table.csv"))
    with_open_folder(package, lambda: package.rename(precious / "left"))
    with_open_folder(package, lambda: package.symlink_to(precious))
    before = sorted(path.name for path in precious.iterdir())
    outcome = synced.parity("repair")

    assert 0 == outcome.exit_code, outcome
    assert "years of work" == (precious / "table.csv").read_text(encoding="utf-8")
    assert before == sorted(path.name for path in precious.iterdir())
    assert not package.is_symlink()
    proven(synced)


def test_what_makes_it_an_environment_comes_back(synced: World) -> None:
    """Its links to the interpreter, its settings, its activation scripts, its folders."""
    before, made = fingerprint(synced), synced.environment()
    synced.run("chmod", "-R", "u+w", str(made))
    shutil.rmtree(made / "bin")
    (made / "pyvenv.cfg").write_text("home = /nowhere\n", encoding="utf-8")
    outcome = synced.parity("repair")

    assert 0 == outcome.exit_code, outcome
    assert before == fingerprint(synced)
    assert "hello from app\n" == synced.parity("run", "app").stdout
    proven(synced)


def test_permissions_and_times_come_back_and_files_stay_shared(synced: World) -> None:
    """What has the right content is corrected where it is."""
    table = site(synced) / "files/table.csv"
    inode = table.stat().st_ino
    table.chmod(0o777)
    os.utime(table, (1, 1))
    outcome = synced.parity("repair", env=NOWHERE)

    assert 0 == outcome.exit_code, outcome
    assert (inode, 0o444) == (table.stat().st_ino, stat.S_IMODE(table.stat().st_mode))
    proven(synced)


def test_foreign_bytecode_goes_and_pythons_own_stays(synced: World) -> None:
    """What Python would write itself is no harm, anything else in its place is."""
    folder = site(synced) / "app" / "__pycache__"
    folder.chmod(0o755)
    foreign = folder / "__init__.cpython-399.pyc"
    foreign.write_bytes(b"evil")
    outcome = synced.parity("repair")

    assert 0 == outcome.exit_code, outcome
    assert not foreign.exists()
    proven(synced)


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        *(("changed", name) for name in ("manifests/own", "manifests/0", "lock", "activation", "complete")),
        *(("gone", name) for name in ("manifests/own", "manifests/0", "lock", "activation")),
    ],
)
def test_where_its_records_are_damaged_it_is_built_anew(synced: World, damage: str, name: str) -> None:
    """Found by `verify`, and the same afterwards."""
    before, made = fingerprint(synced), synced.environment()
    record = made / ".parity" / name
    record.chmod(0o600)
    record.unlink() if damage == "gone" else record.write_bytes(b"parity-environment\t1\nx" * 2)
    found, outcome = synced.parity("verify"), synced.parity("repair")

    assert 1 == found.exit_code, found
    assert 0 == outcome.exit_code, outcome
    assert outcome.stderr.startswith("built anew: ")
    assert (made, before) == (synced.environment(), fingerprint(synced))
    proven(synced)


def test_ones_own_changes_to_a_private_copy_are_kept(synced: World) -> None:
    """Only what is missing comes back, unless it is said that they may go."""
    synced.parity("sync", "--copy")
    before, folder = fingerprint(synced), site(synced)
    (folder / "files/table.csv").unlink()
    next((folder / "left/__pycache__").glob("__init__.*.pyc")).unlink()
    (folder / "app/__init__.py").write_text("mine = 1\n", encoding="utf-8")
    (folder / "mine.py").touch()
    kept = synced.parity("repair")
    mine = (folder / "app/__init__.py").read_text(encoding="utf-8")
    discarded = synced.parity("repair", "--discard")

    assert (1, "mine = 1\n") == (kept.exit_code, mine), kept
    assert "restored 2 files: 1 of 65 files differs, 1 was added\n" in kept.stderr
    assert 0 == discarded.exit_code, discarded
    assert before == fingerprint(synced)
    assert (folder / "app/__init__.py").stat().st_mode & 0o200
    assert 0 == synced.parity("verify", "--deep").exit_code


def test_a_private_copy_with_damaged_records_is_built_anew_on_request(synced: World) -> None:
    """Because every change in it is lost by that."""
    synced.parity("sync", "--copy")
    record = synced.environment() / ".parity" / "manifests" / "1"
    record.chmod(0o600)
    record.write_bytes(b"")
    refused, made = synced.parity("repair"), synced.parity("repair", "--discard")

    assert (1, "") == (refused.exit_code, refused.stdout)
    assert "hint: run `parity repair --discard`: what you changed in it is lost\n" in refused.stderr
    assert 0 == made.exit_code, made


def test_it_stays_held_and_in_sync(synced: World) -> None:
    """A repair is no sync: what a rollback holds it leaves, and `run` needs nothing afterwards."""
    synced.write("requirements.txt", "app\n")
    synced.parity("sync")
    synced.parity("rollback", "1")
    record = synced.environment() / ".parity" / "manifests" / "0"
    record.chmod(0o600)
    record.write_bytes(b"")
    outcome = synced.parity("repair")
    run = synced.parity("run", "app", env=NOWHERE)

    assert 0 == outcome.exit_code, outcome
    assert (0, "hello from app\n") == (run.exit_code, run.stdout)
    assert "generation 1 is held" in run.stderr
