"""Shims, run by a real `sh`: which program they become, and that nothing else is started or changed."""

import os
import subprocess
from pathlib import Path

import pytest

from parity.core.errors import ProgramMissing
from parity.engines.shells.shims import own_programs
from parity.workflows import wiring_shells
from parity.workflows.which import locate
from tests.support.shells import Machine, make_machine, program
from tests.support.trees import names


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Install two versions, one with a tool of its own, and make shims for them."""
    machine = make_machine(tmp_path)
    machine.version("3.11.9", "python3.11")
    machine.version("3.12.1", "python3.12", "tool")
    machine.rehash()
    return machine


def run(machine: Machine, name: str, cwd: Path, *words: str, **extra: str) -> str:
    """Run a shim to its end and return what it wrote, on either stream."""
    environ = {**machine.environ, **extra}
    environ["PATH"] = f"{machine.shims}:{environ['PATH']}"
    done = subprocess.run(
        [machine.shims / name, *words], cwd=cwd, env=environ, capture_output=True, check=False, encoding="utf-8"
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        ("3.11.9\n", "3.11.9"),
        ("3.12", "3.12.1"),
        ("3", "3.12.1"),
        ("# a comment\n\n  3.11 # newer ones fail\n", "3.11.9"),
        ("3.11.9\r\n", "3.11.9"),
        ("3.12.1\n3.11.9\n", "3.12.1"),
        ("python-3.11\n", "3.11.9"),
        ("system\n", "the system"),
        ("", "the system"),
    ],
)
def test_the_file_says_which_version(machine: Machine, pin: str, said: str) -> None:
    """As pyenv reads it: first words, prefixes, comments, several lines, any line ending; from folders above too."""
    deep = machine.folder("work", pin) / "deep" / "er"
    deep.mkdir(parents=True)
    assert f"python of {said} -c x y\n" == run(machine, "python", deep, "-c", "x y")


def test_variables_come_before_files_and_the_global_pin_after(machine: Machine) -> None:
    """`PARITY_PYTHON`, `PYENV_VERSION`, the nearest file, `$PYENV_ROOT/version`, the system, in this order."""
    work, elsewhere = machine.folder("work", "3.11\n"), machine.folder("elsewhere")
    assert "python of 3.11.9\n" == run(machine, "python", work)
    assert "python of 3.12.1\n" == run(machine, "python", work, PYENV_VERSION="3.12")
    assert "python of 3.11.9\n" == run(machine, "python", elsewhere, PYENV_VERSION="3.12", PARITY_PYTHON="3.11")
    assert "python of the system\n" == run(machine, "python", elsewhere)
    (machine.pyenv / "version").write_text("3.12.1\n", encoding="utf-8")
    assert "python of 3.12.1\n" == run(machine, "python", elsewhere)
    assert "python of 3.11.9\n" == run(machine, "python", work)


def test_the_first_version_that_has_a_program_gives_it(machine: Machine) -> None:
    """Several versions at once, by file or by variable; then the system."""
    work = machine.folder("work", "3.11.9\n3.12.1\n")
    assert "tool of 3.12.1\n" == run(machine, "tool", work)
    assert "python of 3.11.9\n" == run(machine, "python", work)
    assert "python3.12 of 3.12.1\n" == run(machine, "python3.12", work, PYENV_VERSION="3.11:3.12")
    program(machine.root / "system" / "tool", "the system")
    assert "tool of the system\n" == run(machine, "tool", work, PYENV_VERSION="3.11")


@pytest.mark.parametrize("place", ["my project", "a/link"])
def test_a_project_gives_its_environment(machine: Machine, place: str) -> None:
    """From the folders below as well, by any name of the folder, with its variables; a nearer pin comes first."""
    project = machine.folder("my project")
    machine.environment(project, [["set", "SAID", 'it\'s "so"\n$HOME'], ["prepend", "LIBS", "/x y"]], "app")
    machine.rehash()
    machine.folder("a")
    (machine.root / "a" / "link").symlink_to(project)
    show = program(Path(os.path.realpath(project / ".venv")) / "bin" / "app", "my project")
    show.write_text('#!/bin/sh\nprintf "%s|" "$SAID" "$LIBS" "$VIRTUAL_ENV" "$PWD"\n', encoding="utf-8")
    below = machine.root / place / "below"
    below.mkdir()
    expected = f'it\'s "so"\n$HOME|/x y:/lib|{project.joinpath(".venv").readlink()}|{below}|'
    assert expected == run(machine, "app", below, LIBS="/lib", PWD=str(below))
    assert "python of my project\n" == run(machine, "python", below, PWD=str(below))
    (below / ".python-version").write_text("3.11\n", encoding="utf-8")
    assert "python of 3.11.9\n" == run(machine, "python", below, PWD=str(below))


def test_a_folder_of_somebody_else_gives_nothing(machine: Machine) -> None:
    """A `.venv` counts only where this store says that it leads from this path to this environment."""
    project, other = machine.folder("project"), machine.folder("other")
    environment = machine.environment(project)
    (other / ".venv").symlink_to(environment)
    assert "python of the system\n" == run(machine, "python", other)
    (project / ".venv").unlink()
    (project / ".venv" / ".parity").mkdir(parents=True)
    (project / ".venv" / ".parity" / "complete").touch()
    (project / ".venv" / ".parity" / "activation.sh").write_text("echo taken in\n", encoding="utf-8")
    assert "python of the system\n" == run(machine, "python", project)


def test_what_is_missing_is_told_by_parity(machine: Machine) -> None:
    """Who asked for it, in which line, and what installs it; or the system's where the user wants pyenv's way."""
    work = machine.folder("work", "# ours\n3.99\n")
    said = run(machine, "python", work)
    assert "no installed Python answers `3.99` (asked for by `.python-version:2`)" in said
    assert "parity python install 3.99" in said
    assert "python of the system\n" == run(machine, "python", work, PARITY_MISSING="system")


def test_a_name_that_is_a_path_is_refused(machine: Machine) -> None:
    """Nothing of what a file says becomes a path of its own."""
    said = run(machine, "python", machine.folder("work", "../../evil\n"))
    assert "`../../evil` is not the name of a Python version" in said


def test_the_program_takes_the_place_of_the_shim(machine: Machine) -> None:
    """Same process, no other in between, and no variable is changed but PATH; a caller's names stay his own."""
    work = machine.folder("work", "3.12\n")
    script = machine.pyenv / "versions" / "3.12.1" / "bin" / "tool"
    script.write_text("#!/bin/sh\necho $$\nexec /usr/bin/env\n", encoding="utf-8")
    given = {"name": "mine", "words": "w", "folder": "f", "OLDPWD": "/somewhere", "PWD": str(work)}
    environ = {**machine.environ, **given, "PATH": f"{machine.shims}:/usr/bin:/bin"}
    with subprocess.Popen([machine.shims / "tool"], cwd=work, env=environ, stdout=subprocess.PIPE, text=True) as child:
        text = child.communicate()[0]
    first, *lines = text.splitlines()
    assert str(child.pid) == first
    said = dict(line.split("=", 1) for line in lines)
    assert f"{script.parent}:{environ['PATH']}" == said["PATH"]
    changed = {key for key in {*said, *environ} if said.get(key) != environ.get(key)}
    assert changed <= {"PATH", "_", "SHLVL"}


def test_only_builtins_are_used(machine: Machine) -> None:
    """Where PATH has nothing at all, a shim still finds its version."""
    assert "python of 3.12.1\n" == run(machine, "python", machine.folder("work", "3.12\n"), PATH="/nowhere")


def test_a_version_that_comes_later_is_noticed(machine: Machine) -> None:
    """By the next shim that runs: pyenv installed it, and told nobody."""
    work = machine.folder("work", "3.12\n")
    made = machine.store / "versions" / "v1" / ".made"
    later = made.stat().st_mtime_ns + 10**9
    machine.version("3.12.7", "python3.12", "newtool")
    os.utime(machine.pyenv / "versions", ns=(later, later))
    assert "python of 3.12.7\n" == run(machine, "python", work)
    assert (machine.shims / "newtool").exists()
    assert later == made.stat().st_mtime_ns


def test_a_rebuild_takes_away_what_nobody_has(machine: Machine) -> None:
    """Names and words of a version that is gone; another process's names, made meanwhile, stay."""
    assert {"python", "python3.11", "python3.12", "tool"} <= {*names(machine.shims)}
    for file in sorted((machine.pyenv / "versions" / "3.12.1" / "bin").iterdir()):
        file.unlink()
    (machine.pyenv / "versions" / "3.12.1" / "bin").rmdir()
    (machine.pyenv / "versions" / "3.12.1").rmdir()
    machine.rehash()
    assert "tool" not in names(machine.shims)
    assert machine.engine().prefix("3.12") == ""
    assert str(machine.pyenv / "versions" / "3.11.9") == machine.engine().prefix("3")
    machine.engine().rebuild(["python"], {}, pyenv=str(machine.pyenv), needed=lambda name: name == "python3.11")
    assert [".shim", "python", "python3.11"] == names(machine.shims)


def test_an_environment_does_not_take_the_system_over(tmp_path: Path) -> None:
    """Of what every machine has, only Python's own programs get shims."""
    for name in ("sh", "python3", "pip", "black", ".hidden"):
        program(tmp_path / name, "an environment")
    (tmp_path / "note.txt").touch()
    assert ["black", "pip", "python3"] == own_programs(str(tmp_path))


@pytest.mark.parametrize("pin", ["3.12\n", "3\n", "3.11.9\n3.12.1\n", "system\n", "", "python-3.11\n"])
@pytest.mark.parametrize("name", ["python", "tool"])
def test_parity_finds_what_its_shim_runs(machine: Machine, pin: str, name: str) -> None:
    """The rules stand twice, in the script and in Python: for what both answer, the answer is one."""
    work = machine.folder("work", pin)
    tools = wiring_shells.which_tools(machine.environ, work)
    try:
        owner = Path(locate(name, tools).path).read_text(encoding="utf-8")
    except ProgramMissing:
        owner = ""
    said = run(machine, name, work)
    assert said.strip() in owner if owner else "hint" in said
