"""`parity python`, as a user types it."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.interpreters import download_entry, make_prefix, pack_interpreter
from tests.support.projects import World, files_of

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


def test_a_variable_marks_the_current_one(world: World, versions: Path) -> None:
    """PARITY_PYTHON before PYENV_VERSION, and both before the folder's pin."""
    assert versions.is_dir()
    world.write(".python-version", "3.11\n")
    for variables, current in (({"PYENV_VERSION": "3.13"}, "3.13.1"),
                               ({"PYENV_VERSION": "3.13", "PARITY_PYTHON": "3.11"}, "3.11.7")):  # fmt: skip
        said = world.parity("python", "list", "--json", env=variables).raw_stdout
        marked = [each["version"] for each in json.loads(said)["data"]["interpreters"] if each["current"]]
        assert [current] == marked


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


def test_pin_writes_what_a_folder_is_for(world: World, versions: Path) -> None:
    """Comments stay; what is not installed is a remark; the second time there is nothing to do."""
    assert versions.is_dir()
    file = world.write(".python-version", "# ours\n3.11\n")
    first = world.parity("python", "pin", "3.13", "3.12.99")
    again = json.loads(world.parity("python", "pin", "3.13", "3.12.99", "--json").raw_stdout)

    assert (0, "3.13\n3.12.99\n") == (first.exit_code, first.raw_stdout)
    assert "no installed Python answers `3.12.99`" in first.stderr
    assert "# ours\n3.13\n3.12.99\n" == file.read_text()
    assert {"path": str(file), "versions": ["3.13", "3.12.99"], "changed": False} == again["data"]


def test_pin_says_what_is_pinned(world: World) -> None:
    """By the nearest file above; exit 1 where nothing is."""
    nothing = world.parity("python", "pin")
    world.write(".python-version", "3.12\n")
    world.write("inner/other.txt", "")
    inner = json.loads(world.parity("python", "pin", "-C", "inner", "--json").raw_stdout)["data"]

    assert (1, "") == (nothing.exit_code, nothing.stdout)
    assert (str(world.project / ".python-version"), ["3.12"]) == (inner["path"], inner["versions"])


def test_a_global_pin_is_pyenvs(world: World, versions: Path) -> None:
    """The file that counts where no folder says anything."""
    outcome = world.parity("python", "pin", "3.11", "--global")
    said = world.parity("python", "pin", "--global")

    assert (0, "3.11\n") == (outcome.exit_code, (versions.parent / "version").read_text())
    assert "3.11\n" == said.raw_stdout
    assert not (world.project / ".python-version").exists()


@pytest.mark.parametrize("word", ["../up", "a b", "3.12;rm", "nonsense", "3.x"])
def test_what_is_no_version_is_not_pinned(world: World, word: str) -> None:
    """Nothing is written: a good pin stays."""
    file = world.write(".python-version", "3.12\n")
    outcome = world.parity("python", "pin", "3.11", word)

    assert (1, "3.12\n") == (outcome.exit_code, file.read_text())


@pytest.mark.parametrize("word", ["pypy3.10-7.3.17", "miniconda3-latest", "3.14-dev", "ours"])
def test_a_name_that_a_version_can_have_is_pinned(world: World, versions: Path, word: str) -> None:
    """What can be installed, on this machine or a colleague's; and what is here under that name."""
    shutil.copytree(versions / "3.11.7", versions / "ours", symlinks=True)

    assert (0, f"{word}\n") == world.parity("python", "pin", word).said[:2]


def test_list_available_shows_both_ways(world: World, versions: Path) -> None:
    """The newest of each minor version, prebuilt or from source; `--all` shows every release."""
    assert versions.is_dir()
    short, full = (
        json.loads(world.parity("python", "list", "--available", "--json", *words).raw_stdout)["data"]["available"]
        for words in ([], ["--all"])
    )
    of_one = [each for each in short if each["version"].startswith("3.8.") and each["implementation"] == "cpython"]

    assert [("3.8.20", True, True)] == [(each["version"], each["prebuilt"], each["source"]) for each in of_one]
    assert {"pypy", "graalpy"} <= {each["implementation"] for each in short}
    assert ["3.11.7"] == [each["version"] for each in full if each["installed"] and each["version"] < "3.12"]
    assert len(full) > 100 + len(short)


def test_a_prebuilt_interpreter_is_removed(world: World) -> None:
    """The path is told, and nothing of it is left; its shims come and go with it."""
    archive = pack_interpreter(world.root / "python.tar.gz")
    world.write("list.json", json.dumps({"mine": download_entry(archive)}))
    installed = world.parity("python", "install", "--downloads-json", "list.json", THIS)
    shim = world.store / "shims" / f"python{'.'.join(THIS.split('.')[:2])}"
    assert shim.exists()
    removed = world.parity("python", "uninstall", THIS)

    assert not shim.exists()
    assert (0, "removed 1\n", installed.raw_stdout) == (removed.exit_code, removed.stderr, removed.raw_stdout)
    assert [] == files_of(world.store / "pythons" / "v1")


def test_only_parity_s_own_are_removed(world: World, versions: Path) -> None:
    """Another manager's are named as such, and stay."""
    foreign, missing = world.parity("python", "uninstall", "3.11"), world.parity("python", "uninstall", "3.12")

    assert (1, 1) == (foreign.exit_code, missing.exit_code)
    assert "is not parity's own: it was found in pyenv's versions" in foreign.stderr
    assert "no installed Python answers `3.12`" in missing.stderr
    assert (versions / "3.11.7" / "bin").is_dir()
