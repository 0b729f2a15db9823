"""pyenv's commands: what they say over one folder, and that pyenv itself, where it is installed, says the same."""

import os
import shutil
import subprocess
from dataclasses import dataclass
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
    "hooks exec",
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
    "uninstall",
    "uninstall nothing",
    "uninstall -f nothing",
    "version",
    "version --bare",
    "version --nothing",
    "version-file",
    "version-file ..",
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

# The same few questions where other things choose.
CHOOSERS = (
    {"PYENV_VERSION": "3.12"},
    {"PYENV_VERSION": "3.99"},
    {"PYENV_VERSION": "3.12.1:3.99:system"},
    {"PYENV_VERSION": "system"},
    {"PYENV_VERSION": "work"},
    {"PYENV_VERSION": "3.11.9/envs/work"},
    {"PYENV_VERSION": "python-3.12"},
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
        pyenv = type(pyenv)(**{**_fields(pyenv), "become": become})
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


def _fields(pyenv: object) -> dict[str, object]:
    names = ("made", "environ", "directory", "files", "search", "run", "installer", "integration", "confirm")
    return {name: getattr(pyenv, name) for name in names}


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
    """pyenv itself: on PATH, or where PARITY_TEST_PYENV says."""
    found = os.environ.get("PARITY_TEST_PYENV") or shutil.which("pyenv")
    if not found:
        pytest.skip("there is no pyenv here to compare with (on PATH, or named by PARITY_TEST_PYENV)")
    return found


def compared(place: Place, pyenv_program: str, *words: str, **extra: str) -> None:
    """Fail unless pyenv and parity say the same."""
    assert place.pyenv(pyenv_program, *words, **extra) == place.parity(*words, **extra), " ".join(words)


@pytest.mark.parametrize("call", CALLS)
def test_pyenv_says_the_same(place: Place, pyenv_program: str, call: str) -> None:
    """Exit code, standard output and standard error, side by side over one folder."""
    if "virtualenv" in call and place.pyenv(pyenv_program, "virtualenv-prefix", "work")[0] != 0:
        pytest.skip("this pyenv does not have the plugin pyenv-virtualenv")
    compared(place, pyenv_program, *call.split())


@pytest.mark.parametrize("extra", CHOOSERS, ids=str)
def test_pyenv_chooses_the_same(place: Place, pyenv_program: str, extra: dict[str, str]) -> None:
    """Whatever says which version."""
    for call in ASKED:
        compared(place, pyenv_program, *call.split(), **extra)
