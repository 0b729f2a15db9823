"""Which folders programs are at work in."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from parity.engines.system.usage import used_below

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")  # noqa: PTH112 - a constant path


@contextmanager
def running(*command: str, **options: Any) -> Iterator[None]:
    """Have a program at work that says so."""
    with subprocess.Popen(
        [*command, "import sys; print('up', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **options,
    ) as process:
        assert process.stdout is not None
        assert b"up\n" == process.stdout.readline()
        yield
        process.communicate()


def test_where_nothing_is_at_work_nothing_is_used(tmp_path: Path) -> None:
    """Nobody knows of this folder."""
    assert set() == used_below(str(tmp_path / "envs"))


@pytest.mark.parametrize("how", ["arguments", "variables", "folder"])
def test_each_way_of_using_a_folder(tmp_path: Path, how: str) -> None:
    """What a program was started with, and where it stands; whichever of its names the folder is asked for by."""
    inside = tmp_path / "envs" / "key"
    (inside / "bin").mkdir(parents=True)
    (tmp_path / "alias").symlink_to(tmp_path / "envs")
    (inside / "bin" / "python").symlink_to(sys.executable)
    program = str(inside / "bin" / "python") if how == "arguments" else sys.executable
    variables = {"VIRTUAL_ENV": str(inside)} if how == "variables" else {}
    with running(program, "-I", "-c", env=variables, cwd=inside if how == "folder" else tmp_path):
        found, by_alias = (used_below(str(tmp_path / name)) for name in ("envs", "alias"))
    assert {"key"} == {path.split("/")[0] for path in found}
    assert found == by_alias
    assert set() == used_below(str(tmp_path / "envs"))


def test_an_open_file_is_used(tmp_path: Path) -> None:
    """As a library that is mapped would be."""
    inside = tmp_path / "envs" / "key"
    inside.mkdir(parents=True)
    with (inside / "file").open("wb"):
        assert {"key/file"} == used_below(str(tmp_path / "envs"))
    assert set() == used_below(str(tmp_path / "envs"))
