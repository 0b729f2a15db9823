"""A world to run parity in: a home, a store, caches, an index and a project, all temporary.

def test_sync(world: World) -> None:
world.write("requirements.txt", "app")
assert 0 == world.parity("sync").exit_code
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.index import Index
from tests.support.wheels import make_wheel

SOURCES = Path(__file__).resolve().parents[2] / "src"

#: The user's settings that come along where a test needs the registries: how to reach them from here.
_NETWORK = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX"),
)

_FILTERS: tuple[tuple[str, str], ...] = (
    (r"\b\d+(?:\.\d+)? ?(?:ms|µs|s|min)\b", "[TIME]"),
    (r"\b\d+(?:\.\d+)? ?(?:[kKMGT]i?)?B\b", "[SIZE]"),
    (r"\b127\.0\.0\.1:\d+\b", "[INDEX]"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a command ended and what it wrote, with what differs from run to run filtered out.

    `raw_stdout` is what was really written, for `--json` and paths.
    """

    exit_code: int
    stdout: str
    stderr: str
    raw_stdout: str

    @property
    def said(self) -> tuple[int, str, str]:
        """The three that a user gets."""
        return self.exit_code, self.stdout, self.stderr

    def __str__(self) -> str:
        """Return the three in one block, as a failing assertion shows it."""
        return f"exit code: {self.exit_code}\n--- stdout\n{self.stdout}--- stderr\n{self.stderr}"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One test's machine: nothing outside `root` is read or written by what it runs, interpreters apart.

    `online`: what it runs asks the package registries instead of `index`.
    """

    root: Path
    index: Index
    online: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The user's folder."""
        return self.root / "home"

    @property
    def store(self) -> Path:
        """Parity's own folder."""
        return self.root / "store"

    @property
    def cache(self) -> Path:
        """Parity's caches."""
        return self.root / "cache"

    @property
    def project(self) -> Path:
        """The folder in which commands run."""
        return self.root / "project"

    @property
    def wheels(self) -> Path:
        """The folder that the index serves."""
        return self.index.folder

    @property
    def environ(self) -> dict[str, str]:
        """The environment of what is run; `extra` comes last."""
        interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve().parent
        reach = {name: os.environ[name] for name in _NETWORK if name in os.environ}
        return {
            **(reach if self.online else {"UV_DEFAULT_INDEX": self.index.url, "UV_HTTP_RETRIES": "0"}),
            "HOME": str(self.home),
            "TMPDIR": str(self.root / "tmp"),
            "PARITY_HOME": str(self.store),
            "PARITY_CACHE_DIR": str(self.cache),
            "PATH": os.pathsep.join([str(interpreter), "/usr/local/bin", "/usr/bin", "/bin"]),
            "PYTHONPATH": str(SOURCES),
            **self.extra,
        }

    def environment(self, project: Path | None = None) -> Path:
        """Return where a project's `.venv` leads to."""
        return ((project or self.project) / ".venv").readlink()

    def copy_project(self, name: str = "second") -> Path:
        """Return the folder of another project with the same manifests and lock."""
        return shutil.copytree(self.project, self.root / name, ignore=shutil.ignore_patterns(".venv"))

    def write(self, path: str, text: str) -> Path:
        """Write a file of the project and return its path."""
        file = self.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def parity(self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Outcome:
        """Run parity to its end, as a user does: a process of its own, without a terminal or standard input."""
        return self.run(sys.executable, "-m", "parity", *arguments, cwd=cwd, env=env)

    def run(self, *command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Outcome:
        """Run any program in this world."""
        done = subprocess.run(
            command,
            cwd=cwd or self.project,
            env={**self.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        return Outcome(
            exit_code=done.returncode,
            stdout=self.filtered(done.stdout),
            stderr=self.filtered(done.stderr),
            raw_stdout=done.stdout,
        )

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start parity and return at once: for signals, kills and races. The caller waits for its end."""
        return subprocess.Popen(
            [sys.executable, "-m", "parity", *arguments],
            cwd=self.project,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            **options,
        )

    def filtered(self, text: str) -> str:
        """Return a text without what differs between runs: temporary paths, times, sizes, ports."""
        for folder in dict.fromkeys([str(self.root), str(self.root.resolve())]):
            text = text.replace(folder, "[TMP]")
        for pattern, replacement in _FILTERS:
            text = re.sub(pattern, replacement, text)
        return text


def files_of(folder: Path) -> list[str]:
    """Return the names of what is in a folder, in order."""
    return sorted(path.name for path in folder.iterdir())


def furnish(wheels: Path) -> None:
    """Put a few packages into a folder, one for each thing that goes wrong when it is forgotten."""
    # A diamond: both arms need `base`, and only its version 1 suits both.
    make_wheel(wheels, "base", "1.0")
    make_wheel(wheels, "base", "2.0")
    make_wheel(wheels, "left", "1.0", requires=["base>=1"])
    make_wheel(wheels, "right", "1.0", requires=["base<2"])
    make_wheel(wheels, "diamond", "1.0", requires=["left", "right"])
    make_wheel(wheels, "plugin", "1.0")
    make_wheel(
        wheels,
        "app",
        "1.0",
        requires=["left"],
        extras={"plugins": ["plugin"]},
        entry_points={"app": "app:main"},
        modules={"app/__init__.py": 'def main() -> None:\n    print("hello from app")\n'},
    )
    # Two halves of one namespace package.
    make_wheel(wheels, "space-one", "1.0", modules={"space/one/__init__.py": "name = 'one'\n"})
    make_wheel(wheels, "space-two", "1.0", modules={"space/two/__init__.py": "name = 'two'\n"})
    make_wheel(
        wheels,
        "files",
        "1.0",
        modules={"files/__init__.py": "", "files/table.csv": "a,b\n1,2\n", "files/leere datei.txt": ""},
        data={
            "scripts/files-tool": '#!python\nprint("hello from a script")\n',
            "data/share/files/note.txt": "a note\n",
            "headers/files.h": "#define FILES 1\n",
        },
    )
