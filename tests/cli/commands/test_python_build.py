"""`parity python install --build`, `pack`, and what a lock says of a built interpreter, as a user types it."""

import json
import os
import select
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.support.builds import FLAGS, BuiltOnce
from tests.support.projects import World, files_of
from tests.support.sources import VERSION, make_sources, upstream_archive

PATIENCE = 60


@pytest.fixture
def built(world: World, built_python: BuiltOnce) -> BuiltOnce:
    """Put the built interpreter into the world's store, by links: it is read-only there as well."""
    above = world.store / "pythons" / "v1"
    above.mkdir(parents=True)
    shutil.copytree(built_python.folder, above / built_python.folder.name, symlinks=True, copy_function=os.link)
    world.store.chmod(0o700)
    return built_python


def locked_python(world: World) -> str:
    """Return the line about the interpreter in the lock."""
    text = (world.project / "parity.lock").read_text()
    return next(line for line in text.splitlines() if line.startswith("python = "))


# --- building ----------------------------------------------------------------------------------------------------


def test_a_build_that_fails_shows_its_end(world: World) -> None:
    """The step, the likely cause, the last lines, what to do, and where the log is."""
    make_sources(world.project, "3.99.0", make="echo 'cc1: fatal error: Killed signal terminated program'; exit 1")
    outcome = world.parity("python", "install", "3.99", "--build", "--archive", "Python-3.99.0.tgz")
    first, *lines = outcome.stderr.splitlines()

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert (
        "error: building Python 3.99.0 failed while compiling: the compiler was killed, probably for want of memory"
    ) == first
    assert "  | cc1: fatal error: Killed signal terminated program" in lines
    assert lines[-1].startswith("hint: leave `--optimize` out, or give the machine more memory; the whole log is in")
    assert [] == files_of(world.store / "pythons" / "v1")


def test_missing_modules_are_told_before_anything_is_compiled(world: World) -> None:
    """Each with its package; as JSON one error a module."""
    said = "checking for stdlib extension module _bz2... missing"
    make_sources(world.project, "3.99.0", configure=f"echo '{said}'", make="touch compiled")
    words = ("python", "install", "3.99", "--build", "--archive", "Python-3.99.0.tgz")
    shown, data = world.parity(*words), json.loads(world.parity(*words, "--json").raw_stdout)

    assert 1 == shown.exit_code
    assert shown.stderr.startswith("error: Python 3.99.0 would be built without `bz2`\n")
    assert "libbz2-dev (apt), bzip2-devel (dnf), bzip2-dev (apk), bzip2 (pacman)" in shown.stderr
    assert ["python-modules-missing"] == [error["code"] for error in data["errors"]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_an_interrupted_build_leaves_nothing(world: World, number: signal.Signals) -> None:
    """Ctrl-C and kill: no process goes on, no interpreter is there, and the next build sweeps what lay around."""
    pipe = world.root / "pipe"
    os.mkfifo(pipe)
    make_sources(world.project, "3.99.0", make=f"exec 9>{pipe}; echo begun >&9; sleep 600")
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    process = world.start("python", "install", "3.99", "--build", "--archive", "Python-3.99.0.tgz")
    assert select.select([reading], [], [], PATIENCE)[0], "the build did not begin"
    os.read(reading, 100)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert select.select([reading], [], [], PATIENCE)[0], "a process of the build goes on"
    os.close(reading)
    listed = json.loads(world.parity("python", "list", "--json").raw_stdout)["data"]["interpreters"]

    assert {signal.SIGINT: 130, signal.SIGKILL: -9}[number] == process.returncode
    assert [] == [each for each in listed if each["source"] == "parity"]
    make_sources(world.project, "3.99.0", make="exit 1")
    world.parity("python", "install", "3.99", "--build", "--archive", "Python-3.99.0.tgz")
    assert [] == files_of(world.store / "pythons" / "v1")


def test_sources_come_from_where_the_project_says(world: World) -> None:
    """`python-sources`, relative to its file; the variable comes first, the flag before that."""
    world.write("pyproject.toml", '[tool.parity]\npython-sources = "mirror"\n')
    words = ("python", "install", "3.13.5", "--build")
    project = world.parity(*words)
    variable = world.parity(*words, env={"PARITY_PYTHON_SOURCES": str(world.root / "other")})
    flag = world.parity(*words, "--mirror", "/flag", env={"PARITY_PYTHON_SOURCES": str(world.root / "other")})

    assert (
        "error: the sources of Python 3.13.5 are nowhere below `[TMP]/project/mirror`" == project.stderr.splitlines()[0]
    )
    assert "`[TMP]/other`" in variable.stderr
    assert "`/flag`" in flag.stderr


def test_an_archive_that_is_not_upstreams_is_refused(world: World) -> None:
    """Where parity knows the version, only upstream's own is that version; another version is not what was asked."""
    make_sources(world.project, "3.13.5")
    other = world.parity("python", "install", "3.12", "--build", "--archive", "Python-3.13.5.tgz")
    forged = world.parity("python", "install", "3.13.5", "--build", "--archive", "Python-3.13.5.tgz")

    assert "is Python 3.13.5, which does not answer `3.12`" in other.stderr
    assert "is not what upstream published as Python 3.13.5" in forged.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["3.12", "--optimize"], "`--optimize` says how to build"),
        (["3.12", "--with", "--enable-shared"], "`--with` says how to build"),
        (["3.12", "--build", "--with", "--prefix=/opt"], "`--prefix=/opt` cannot be given to `configure`"),
        (["3.12.1", "--build", "--free-threaded"], "Python 3.12.1 cannot be built free-threaded"),
        (["3.12", "--build", "--keep", "docs"], "`docs` is nothing that can be kept"),
        (["3.7", "--build"], "parity knows no sources of a Python that answers `3.7`"),
        (["3.12", "3.13", "--build", "--archive", "x.tgz"], "`--archive` is the sources of one version"),
    ],
)
def test_what_cannot_be_built_is_refused(world: World, words: list[str], said: str) -> None:
    """At once, in one sentence."""
    outcome = world.parity("python", "install", *words, env={"PARITY_PYTHON_SOURCES": str(world.root)})

    assert outcome.exit_code in {1, 2}
    assert said in outcome.stderr.splitlines()[0]


# --- a real one --------------------------------------------------------------------------------------------------


def test_a_lock_knows_the_recipe_and_demands_it_where_it_is_exact(world: World, built: BuiltOnce) -> None:
    """The digest is recorded; `exact` refuses another interpreter of the same version, and says which is wanted."""
    world.write(".python-version", f"{VERSION}\n")
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("sync").exit_code

    assert 'source = "built"' in locked_python(world)
    assert f'sha256 = "{built.interpreter["sha256"]}"' in locked_python(world)
    assert "exact" not in locked_python(world)
    said = world.parity("run", "python", "-c", "import app, sys; print(sys.version.split()[0])")
    assert f"{VERSION}\n" == said.raw_stdout
    world.write("pyproject.toml", '[tool.parity]\ninterpreter = "exact"\n')
    assert 0 == world.parity("sync").exit_code
    assert "exact = true" in locked_python(world)
    lock = (world.project / "parity.lock").read_text()
    world.write("parity.lock", lock.replace(built.interpreter["sha256"], "0" * 64))
    refused = world.parity("sync", "--frozen")
    assert 1 == refused.exit_code
    assert f"the lock wants the very cpython {VERSION} of the recipe 000000000000" in refused.stderr
    assert f"parity python install {VERSION} --build" in refused.stderr


def test_a_packed_interpreter_makes_a_conda_environment(world: World, built: BuiltOnce) -> None:
    """From `pack` to `run`: the channel is named in an `environment.yml`, and the environment is that interpreter."""
    packed = world.parity("python", "pack", VERSION, "--channel", "channel", "--json")
    data = json.loads(packed.raw_stdout)["data"]
    world.write("environment.yml", f"channels: [./channel]\ndependencies: [python={VERSION}]\n")
    synced = world.parity("sync")
    code = "import bz2, ctypes, ssl, sqlite3, sysconfig, sys; print(sys.prefix, sysconfig.get_config_var('prefix'))"
    said = world.parity("run", "python", "-c", code)

    assert [("python", VERSION), ("python_abi", "3.13")] == [
        (each["name"], each["version"]) for each in data["packages"]
    ]
    assert (0, 0) == (synced.exit_code, said.exit_code), f"{synced}{said}"
    prefix, recorded = said.raw_stdout.split()
    assert str(world.environment()) == prefix == recorded
    assert f"h{built.interpreter['sha256'][:7]}_0_cpython" in (world.project / "parity.lock").read_text()
    binary = (Path(prefix) / "bin" / "python").resolve()
    assert str(world.store / "envs") in str(binary)


def test_pyenv_builds_what_is_not_prebuilt(world: World, built: BuiltOnce) -> None:
    """What `pyenv install` is asked for is built where nobody has it ready, or where its options say how."""
    archive, known = upstream_archive(Path(__file__).resolve().parents[3] / ".cache")
    (world.root / "sources").mkdir()
    shutil.copy(archive, world.root / "sources" / known.file)
    world.write("list.json", "{}")
    world.extra.update(
        {
            "PYENV_ROOT": str(world.root / "pyenv"),
            "PARITY_PYTHON_DOWNLOADS": str(world.project / "list.json"),
            "PARITY_PYTHON_SOURCES": str(world.root / "sources"),
            **FLAGS,
        }
    )
    listed = world.parity("pyenv", "install", "-l")
    installed = world.parity("pyenv", "install", "-sk", VERSION)
    again = world.parity("pyenv", "install", "-s", VERSION)
    refused = world.parity("pyenv", "install", "-f", VERSION, env={"PYTHON_CONFIGURE_OPTS": "--prefix=/usr"})

    prefix = world.root / "pyenv" / "versions" / VERSION
    assert {f"  {VERSION}", "  3.8.20"} <= {*listed.stdout.splitlines()}
    assert 0 == installed.exit_code, installed
    assert f"Installed {VERSION} to [TMP]/pyenv/versions/{VERSION}\n" in installed.stderr
    assert "pyenv: parity keeps no source tree\n" in installed.stderr
    assert built.folder.name in str(prefix.resolve())
    assert (world.store / "shims" / "python3.13").exists()
    assert (0, "", "") == again.said
    assert (1, "error: `--prefix=/usr` cannot be given") == (refused.exit_code, refused.stderr[:38])


def test_an_interpreter_in_use_is_not_removed(world: World, built: BuiltOnce) -> None:
    """The project that stands on it is named; another program's interpreter is never removed."""
    world.write(".python-version", f"{VERSION}\n")
    world.write("requirements.txt", "base\n")
    world.parity("sync")
    refused = world.parity("python", "uninstall", VERSION)

    assert (1, f"error: Python {VERSION} is used by the project `[TMP]/project`") == (
        refused.exit_code,
        refused.stderr.splitlines()[0],
    )
    (world.project / ".venv").unlink()
    idle = world.parity("python", "uninstall", VERSION)
    assert "is used by `[TMP]/store/envs/v1/" in idle.stderr
    found = world.parity("python", "list", "--json", "--all")
    assert built.interpreter["sha256"][:12] in found.raw_stdout
    foreign = world.parity("python", "uninstall", str(Path(sys.base_prefix)))
    assert 1 == foreign.exit_code
    assert "is not parity's own" in foreign.stderr


def test_an_interpreter_that_nobody_uses_is_removed(world: World, built: BuiltOnce) -> None:
    """It is neither found nor on disk."""
    outcome = world.parity("python", "uninstall", VERSION)

    assert (0, "removed 1\n") == (outcome.exit_code, outcome.stderr)
    assert built.folder.name in outcome.raw_stdout
    assert [] == files_of(world.store / "pythons" / "v1")
    assert 1 == world.parity("python", "uninstall", VERSION).exit_code
