"""A world for shims and shells: versions that only say who they are, environments of a few rows, and real shells."""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pexpect  # type: ignore[import-untyped] # it has no annotations
import pytest

from parity.engines.shells.shims import Shims
from parity.engines.store.environments import Environments, Papers
from parity.engines.store.roots import PLACE, Roots
from parity.workflows import wiring_shells
from parity.workflows.shims import Tools, refresh

SAYS = '#!/bin/sh\necho "{name} of {owner}" "$@"\n'


def program(path: Path, owner: str) -> Path:
    """Make a program that says its name, whose it is, and its words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SAYS.format(name=path.name, owner=owner), encoding="utf-8")
    path.chmod(0o755)
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One user's folders: a home, a store, pyenv's versions, projects."""

    root: Path

    @property
    def store(self) -> Path:
        """Parity's own folder."""
        return self.root / "store"

    @property
    def pyenv(self) -> Path:
        """Pyenv's folder."""
        return self.root / "pyenv"

    @property
    def shims(self) -> Path:
        """The folder of shims."""
        return self.store / "shims"

    @property
    def environ(self) -> dict[str, str]:
        """The variables of a user, of which nothing but this machine is reached."""
        return {
            "HOME": str(self.root / "home"),
            "PARITY_HOME": str(self.store),
            "PYENV_ROOT": str(self.pyenv),
            "PATH": f"{self.root / 'system'}:/usr/bin:/bin",
            "TERM": "dumb",
            "LC_ALL": "C.UTF-8",
        }

    def version(self, name: str, *names: str) -> Path:
        """Install a version with these programs (`python` always) and return its prefix."""
        for each in ("python", *names):
            program(self.pyenv / "versions" / name / "bin" / each, name)
        return self.pyenv / "versions" / name

    def folder(self, name: str, pin: str | None = None) -> Path:
        """Make a folder, with a `.python-version` where there is something to pin."""
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        if pin is not None:
            (folder / ".python-version").write_bytes(pin.encode())
        return folder

    def environment(self, project: Path, rows: Iterable[Sequence[str]] = (), *names: str) -> Path:
        """Give a project an environment that sets these variables and has these programs; return its folder."""
        roots = Roots(str(self.store))
        key = f"key-{project.name.replace(' ', '-')}"
        path = Path(Environments(str(self.store)).begin(key))
        for name in ("python", *names):
            program(path / "bin" / name, project.name)
        own = [["set", "VIRTUAL_ENV", str(path)], ["prepend", "PATH", f"{path}/bin"], *rows]
        papers = Papers(site="lib", lock="", activation=own, interpreter=["inside"])
        Environments(str(self.store)).build(key, [], papers)
        roots.switch(str(project), key, b"lock", "sync")
        return path

    def rehash(self) -> None:
        """Make the shims what they should be."""
        refresh(self.tools())

    def tools(self) -> Tools:
        """Return the engines of shims."""
        return wiring_shells.shim_tools(self.environ)

    def engine(self) -> Shims:
        """Return the shims."""
        return Shims(str(self.store), python=sys.executable, place=PLACE)


def make_machine(root: Path) -> Machine:
    """Make the folders of a user."""
    machine = Machine(root=root)
    for folder in ("home", "store", "system", "pyenv/versions"):
        (root / folder).mkdir(parents=True)
    machine.store.chmod(0o700)
    program(root / "system" / "python3", "the system")
    program(root / "system" / "python", "the system")
    return machine


SHELLS = {
    "bash": ["--noprofile", "--norc", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
    "nu": ["--no-config-file", "--no-std-lib"],
}
_STARTED, _PROMPT = r"\x1b\]133;C", r"\x1b\]133;B"  # how nushell marks what is typed and what is answered
_CODES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])|\r")


class Session:
    """A real shell under a pseudo-terminal: what is typed is run at its prompt, as a user types it."""

    def __init__(self, shell: str, environ: Mapping[str, str], cwd: Path) -> None:
        found = shutil.which(shell, path=f"{os.environ.get('PATH', '')}:/usr/bin")
        if found is None:
            pytest.skip(f"there is no {shell} here (Debian: `apt-get install zsh fish`; npm: `nushell`)")
        self.shell = shell
        self._child: Any = pexpect.spawn(
            found, SHELLS[shell], env=dict(environ), cwd=str(cwd), encoding="utf-8", timeout=20, dimensions=(50, 1000)
        )
        self._child.delaybeforesend = None
        self._count = 0
        self._folder = Path(environ["HOME"])
        if shell == "bash":
            self.run("PS1= PS2=")
        if shell == "nu":
            self._wait(_PROMPT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._child.close(force=True)

    def run(self, line: str) -> str:
        """Type a line, and return what is written until its prompt has come and gone: its hooks have run then."""
        self._count += 1
        mark = f"ready-{self._count}"
        # a line of its own: between it and the one before, a prompt's hooks run
        self._child.send(f"{line}\r")
        text = self._wait(_STARTED) + self._wait(_PROMPT) if self.shell == "nu" else ""
        self._child.send(f"{self._say(mark)}\r")
        return _CODES.sub("", text + self._wait(f"{mark}:"))

    def _wait(self, pattern: str) -> str:
        """Return what is written until a pattern comes; answer a shell that asks where the cursor is (nushell)."""
        text = ""
        while self._child.expect([pattern, r"\x1b\[6n"]):
            text += self._child.before
            self._child.send("\x1b[1;1R")
        return text + str(self._child.before)

    def _say(self, mark: str) -> str:
        """Return a line that writes a mark with a colon, which the line itself does not contain."""
        if self.shell == "nu":
            return f'print ("{mark}" + ":")'
        return f"echo {mark}':'" if self.shell != "fish" else f"echo {mark}\\:"

    def value(self, name: str) -> str:
        """Return what a variable is, byte for byte, `none` where it is not set."""
        file = self._folder / f"value-{self._count}"
        if self.shell == "nu":
            self.run(f"parity now {name} | default none | save --force {file}")
        elif self.shell == "fish":
            self.run(f'set -q {name}; and printf %s "${name}" >{file}; or printf none >{file}')
        else:
            self.run(f'printf %s "${{{name}-none}}" >{file}')
        return file.read_text(encoding="utf-8")
