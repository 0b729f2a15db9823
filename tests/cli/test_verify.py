"""`parity verify`, as a user types it: every way in which a disk can differ from a lock."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.projects import World


@pytest.fixture
def synced(world: World) -> World:
    """Make a project in sync, its folders open so that a test can damage what is in them."""
    world.write("requirements.txt", "app\nfiles\n")
    assert 0 == world.parity("sync").exit_code
    world.run("chmod", "u+w", *(str(path) for path in world.environment().rglob("*") if path.is_dir()))
    return world


def module(world: World, path: str = "app/__init__.py") -> Path:
    """Return a file in the environment's site-packages."""
    return next(world.environment().glob("lib/*/site-packages")) / path


def rewrite(file: Path, content: bytes) -> None:
    """Replace a file by another of these bytes, as an editor does."""
    beside = file.with_name("beside")
    beside.write_bytes(content)
    beside.chmod(file.stat().st_mode & 0o7777)
    beside.replace(file)


def disguise(file: Path) -> None:
    """Change a file without changing its size or time."""
    before = file.stat()
    content = file.read_bytes()
    rewrite(file, content.replace(b"hello", b"hullo"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def make_folder(world: World) -> None:
    """Put a folder where a module was."""
    module(world).unlink()
    module(world).mkdir()


def relink(world: World) -> None:
    """Lead the environment's Python elsewhere."""
    link = world.environment() / "bin" / "python"
    link.unlink()
    link.symlink_to("/bin/sh")


DAMAGES: dict[str, tuple[Callable[[World], object], str, str, str | None]] = {
    "deleted": (lambda world: module(world).unlink(), "file-missing", "app/__init__.py", "app"),
    "edited": (lambda world: rewrite(module(world), b"x = 1\n"), "file-changed", "app/__init__.py", "app"),
    "data edited": (
        lambda world: rewrite(world.environment() / "share/files/note.txt", b"another note\n"),
        "file-changed",
        "share/files/note.txt",
        "files",
    ),
    "added": (lambda world: module(world, "evil.pth").write_text("import os\n"), "file-extra", "evil.pth", None),
    "made writable": (lambda world: module(world).chmod(0o644), "mode-changed", "app/__init__.py", "app"),
    "relinked": (relink, "link-changed", "bin/python", None),
    "made a folder": (
        make_folder,
        "file-missing",
        "app/__init__.py",
        "app",
    ),
    "script edited": (
        lambda world: rewrite(world.environment() / "bin" / "app", b"#!/bin/sh\necho evil\n"),
        "file-changed",
        "bin/app",
        "app",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("flags", [[], ["--deep"]], ids=["quick", "deep"])
def test_drift_is_found_with_package_and_path(synced: World, damage: str, flags: list[str]) -> None:
    """One finding for one damage, exit code 1, and the same told to people and to programs."""
    act, code, path, package = DAMAGES[damage]
    act(synced)
    told = synced.parity("verify", *flags)
    answer = json.loads(synced.parity("verify", "--json", *flags).raw_stdout)
    findings = [found for found in answer["findings"] if found["severity"] == "error"]

    assert (1, "") == (told.exit_code, told.stdout)
    assert f"{path}: " in told.stderr
    counted = " as locked, 1 was added\n" if code == "file-extra" else f"{'deep' if flags else 'quick'} verify: 1 of "
    assert counted in told.stderr
    assert [(code, package)] == [(found["code"], found["package"]) for found in findings], findings
    assert findings[0]["subject"].endswith(path)
    assert not answer["ok"]


def test_deep_finds_what_keeps_size_and_time(synced: World) -> None:
    """Quick trusts what the file system says, deep reads."""
    disguise(module(synced))
    quick, deep = synced.parity("verify"), synced.parity("verify", "--deep")

    assert 0 == quick.exit_code
    assert 1 == deep.exit_code
    assert "app/__init__.py: its content changed, its size and time did not\n" in deep.stderr


def test_use_is_no_drift(synced: World) -> None:
    """Programs, tests and modules that nobody imported before; bytecode that Python writes is a note at most."""
    assert 0 == synced.parity("run", "app").exit_code
    assert 0 == synced.parity("run", "python", "-OO", "-c", "import app, files, base, left, sqlite3").exit_code
    assert 0 == synced.parity("run", "python", "-m", "compileall", "-q", "-f", str(synced.project)).exit_code
    quick, deep = synced.parity("verify"), synced.parity("verify", "--deep")

    assert (0, "") == (quick.exit_code, quick.stdout), quick
    assert (0, "") == (deep.exit_code, deep.stdout), deep
    assert "error" not in quick.stderr + deep.stderr


def test_bytecode_that_its_source_does_not_give_is_drift(synced: World) -> None:
    """A planted module cache is executed instead of its source; deep compiles and compares."""
    cache = next(module(synced, "app/__pycache__").glob("*.pyc"))
    planted = cache.with_name(cache.name.replace(".pyc", ".opt-2.pyc"))
    planted.write_bytes(cache.read_bytes().replace(b"hello", b"hullo"))
    quick, deep = synced.parity("verify"), synced.parity("verify", "--deep")

    assert 0 == quick.exit_code, quick
    assert "note: " in quick.stderr
    assert 1 == deep.exit_code, deep
    assert "it is bytecode that its source does not give\n" in deep.stderr


def test_a_record_that_was_changed_is_drift(synced: World) -> None:
    """Whoever changes a file and what is noted about it is found by deep."""
    records = synced.environment() / ".parity" / "manifests"
    record = next(path for path in records.iterdir() if b"files/table.csv" in path.read_bytes())
    rewrite(record, record.read_bytes().replace(b"table.csv", b"label.csv"))
    table = module(synced, "files/table.csv")
    table.rename(table.with_name("label.csv"))
    deep = synced.parity("verify", "--deep")

    assert 1 == deep.exit_code
    assert (
        f".parity/manifests/{record.name}: this record of what belongs into the environment was changed\n"
        in deep.stderr
    )


def test_an_environment_that_the_lock_does_not_ask_for_is_told(synced: World) -> None:
    """After `parity lock` and before `parity sync`."""
    synced.write("requirements.txt", "app\n")
    synced.parity("lock")
    outcome = synced.parity("verify")

    assert 1 == outcome.exit_code
    assert "error: target: the environment is not the one that the lock asks for on `linux-64`\n" in outcome.stderr
    synced.parity("sync")
    assert 0 == synced.parity("verify").exit_code


def test_a_name_of_any_bytes_can_be_told(synced: World) -> None:
    """A file whose name is not UTF-8, or has a line break in it, is a finding like any other."""
    for name in (b"caf\xe9.txt", b"two\nlines.txt"):
        (synced.environment() / os.fsdecode(name)).touch()
    told, answer = synced.parity("verify"), synced.parity("verify", "--json")
    subjects = [found["subject"] for found in json.loads(answer.raw_stdout)["findings"]]

    assert (1, "") == (told.exit_code, told.stdout)
    assert "caf\\udce9.txt: this file does not belong here\n" in told.stderr
    assert ["caf\udce9.txt", "two\nlines.txt"] == subjects


def test_without_an_environment_there_is_nothing_to_verify(world: World) -> None:
    """And nothing is made for it."""
    world.write("requirements.txt", "app\n")
    outcome = world.parity("verify")

    assert (
        1,
        "",
        "error: `[TMP]/project` has no environment of parity's yet\nhint: run `parity sync`\n",
    ) == outcome.said


def test_quiet_tells_drift_only(synced: World) -> None:
    """Nothing where all is well; the errors, without the closing line, where it is not."""
    well = synced.parity("verify", "--quiet")
    module(synced).unlink()
    drifted = synced.parity("-q", "verify")

    assert (0, "", "") == well.said
    assert 1 == drifted.exit_code
    assert 1 == len(drifted.stderr.splitlines())


def test_thousands_of_files_are_told_by_package(synced: World) -> None:
    """A few lines for people, with what to do; `--all` and `--json` name every file."""
    for number in range(30):
        (module(synced, "app") / f"more{number:02}.txt").touch()
        (synced.environment() / f"other{number}.txt").touch()
    told, full = synced.parity("verify"), synced.parity("verify", "--all")
    findings = json.loads(synced.parity("verify", "--json").raw_stdout)["findings"]

    assert 60 == len(findings)
    assert "error: of no package: 57 more files differ: added\n" in told.stderr
    assert 3 + 1 + 2 == len(told.stderr.splitlines())
    assert 60 + 2 == len(full.stderr.splitlines())
    assert " files are as locked, 60 were added\n" in told.stderr
    assert told.stderr.endswith("\nhint: `parity repair` puts right what differs; `--all` shows every file\n")
    assert 0 == synced.parity("repair").exit_code
    assert 0 == synced.parity("verify").exit_code
