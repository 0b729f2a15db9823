"""`parity python`, as a user types it."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.interpreters import download_entry, make_prefix, pack_interpreter
from tests.support.projects import World

THIS = ".".join(map(str, sys.version_info[:3]))


@pytest.fixture
def versions(world: World) -> Path:
    """Make two versions of pyenv's, and a PATH without any Python."""
    folder = world.home / ".pyenv" / "versions"
    for version in ("3.11.7", "3.13.1"):
        make_prefix(folder / version, version)
    world.extra["PATH"] = str(world.home / "bin")
    return folder


def test_list_marks_what_is_pinned_here(world: World, versions: Path) -> None:
    """Aligned columns, the newest first, a star at the one that counts in this folder."""
    world.write(".python-version", "3.11\n")
    outcome = world.parity("python", "list")

    assert (0, "") == (outcome.exit_code, outcome.stderr)
    assert [
        f"   3.13.1  pyenv  3.13.1  {versions}/3.13.1/bin/python",
        f"*  3.11.7  pyenv  3.11.7  {versions}/3.11.7/bin/python",
    ] == outcome.raw_stdout.splitlines()


def test_list_is_readable_for_programs(world: World, versions: Path) -> None:
    """The keys that DESIGN promises, wherever `--json` stands."""
    after, before = world.parity("python", "list", "--json"), world.parity("--json", "python", "list")
    data = json.loads(after.raw_stdout)["data"]["interpreters"]

    assert after.raw_stdout == before.raw_stdout
    assert {
        "implementation": "cpython",
        "version": "3.13.1",
        "path": f"{versions}/3.13.1/bin/python",
        "source": "pyenv",
        "build": None,
    }.items() <= data[0].items()


def test_list_where_there_is_none_says_how_to_get_one(world: World) -> None:
    """An empty machine is no error."""
    world.extra["PATH"] = str(world.home)
    outcome = world.parity("python", "list")

    assert (0, "") == (outcome.exit_code, outcome.stdout)
    assert "no Python is installed: `parity python install 3` fetches one\n" == outcome.stderr


def test_find_prints_a_path_or_says_no(world: World, versions: Path) -> None:
    """Only the path on standard output; nothing else is ever found instead."""
    found, missing = world.parity("python", "find", "3.11"), world.parity("python", "find", "3.12.99")

    assert (0, f"{versions}/3.11.7/bin/python\n", "") == (found.exit_code, found.raw_stdout, found.stderr)
    assert (1, "") == (missing.exit_code, missing.stdout)
    assert (
        "error: no installed Python answers `3.12.99`\n"
        "hint: run `parity python install 3.12.99`; the nearest here: `3.11.7`, `3.13.1`\n"
    ) == missing.stderr


def test_find_takes_a_path_from_the_directory(world: World, versions: Path) -> None:
    """`-C` moves what a relative path means."""
    outcome = world.parity("python", "find", "./3.13.1", "-C", str(versions))

    assert f"{versions}/3.13.1/bin/python\n" == outcome.raw_stdout


def test_install_fetches_what_a_list_offers(world: World) -> None:
    """From the flag or the variable: installed once, then found and listed as parity's own."""
    archive = pack_interpreter(world.root / "python.tar.gz")
    world.write("list.json", json.dumps({"mine": download_entry(archive)}))
    first = world.parity("python", "install", "--downloads-json", "list.json", THIS)
    again = world.parity("python", "install", THIS, "--json", env={"PARITY_PYTHON_DOWNLOADS": "list.json"})
    found = world.parity("python", "find", THIS)

    assert (0, "installed 1, 0 already here\n") == (first.exit_code, first.stderr)
    assert first.raw_stdout == found.raw_stdout
    installed = json.loads(again.raw_stdout)["data"]["interpreters"][0]
    assert (True, "parity", THIS) == (installed["reused"], installed["source"], installed["version"])


def test_install_refuses_a_list_without_hashes(world: World) -> None:
    """The entry and the list are named."""
    archive = world.root / "python.tar.gz"
    archive.touch()
    world.write("list.json", json.dumps({"mine": download_entry(archive, "3.12.1", sha256=None)}))
    outcome = world.parity("python", "install", "3.12", "--downloads-json", "list.json", "--json")

    assert (1, "python-download-unhashed") == (
        outcome.exit_code,
        json.loads(outcome.raw_stdout)["errors"][0]["code"],
    )


@pytest.mark.parametrize("words", [["bogus"], [], ["find"], ["install"]])
def test_other_words_are_a_question_of_usage(world: World, words: list[str]) -> None:
    """Exit 2, and where to read on."""
    outcome = world.parity("python", *words)

    assert 2 == outcome.exit_code
    assert outcome.stderr.startswith("error: ")
