"""pyenv's commands: what they say over one folder, and that pyenv itself, where it is installed, says the same."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from parity.core.ports import SilentReporter
from parity.core.pyenv.reply import Reply
from parity.workflows import wiring_shells
from parity.workflows.pyenv.commands import answer
from tests.support.shells import Machine, make_machine, program

# What is asked in `project`, below which there is a pin, over the folder that `furnished` makes.
CALLS = (
    "--version-is-no-command-either",
    "commands --sh",
    "exec",
    "exec nothing",
    "exec python -c it's",
    "exec tool one two",
    "global",
    "help --usage",
    "help --usage global",
    "help --usage local",
    "help --usage version-file-write",
    "help --usage versions",
    "help --usage virtualenv",
    "help nothing",
    "hooks",
    "latest",
    "latest 3",
    "latest 3.1",
    "latest 3.12",
    "latest 3.13t",
    "latest 3.99",
    "latest -b 3.99",
    "latest -f 3.99",
    "latest pypy3.10",
    "local",
    "local 3.99",
    "nothing",
    "prefix",
    "prefix 3.12",
    "prefix 3.12.1 3.11.9",
    "prefix 3.99",
    "prefix system",
    "prefix work",
    "root",
    "sh-shell",
    "sh-shell 3.12.1",
    "sh-shell 3.99",
    "sh-shell --unset",
    "shell 3.12",
    "uninstall nothing",
    "uninstall -f nothing",
    "version",
    "version --bare",
    "version --nothing",
    "version-file",
    "version-file /nowhere",
    "version-file-read .python-version",
    "version-file-read nothing",
    "version-file-read odd",
    "version-file-read empty",
    "version-file-write",
    "version-file-write one",
    "version-file-write one 3.99",
    "version-name",
    "version-name -f",
    "version-origin",
    "versions",
    "versions --bare",
    "versions --bare --skip-aliases",
    "versions --bare --skip-envs",
    "versions --nothing",
    "virtualenv",
    "virtualenv 3.12.1 system",
    "virtualenv 3.12.1 a/b",
    "virtualenv 3.12.1 work",
    "virtualenv-prefix",
    "virtualenv-prefix work",
    "virtualenv-prefix 3.12.1",
    "virtualenvs",
    "virtualenvs --bare",
    "virtualenvs --bare --skip-aliases",
    "virtualenvs --nothing",
    "whence",
    "whence python",
    "whence --path tool",
    "whence nothing",
    "which",
    "which python",
    "which tool",
    "which nothing",
    "which onlythere",
    "which onlythere --skip-advice",
    "which ls --nosystem",
)

OFTEN = (
    "versions",
    "version-name",
    "version",
    "which python",
    "prefix",
    "root",
    "whence tool",
    "latest 3.12",
    "help nothing",
)

# The same few questions where other things choose.
CHOOSERS = (
    {"PYENV_VERSION": "3.12"},
    {"PYENV_VERSION": "3.99"},
    {"PYENV_VERSION": "3.12.1:3.99:system"},
    {"PYENV_VERSION": "system"},
    {"PYENV_VERSION": "work"},
    {"PYENV_VERSION": "3.11.9/envs/work"},
    {"PYENV_DIR": "/"},
)
ASKED = ("version", "version-name", "version-origin", "which python", "which tool", "prefix", "versions", "sh-shell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """pyenv's folder, furnished, and a project in which it is asked."""

    machine: Machine
    project: Path

    def parity(self, *words: str, **extra: str) -> tuple[int, str, str]:
        """Ask parity, in this process."""
        environ = {**self.machine.environ, **extra, "PWD": str(self.project), "SHELL": "/bin/bash"}
        started: list[Reply] = []

        def become(command: object, variables: object) -> int:
            done = subprocess.run(command, env=variables, cwd=self.project, capture_output=True, check=False, text=True)  # type: ignore[call-overload] # handed on as they are
            started.append(Reply(out=tuple(done.stdout.splitlines()), err=tuple(done.stderr.splitlines())))
            return int(done.returncode)

        pyenv = wiring_shells.pyenv(environ, self.project, offline=True, reporter=SilentReporter())
        pyenv = replace(pyenv, become=become)
        reply = answer(pyenv, words)
        said = started[0] if started else reply
        return reply.code, "".join(f"{line}\n" for line in said.out), "".join(f"{line}\n" for line in said.err)

    def pyenv(self, program: str, *words: str, **extra: str) -> tuple[int, str, str]:
        """Ask pyenv."""
        environ = {**self.machine.environ, **extra, "PWD": str(self.project), "SHELL": "/bin/bash"}
        done = subprocess.run(
            [program, *words], cwd=self.project, env=environ, stdin=subprocess.DEVNULL,
            capture_output=True, check=False, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Furnish a folder: versions of all kinds, an alias, an environment, hooks, a global pin, and a project."""
    machine = make_machine(tmp_path_factory.mktemp("pyenv") / "machine")
    for name in ("3.9.1", "3.10.2", "3.12.1", "3.12.10", "3.13.0t", "3.13.0rc1", "3.14-dev", "pypy3.10-7.3.15"):
        machine.version(name)
    machine.version("3.11.9", "tool")
    machine.version("3.12.1", "onlythere")
    versions = machine.pyenv / "versions"
    work = versions / "3.11.9" / "envs" / "work"
    for name in ("python", "activate"):
        program(work / "bin" / name, "work")
    (work / "pyvenv.cfg").write_text(f"home = {versions / '3.11.9' / 'bin'}\n", encoding="utf-8")
    (versions / "work").symlink_to(work)
    (versions / "3.11").symlink_to("3.11.9")
    (machine.pyenv / "version").write_text("3.10.2\n", encoding="utf-8")
    script = machine.pyenv / "pyenv.d" / "exec" / "none.bash"
    script.parent.mkdir(parents=True)
    script.touch()
    project = machine.folder("project", "3.11.9\n3.12\n")
    (project / "odd").write_text("../up\n  3.12.1 # here\n#3.9\n\n3.11.9/envs/work\n..\n", encoding="utf-8")
    (project / "empty").touch()
    return Place(machine=machine, project=project)


@pytest.fixture(scope="module")
def pyenv_program() -> str:
    """Pyenv itself: on PATH, or where PARITY_TEST_PYENV says."""
    found = os.environ.get("PARITY_TEST_PYENV") or shutil.which("pyenv")
    if not found:
        pytest.skip("there is no pyenv here to compare with (on PATH, or named by PARITY_TEST_PYENV)")
    return found


def compared(place: Place, program: str, calls: Iterable[tuple[str, dict[str, str]]]) -> None:
    """Fail unless pyenv and parity say the same, all of it."""
    for call, extra in calls:
        theirs = place.pyenv(program, *call.split(), **extra)
        if "virtualenv" in call and "no such command" in theirs[2]:
            continue  # a pyenv without the plugin
        assert (call, extra, theirs) == (call, extra, place.parity(*call.split(), **extra))


def test_pyenv_says_the_same(place: Place, pyenv_program: str) -> None:
    """Exit code, standard output and standard error, side by side over one folder: what editors and CI ask most."""
    compared(place, pyenv_program, ((call, {}) for call in OFTEN))


@pytest.mark.slow
def test_pyenv_says_the_same_to_everything(place: Place, pyenv_program: str) -> None:
    """Every call of the long list."""
    compared(place, pyenv_program, ((call, {}) for call in CALLS))


@pytest.mark.slow
def test_pyenv_chooses_the_same(place: Place, pyenv_program: str) -> None:
    """Whatever says which version."""
    compared(place, pyenv_program, ((call, extra) for extra in CHOOSERS for call in ASKED))


def test_versions_are_chosen_and_said(place: Place) -> None:
    """By file, each line a version; who chose is named; what is not installed is an error, and the rest goes on."""
    pin = place.project / ".python-version"
    assert (0, f"3.11.9 (set by {pin})\n3.12.10 (set by {pin})\n", "") == place.parity("version")
    wrong = "pyenv: version `3.99' is not installed (set by PYENV_VERSION environment variable)\n"
    assert (1, "3.12.10\n", wrong) == place.parity("version-name", PYENV_VERSION="3.12:3.99")
    assert (0, "tool of 3.11.9 a b\n", "") == place.parity("exec", "tool", "a", "b")


def test_a_program_of_other_versions_is_named(place: Place) -> None:
    """Exit 127, with the versions that have it."""
    code, out, said = place.parity("which", "onlythere", PYENV_VERSION="3.9.1")
    assert (127, "") == (code, out)
    assert "The `onlythere' command exists in these Python versions:\n  3.12.1\n" in said


def test_a_folder_and_everything_else_are_pinned(place: Place, tmp_path: Path) -> None:
    """`local` and `global` write what is installed, refuse what is not, and `--unset` takes it back."""
    here = replace(place, project=tmp_path)
    assert (0, "", "") == here.parity("local", "3.12.1", "3.9.1")
    assert "3.12.1\n3.9.1\n" == (tmp_path / ".python-version").read_text(encoding="utf-8")
    assert (0, "3.12.1\n3.9.1\n", "") == here.parity("local")
    assert (1, "", "pyenv: version `3.99' not installed\n") == here.parity("local", "3.99")
    assert (0, "", "") == here.parity("local", "--unset")
    assert (1, "", "pyenv: no local version configured for this directory\n") == here.parity("local")


def test_a_virtual_environment_is_made_and_removed(tmp_path: Path) -> None:
    """Below its version, with a link of its own name; both go together."""
    machine = make_machine(tmp_path / "machine")
    python = machine.version("3.12.1") / "bin" / "python"
    python.write_text(
        '#!/bin/sh\nfor last; do :; done\nmkdir -p "$last/bin"\n'
        'cp "$0" "$last/bin/python" && touch "$last/bin/activate"\n'
        f'echo "home = {python.parent}" >"$last/pyvenv.cfg"\n',
        encoding="utf-8",
    )
    place = Place(machine=machine, project=machine.folder("project"))
    assert (0, "", "") == place.parity("virtualenv", "3.12", "study")
    versions = machine.pyenv / "versions"
    assert versions / "3.12.1" / "envs" / "study" == (versions / "study").readlink()
    listed = f"  3.12.1/envs/study (created from {versions / '3.12.1'})\n  study --> {versions / '3.12.1/envs/study'}\n"
    assert (0, listed, "") == place.parity("virtualenvs")
    said = place.parity("sh-activate", "study")[1]
    assert f"export VIRTUAL_ENV='{versions / '3.12.1/envs/study'}';" in said
    for removal, said in (("virtualenv-delete", ""), ("uninstall", "pyenv: study uninstalled\n")):
        assert (0, said, "") == place.parity(removal, "-f", "study")
        assert ["3.12.1"] == sorted(each.name for each in versions.iterdir())
        assert [] == list((versions / "3.12.1" / "envs").iterdir())
        assert (0, "", "") == place.parity("virtualenv", "3.12", "study")


def test_a_version_is_removed_where_it_was_confirmed(tmp_path: Path) -> None:
    """`-f` asks nothing; a version that is not there is an error without it."""
    machine = make_machine(tmp_path / "machine")
    machine.version("3.12.1")
    place = Place(machine=machine, project=machine.folder("project"))
    assert (1, "", "pyenv: version `3.99' not installed\n") == place.parity("uninstall", "3.99")
    assert (0, "pyenv: 3.12.1 uninstalled\n", "") == place.parity("uninstall", "-f", "3.12.1")
    assert (0, "", "") == place.parity("versions", "--bare")


def test_it_is_pyenv_where_it_is_called_so(place: Place, tmp_path: Path) -> None:
    """Through a link named `pyenv`, and as `parity pyenv`, whatever the words look like."""
    script = tmp_path / "pyenv"
    script.symlink_to(Path(sys.executable).parent / "parity")  # what an installer makes of `script/parity`
    expected = (0, f"{place.machine.pyenv}\n", "")
    assert expected == place.pyenv(str(script), "root")
    assert expected == place.pyenv(sys.executable, "-m", "parity", "pyenv", "root")
    code, said, _ = place.pyenv(sys.executable, "-m", "parity", "pyenv", "--version")
    assert (0, "pyenv 2") == (code, said[:7])
