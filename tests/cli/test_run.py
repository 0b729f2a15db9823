"""`parity run`, as a user types it: in sync first, then it is the program itself."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.projects import World
from tests.support.wheels import make_wheel, write_project

NOWHERE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_TIMEOUT": "2"}
PATIENCE = 30.0
_PIP = "def main() -> None:\n    print('mine')\n"


@pytest.fixture
def synced(world: World) -> World:
    """Make a project in sync."""
    world.write("requirements.txt", "app\n")
    assert 0 == world.parity("sync").exit_code
    return world


@pytest.mark.parametrize("status", [0, 1, 3, 42, 255])
def test_the_exit_code_is_the_programs(synced: World, status: int) -> None:
    """The short way and the long way alike."""
    code = f"raise SystemExit({status})"
    quick = synced.parity("run", "python", "-c", code)
    long = synced.parity("run", "--no-sync", "python", "-c", code)

    assert (status, "", "") == quick.said
    assert (status, "", "") == long.said


def test_the_words_reach_the_program_as_they_are(synced: World) -> None:
    """Options, parity's own among them, dashes, blanks and empty words."""
    words = ["--json", "-q", "--help", "--", "a b", "", "-C", "*", "ä", "--debug"]
    show = ["python", "-c", "import sys; print(sys.argv[1:])", *words]
    for before in (["run"], ["run", "--no-sync"], ["run", "--"], ["--quiet", "run", "--locked", "--"]):
        assert (0, f"{words}\n", "") == synced.parity(*before, *show).said


def test_standard_input_passes_through(synced: World) -> None:
    """Byte by byte."""
    command = [sys.executable, "-m", "parity", "run", "python", "-c", "import sys; print(sys.stdin.read()[::-1])"]
    done = subprocess.run(
        command, cwd=synced.project, env=synced.environ, input="abc", capture_output=True, check=False, encoding="utf-8"
    )

    assert (0, "cba\n", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("program", ["pip", "pip3"])
def test_a_pip_of_another_environment_is_refused(synced: World, program: str) -> None:
    """It would install there; what the environment has itself is run, whatever it is called."""
    tools = synced.root / "tools"
    tools.mkdir()
    for name in (program, "pipe"):
        (tools / name).write_text("#!/bin/sh\necho elsewhere\n")
        (tools / name).chmod(0o755)
    path = {"PATH": f"{tools}:{synced.environ['PATH']}"}
    for words in (["run"], ["run", "--no-sync"]):
        refused = synced.parity(*words, program, "--version", env=path)
        assert (127, "") == (refused.exit_code, refused.stdout)
        assert f"error: there is no `{program}` in the environment" in refused.stderr
        assert (0, "elsewhere\n") == synced.parity(*words, "pipe", env=path).said[:2]
    make_wheel(synced.wheels, "pip", "99.0", entry_points={program: "pip:main"}, modules={"pip.py": _PIP})
    synced.write("requirements.txt", "app\npip\n")
    assert (0, "mine\n") == synced.parity("run", program, env=path).said[:2]
    assert (0, "mine\n") == synced.parity("run", program, env=path).said[:2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_program(synced: World, number: signal.Signals) -> None:
    """There is no parity between: the process is the program's, and it decides what a signal means."""
    code = (
        "import os, signal, sys\n"
        f"signal.signal({number.value}, lambda *_: sys.exit(77))\n"
        "print(os.getpid(), flush=True)\n"
        "signal.pause()\n"
    )
    process = synced.start("run", "python", "-c", code)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)

    assert process.pid == pid
    assert 77 == process.returncode


def test_a_signal_that_nobody_handles_ends_the_program(synced: World) -> None:
    """As without parity: the status says which signal it was."""
    process = synced.start("run", "python", "-c", "import signal; print('up', flush=True); signal.pause()")
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    process.communicate(timeout=PATIENCE)

    assert -signal.SIGTERM == process.returncode


def test_variables_are_those_of_an_activated_venv(synced: World) -> None:
    """VIRTUAL_ENV, PATH first, no PYTHONHOME; everything else as it was. The resolved path, not the link."""
    code = (
        "import os, sys; e = os.environ; print(e['VIRTUAL_ENV'], e['PATH'], e.get('PYTHONHOME'), e['MINE'], sys.prefix)"
    )
    env = {"MINE": "kept", "VIRTUAL_ENV": "/other", "PATH": "/usr/bin:/bin"}
    made = synced.environment()
    outcome = synced.parity("run", "python", "-c", code, env=env)

    assert 0 == outcome.exit_code
    assert f"{made} {made}/bin:/usr/bin:/bin None kept {made}\n" == outcome.raw_stdout


def test_programs_are_those_of_the_environment_then_of_the_path(synced: World) -> None:
    """An entry point, the environment's Python, and what the system has."""
    entry = synced.parity("run", "app")
    python = synced.parity("run", "sh", "-c", "command -v python; command -v app")
    made = synced.environment()

    assert (0, "hello from app\n", "") == entry.said
    assert [f"{made}/bin/python", f"{made}/bin/app"] == python.raw_stdout.split()


def test_an_unknown_program_is_one_line(synced: World) -> None:
    """127 where there is none, 126 where it cannot be executed, as a shell has it."""
    synced.write("notes.txt", "no program")
    for way in (["run"], ["run", "--no-sync"]):
        missing = synced.parity(*way, "nosuchprogram", "--flag")
        denied = synced.parity(*way, "./notes.txt")

        assert (127, "", "error: there is no program `nosuchprogram` in the environment or on PATH\n") == missing.said
        assert (126, "", "error: `./notes.txt` cannot be executed: Permission denied\n") == denied.said


def test_a_script_is_run_by_the_environments_python(synced: World) -> None:
    """By its path from here, with its words."""
    synced.write("scripts/show.py", "import sys, app\nprint(sys.argv, sys.prefix)\n")
    below = synced.project / "scripts"
    outcome = synced.parity("run", "show.py", "--json", cwd=below)

    assert 0 == outcome.exit_code, outcome
    assert f"['show.py', '--json'] {synced.environment()}\n" == outcome.raw_stdout


def test_the_working_directory_is_the_users(synced: World) -> None:
    """A folder inside the project stays it; `-C` is it, for the program too."""
    below = synced.project / "src" / "deep"
    below.mkdir(parents=True)
    inside = synced.parity("run", "pwd", cwd=below)
    elsewhere = synced.parity("-C", str(below), "run", "pwd", cwd=synced.home)

    assert (0, f"{below}\n") == (inside.exit_code, inside.raw_stdout)
    assert (0, f"{below}\n") == (elsewhere.exit_code, elsewhere.raw_stdout)


def test_it_syncs_first_where_nothing_is_there(world: World) -> None:
    """Locks and builds; the program's output is all that standard output gets."""
    world.write("requirements.txt", "app\n")
    outcome = world.parity("run", "app")

    assert (0, "hello from app\n", "") == outcome.said
    assert (world.project / "parity.lock").is_file()


def test_it_syncs_first_where_a_manifest_says_something_else(synced: World) -> None:
    """Content counts: a comment and a new time change nothing and ask nobody, a new line locks and syncs."""
    lock = (synced.project / "parity.lock").read_bytes()
    made, asked = synced.environment(), len(synced.index.requests)
    synced.write("requirements.txt", "# a comment\napp\n")
    commented = synced.parity("run", "app", env=NOWHERE)
    (synced.project / "requirements.txt").touch()
    touched = synced.parity("run", "app", env=NOWHERE)
    same = (lock, made, asked) == (
        (synced.project / "parity.lock").read_bytes(),
        synced.environment(),
        len(synced.index.requests),
    )
    synced.write("requirements.txt", "app\nfiles\n")
    changed = synced.parity("run", "python", "-c", "import files; print('there')")

    assert (0, "hello from app\n", "") == commented.said == touched.said
    assert same
    assert (0, "there\n", "") == changed.said
    assert made != synced.environment()


@pytest.mark.parametrize(
    "change", ["parity.lock", ".python-version", "pyproject.toml", "requirements.in", "environment.yml", ".venv"]
)
def test_the_short_way_notices_everything_that_counts(synced: World, change: str) -> None:
    """A file that is changed, appears or goes makes it look closely."""
    files = {
        "parity.lock": "<<<<<<< HEAD\n",
        ".python-version": "3.12.99\n",
        "pyproject.toml": "[tool.parity]\nnonsense = 1\n",
        "requirements.in": "plugin\n",
        "environment.yml": "dependencies: [\n",
    }
    if change == ".venv":
        (synced.project / ".venv").unlink()
        (synced.project / ".venv").mkdir()
    else:
        synced.write(change, files[change])
    outcome = synced.parity("run", "python", "-c", "import plugin")

    # every other one is refused; `requirements.in` counts before `requirements.txt` and asks for something else
    assert (0 if change == "requirements.in" else 1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("error: ") != (change == "requirements.in")


def test_a_pin_above_the_project_counts(synced: World) -> None:
    """Also one that was written after the last sync, PYENV_VERSION, and parity's own variable before that."""
    variable = synced.parity("run", "app", env={"PYENV_VERSION": "3.12.98"})
    own = synced.parity("run", "app", env={"PARITY_PYTHON": "3.12.97"})
    synced_too = synced.parity("sync", env={"PARITY_PYTHON": "3.12.97"})
    (synced.root / ".python-version").write_text("3.12.99\n", encoding="utf-8")
    above = synced.parity("run", "app")

    said = ((variable, "3.12.98"), (own, "3.12.97"), (synced_too, "3.12.97"), (above, "3.12.99"))
    for outcome, version in said:
        assert (1, "") == (outcome.exit_code, outcome.stdout)
        assert f"error: no installed Python answers `{version}`" in outcome.stderr


def test_no_sync_takes_the_environment_as_it_is(synced: World) -> None:
    """Whatever the manifests say meanwhile; without an environment it says so."""
    synced.write("requirements.txt", "app\nfiles\n")
    there = synced.parity("run", "--no-sync", "app")
    unchanged = synced.parity("run", "--no-sync", "python", "-c", "import files")
    (synced.project / ".venv").unlink()
    missing = synced.parity("run", "--no-sync", "app")

    assert (0, "hello from app\n", "") == there.said
    assert 1 == unchanged.exit_code
    assert (
        1,
        "",
        "error: `[TMP]/project` has no environment of parity's yet\nhint: run `parity sync`\n",
    ) == missing.said


def test_locked_refuses_an_outdated_lock(synced: World) -> None:
    """And frozen takes it as it is."""
    synced.write("requirements.txt", "app\nfiles\n")
    locked = synced.parity("run", "--locked", "app")
    frozen = synced.parity("run", "--frozen", "app")

    assert (1, "") == (locked.exit_code, locked.stdout)
    assert "error: `parity.lock` is not current: `requirements.txt` has changed\n" in locked.stderr
    assert (0, "hello from app\n", "") == frozen.said


def test_a_sync_that_fails_runs_nothing(synced: World) -> None:
    """Better nothing than something in the wrong environment."""
    synced.write("requirements.txt", "app\nno-such-package\n")
    outcome = synced.parity("run", "python", "-c", "print('ran')")

    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert outcome.stderr.startswith("error: ")
    assert "no-such-package" in outcome.stderr


def test_outside_a_project_it_says_so(world: World) -> None:
    """With what makes a project."""
    outcome = world.parity("run", "python", cwd=world.home)

    assert (
        1,
        "",
        (
            "error: there is no project here: no `parity.lock` and no manifest in `[TMP]/home` or above it\n"
            "hint: `parity init` begins one here; `-C` names the folder of another\n"
        ),
    ) == outcome.said


@pytest.mark.parametrize("words", [["run"], ["run", "--"], ["run", "--no-sync"]], ids=" ".join)
def test_without_a_command_it_is_no_command_line(synced: World, words: list[str]) -> None:
    """Exit 2 and an example."""
    assert (
        2,
        "",
        "error: there is no command to run\nhint: write it behind `parity run`, as in `parity run python`\n",
    ) == synced.parity(*words).said


def test_tests_of_the_project_leave_no_trace_in_the_environment(world: World) -> None:
    """Bytecode of the project goes beside its sources, as ever; the environment stays as it was locked."""
    write_project(world.project, "mine", requires=["app", "files"])
    world.parity("sync")
    world.write("tests/test_mine.py", "import unittest, mine, app, files, json, http.server\n")
    outcome = world.parity("run", "python", "-m", "unittest", "discover", "tests")
    deep = world.parity("verify", "--deep")

    assert "NO TESTS RAN" in outcome.stderr or 0 == outcome.exit_code, outcome
    assert list(Path(world.project / "src" / "mine" / "__pycache__").iterdir())
    assert (0, "") == (deep.exit_code, deep.stdout), deep
    assert "error" not in deep.stderr


def test_a_script_that_is_not_there_is_told_in_sync_too(world: World) -> None:
    """Before any Python is started that would say it in its own way."""
    world.write("requirements.txt", "left\n")
    assert 0 == world.parity("sync").exit_code
    for _ in range(2):
        assert (127, "error: there is no file `nowhere.py`") == (
            (said := world.parity("run", "nowhere.py")).exit_code,
            said.stderr.splitlines()[0],
        )
