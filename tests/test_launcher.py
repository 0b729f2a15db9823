"""`script/parity`, the program that installers put beside a Python: it finds that Python wherever they are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parity import __version__
from tests.support.projects import SOURCES

SCRIPT = SOURCES.parent / "script" / "parity"
MINOR = f"python3.{sys.version_info.minor}"


def install(folder: Path) -> Path:
    """Put the program into a folder, which is made, and return where it is then."""
    folder.mkdir(parents=True)
    return Path(shutil.copy(SCRIPT, folder / "parity"))


def put_python(folder: Path, name: str) -> None:
    """Put an interpreter that has parity into a folder, under a name of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\nPYTHONPATH={SOURCES} exec {sys.executable} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def started(*command: str | Path, path: Path | None = None) -> tuple[int, str]:
    """Start a program and return how it ended and what it printed; `path` comes first on PATH."""
    folders = [*([str(path)] if path else []), "/usr/bin", "/bin"]
    done = subprocess.run(
        [*command, "--version"],
        env={"PATH": os.pathsep.join(folders), "HOME": os.environ["HOME"]},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("name", ["python", MINOR])
def test_it_runs_in_any_folder(tmp_path: Path, name: str) -> None:
    """One with a space in its name too, and one with a path that is too long for a kernel's `#!`."""
    for folder in (tmp_path / "my tools" / "bin", tmp_path / ("a-long-name-" * 15) / "bin"):
        program = install(folder)
        put_python(folder, name)
        (folder.parent / "lib" / MINOR / "site-packages" / "parity").mkdir(parents=True)
        assert (0, f"parity {__version__}\n") == started(program)
        assert (0, f"parity {__version__}\n") == started("parity", path=folder)


def test_it_runs_through_a_link(tmp_path: Path) -> None:
    """As pipx and uv make one in the user's own folder of programs."""
    program = install(tmp_path / "tools" / "bin")
    put_python(tmp_path / "tools" / "bin", "python")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "parity").symlink_to(program)
    assert (0, f"parity {__version__}\n") == started("parity", path=tmp_path / "bin")


def test_it_runs_where_the_python_is_elsewhere(tmp_path: Path) -> None:
    """`pip install --user`: the folder of its package says which Python of PATH it was installed with."""
    program = install(tmp_path / ".local" / "bin")
    (tmp_path / ".local" / "lib" / MINOR / "site-packages" / "parity").mkdir(parents=True)
    put_python(tmp_path / "usr", MINOR)
    assert (0, f"parity {__version__}\n") == started(program, path=tmp_path / "usr")
