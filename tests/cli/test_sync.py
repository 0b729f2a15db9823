"""`parity sync`, as a user types it: what is built, what is shared, what is refused, what is left alone."""

import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.projects import World, files_of
from tests.support.serving import Fault
from tests.support.wheels import make_wheel, write_project

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2"}
PYPROJECT = '[project]\nname = "p"\nversion = "1"\ndependencies = ["left"]\n[dependency-groups]\ntest = ["files"]\n'


def blocks(folders: Iterable[Path]) -> int:
    """Return how many blocks files take, each counted once however many links lead to it."""
    every = (path.lstat() for folder in folders for path in folder.rglob("*"))
    return sum({found.st_ino: found.st_blocks for found in every if stat.S_ISREG(found.st_mode)}.values())


def test_the_first_sync_locks_builds_and_links(world: World) -> None:
    """One command from a manifest to an environment in the store, in which everything is read-only."""
    world.write("requirements.txt", "app\nfiles\n")
    outcome = world.parity("sync")
    made = world.environment()
    inside = [path for path in made.rglob("*") if not path.is_symlink() and ".parity" not in path.parts]

    assert (
        0,
        "",
        f"locked 4 packages for linux-64\nin sync: .venv is {made.name} (4 packages for linux-64, built in [TIME])\n",
    ) == outcome.said
    assert [".venv", "parity.lock", "requirements.txt"] == files_of(world.project)
    assert world.store / "envs" / "v1" == made.parent
    assert [] == [path for path in [made, *inside] if path.stat().st_mode & 0o222]
    assert (made / "share" / "files" / "note.txt").is_file()
    assert "hello from app\n" == world.run(str(world.project / ".venv" / "bin" / "app")).stdout
    assert "hello from a script\n" == world.run(str(world.project / ".venv" / "bin" / "files-tool")).stdout


def test_the_next_sync_has_nothing_to_do(world: World) -> None:
    """The same environment, untouched, and nobody is asked."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    made, asked = world.environment(), len(world.index.requests)
    before = (world.project / ".venv").lstat().st_ino
    quick = world.parity("sync", env=NOWHERE)
    long = world.parity("--quiet", "sync", env=NOWHERE)
    detailed = world.parity("sync", "--locked", env=NOWHERE)

    assert (0, "", f"in sync: .venv is {made.name}\n") == quick.said
    assert (0, "", "") == long.said
    assert (0, "", f"in sync: .venv is {made.name} (3 packages for linux-64, reused)\n") == detailed.said
    assert (made, before, asked) == (
        world.environment(),
        (world.project / ".venv").lstat().st_ino,
        len(world.index.requests),
    )


def test_a_project_with_the_same_lock_shares_the_environment(world: World) -> None:
    """One link more, no data block more, and nobody is asked."""
    world.write("requirements.txt", "app\nfiles\n")
    world.parity("sync")
    other = world.copy_project()
    asked, before = len(world.index.requests), blocks([world.store / "envs", world.cache])
    outcome = world.parity("sync", cwd=other, env=NOWHERE)

    assert (0, "", f"in sync: .venv is {world.environment().name}\n") == outcome.said
    assert world.environment() == world.environment(other)
    assert before == blocks([world.store / "envs", world.cache])
    assert asked == len(world.index.requests)
    assert "hello from app\n" == world.parity("run", "app", cwd=other).stdout


def test_a_lock_alone_is_not_enough_to_adopt_an_environment(world: World) -> None:
    """The same lock beside another manifest is outdated, whoever has an environment for it."""
    world.write("requirements.txt", "app\n")
    world.parity("sync")
    other = world.copy_project()
    (other / "requirements.txt").write_text("app\nfiles\n", encoding="utf-8")
    refused = world.parity("sync", "--locked", cwd=other)
    outcome = world.parity("sync", cwd=other)

    assert (1, "") == (refused.exit_code, refused.stdout)
    assert 0 == outcome.exit_code
    assert world.environment() != world.environment(other)


def test_locked_refuses_to_change_the_lock(world: World) -> None:
    """Missing or outdated: an error, the lock as it was, no environment."""
    world.write("requirements.txt", "app\n")
    missing = world.parity("sync", "--locked")
    world.parity("lock")
    world.write("requirements.txt", "app\nfiles\n")
    before = (world.project / "parity.lock").read_bytes()
    outdated = world.parity("sync", "--locked")

    assert (1, "", "error: there is no `parity.lock` in `[TMP]/project`\nhint: run `parity lock`\n") == missing.said
    assert (
        1,
        "",
        "error: `parity.lock` is not current: `requirements.txt` has changed\nhint: run `parity lock`\n",
    ) == outdated.said
    assert before == (world.project / "parity.lock").read_bytes()
    assert ["parity.lock", "requirements.txt"] == files_of(world.project)


def test_frozen_does_not_even_look_at_the_manifests(world: World) -> None:
    """Neither at what they say now nor whether they are there, as in a container that only got the lock."""
    world.write("requirements.txt", "app\n")
    world.parity("lock")
    world.write("requirements.txt", "this is ( no requirement\n")
    broken = world.parity("sync", "--frozen")
    (world.project / "requirements.txt").unlink()
    alone = world.parity("sync", "--frozen")
    run = world.parity("run", "--frozen", "app")
    (world.project / "parity.lock").unlink()
    world.write("requirements.txt", "app\n")
    missing = world.parity("sync", "--frozen")

    assert (0, 0) == (broken.exit_code, alone.exit_code)
    assert (0, "hello from app\n", "") == run.said
    assert (1, "", "error: there is no `parity.lock` in `[TMP]/project`\nhint: run `parity lock`\n") == missing.said


def test_offline_rebuilds_what_is_locked_and_cached(world: World) -> None:
    """The store is gone and the network is cut: everything is made again from the caches."""
    world.write("requirements.txt", "app\nfiles\n")
    world.parity("sync")
    first = world.environment()
    world.run("chmod", "-R", "u+w", str(world.store))
    shutil.rmtree(world.store)
    asked = len(world.index.requests)
    outcome = world.parity("sync", "--offline")

    assert 0 == outcome.exit_code, outcome
    assert first == world.environment()
    assert asked == len(world.index.requests)
    assert 0 == world.parity("verify", "--deep").exit_code


def test_offline_says_what_is_not_cached(world: World) -> None:
    """Neither lock nor environment can be made of nothing, and nobody is asked."""
    world.write("requirements.txt", "app\n")
    unlocked = world.parity("--offline", "sync")
    asked = len(world.index.requests)
    world.parity("lock")
    unfetched = world.parity("sync", "--offline", env={"PARITY_CACHE_DIR": str(world.root / "empty")})

    assert 0 == asked
    for outcome in (unlocked, unfetched):
        assert (1, "") == (outcome.exit_code, outcome.stdout)
        assert outcome.stderr.startswith("error: ")
        assert outcome.stderr.endswith("hint: run it once without `--offline`\n")
    assert ["parity.lock", "requirements.txt"] == files_of(world.project)


@pytest.mark.parametrize(
    "fault",
    [Fault("replaced"), Fault("corrupted"), Fault("truncated"), Fault("status")],
    ids=["replaced", "corrupted", "truncated", "status"],
)
def test_a_file_that_is_not_what_was_locked_is_refused(world: World, fault: Fault) -> None:
    """Nothing of it is published: the link stays where it was, and once the index is healed all goes well."""
    world.write("requirements.txt", "plugin\n")
    world.parity("sync")
    before, stored = world.environment(), files_of(world.store / "envs" / "v1")
    world.write("requirements.txt", "plugin\nfiles\n")
    world.parity("lock")
    world.index.faults["files-1.0-py3-none-any.whl"] = fault
    outcome = world.parity("sync", "--locked")
    kept, published = world.environment(), files_of(world.store / "envs" / "v1")
    world.index.faults.clear()
    healed = world.parity("sync", "--locked")

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("error: what is locked cannot be installed: ")
    assert (before, stored) == (kept, published)
    assert 0 == healed.exit_code, healed
    assert 0 == world.parity("verify", "--deep").exit_code


def test_a_venv_that_parity_did_not_make_is_left_alone(world: World) -> None:
    """A folder, a file or a link to elsewhere: an error says how to move it aside, and doing so keeps it whole."""
    world.write("requirements.txt", "app\n")
    theirs = world.write(".venv/precious.txt", "years of work")
    refused = world.parity("sync")
    kept = theirs.read_text(encoding="utf-8")
    moved = world.parity("sync", "--move-aside")
    (world.project / ".venv").unlink()
    (world.project / ".venv").symlink_to(world.home)
    link = world.parity("sync")
    again = world.parity("sync", "--move-aside")

    assert (
        1,
        "",
        (
            "error: `.venv` is here already and parity did not make it\n  at .venv\n"
            "hint: run `parity sync --move-aside` to keep it as `.venv.aside` and continue\n"
        ),
    ) == refused.said
    assert "years of work" == kept
    assert 0 == moved.exit_code
    assert "moved the old .venv to .venv.aside\n" in moved.stderr
    assert "years of work" == (world.project / ".venv.aside" / "precious.txt").read_text(encoding="utf-8")
    assert 1 == link.exit_code
    assert 0 == again.exit_code
    assert world.home == (world.project / ".venv.aside-2").readlink()


def test_groups_and_extras_by_flag(world: World) -> None:
    """Recorded by `sync` as by `lock`, and in force at the next sync."""
    world.write("pyproject.toml", PYPROJECT)
    world.parity("sync")
    without = world.parity("run", "python", "-c", "import files")
    world.parity("sync", "--group", "test")
    world.parity("sync")
    included = world.parity("run", "python", "-c", "import files")
    world.parity("sync", "--no-groups")
    left_out = world.parity("run", "python", "-c", "import files")

    assert [1, 0, 1] == [without.exit_code, included.exit_code, left_out.exit_code]


def test_the_project_is_found_from_below_and_from_elsewhere(world: World) -> None:
    """A folder inside, or `-C`, and relative paths of the manifest still start at the project."""
    make_wheel(world.project / "vendor", "vendored", "1.0")
    world.write("requirements.txt", "./vendor/vendored-1.0-py3-none-any.whl\n")
    deep = world.project / "src" / "deep"
    deep.mkdir(parents=True)
    below = world.parity("sync", cwd=deep)
    elsewhere = world.parity("sync", "-C", "../project", cwd=world.home)
    nowhere = world.parity("-C", str(world.home), "sync")

    assert (0, 0) == (below.exit_code, elsewhere.exit_code), below
    assert [".venv", "parity.lock", "requirements.txt", "src", "vendor"] == files_of(world.project)
    assert [] == files_of(deep)
    assert (1, "") == (nowhere.exit_code, nowhere.stdout)
    assert nowhere.stderr.startswith(
        "error: there is no project here: no `parity.lock` and no manifest in `[TMP]/home`"
    )


@pytest.mark.parametrize("name", ["my project", "projekt-äöü", "a'b"])
def test_a_project_is_installed_editable_wherever_it_is(world: World, name: str) -> None:
    """Edits to its code are seen at once; its scripts are there, new ones after the next sync."""
    project = world.root / name
    code = {"mine/__init__.py": "def main() -> None:\n    print('old')\n"}
    write_project(project, "mine", requires=["left"], modules=code, entry_points={"mine": "mine:main"})
    first = world.parity("sync", cwd=project)
    old = world.parity("run", "mine", cwd=project)
    # another size: Python's own cache tells an edit within the same second by nothing else
    (project / "src/mine/__init__.py").write_text("def main() -> None:\n    print('newer')\n", encoding="utf-8")
    new = world.parity("run", "mine", cwd=project)
    settings = (project / "pyproject.toml").read_text(encoding="utf-8")
    (project / "pyproject.toml").write_text(f'{settings}second = "mine:main"\n', encoding="utf-8")
    script = world.parity("run", "second", cwd=project)

    assert 0 == first.exit_code, first
    assert ["old\n", "newer\n", "newer\n"] == [old.stdout, new.stdout, script.stdout], script
    assert 0 == world.parity("verify", "--deep", cwd=project).exit_code


def test_no_project_leaves_the_package_out_until_the_next_sync(world: World) -> None:
    """As in an image whose dependencies are a layer of their own; nothing calls that a fault."""
    write_project(world.project, "mine", requires=["left"])
    world.parity("sync", "--no-project")
    without = world.run(str(world.project / ".venv/bin/python"), "-I", "-c", "import left, mine")
    verified = world.parity("verify", "--deep")
    plain = world.parity("sync")
    found = world.run(str(world.project / ".venv/bin/python"), "-I", "-c", "import left, mine")

    assert 1 == without.exit_code
    assert "No module named 'mine'" in without.stderr
    assert 0 == verified.exit_code, verified
    assert (0, 0) == (plain.exit_code, found.exit_code), found


@pytest.mark.network
def test_what_the_registries_have(world: World) -> None:
    """A wheel with a compiled module and one with a script, from the real index."""
    world.write("requirements.txt", "markupsafe==3.0.2\npygments==2.19.1\n")
    outcome = world.parity("sync")
    run = world.parity("run", "python", "-c", "import markupsafe._speedups, pygments; print(pygments.__version__)")

    assert 0 == outcome.exit_code, outcome
    assert (0, "2.19.1\n", "") == run.said
    assert 0 == world.parity("verify", "--deep").exit_code


@pytest.mark.parametrize(
    ("ignored", "told"),
    [(".venv/\n", True), ("build\n/.venv/\n", True), (".venv/\n.venv\n", False), (".venv\n", False), ("", False)],
)
def test_a_gitignore_that_is_about_a_folder_is_told_once(world: World, ignored: str, told: bool) -> None:
    """`.venv` is a link, which git would show as a file of the user's."""
    world.write("requirements.txt", "left\n")
    world.write(".gitignore", ignored)
    first = world.parity("sync")
    world.write("requirements.txt", "base\n")
    second = world.parity("sync")
    assert told == ("note: `.venv/` in `.gitignore` is about a folder, and `.venv` is a link" in first.stderr)
    assert "gitignore" not in second.stderr


@pytest.mark.parametrize(
    ("ignored", "excluded", "told"),
    [("", "", True), ("build\n", "", True), (".venv\n", "", False), ("", ".venv\n", False)],
)
def test_a_repository_that_would_take_the_link_is_told(world: World, ignored: str, excluded: str, told: bool) -> None:
    """Committed by everybody, the link would lead each where the other's environment was."""
    world.run("git", "init", "-q", ".")
    world.write(".git/info/exclude", excluded)
    world.write(".gitignore", ignored)
    world.write("requirements.txt", "left\n")
    assert told == ("git is not told to leave `.venv` alone" in world.parity("sync").stderr)
