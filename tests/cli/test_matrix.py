"""`parity matrix`: one command in many environments, and one table about them."""

import json
import signal
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.support.projects import World
from tests.support.wheels import make_wheel

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def two(world: World) -> World:
    """Give the index two versions of a package, and the project a manifest without it."""
    for version in ("1.0", "2.0"):
        make_wheel(world.wheels, "shape", version, modules={"shape.py": f"version = {version!r}\n"})
    world.write("requirements.txt", "left\n")
    return world


def cells(world: World, *words: str) -> list[dict[str, Any]]:
    """Return what is said of each cell."""
    return list(json.loads(world.parity("matrix", "--json", *words).raw_stdout)["data"]["cells"])


def is_running(pid: int) -> bool:
    """Say whether a process is there, and not only waiting for somebody to take note of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_each_cell_has_what_it_asks_for(two: World) -> None:
    """The project's packages and its own; the project itself gets neither lock nor link, and again nothing is built."""
    code = "import left, shape, sys; print(shape.version); sys.exit(shape.version == '2.0')"
    words = ("--with", "shape<2", "--with", "shape>=2", "-j", "2", "--junit", "out.xml", "--", "python", "-c", code)
    outcome = two.parity("matrix", *words)
    again = cells(two, *words)
    suite = ET.parse(two.project / "out.xml").getroot()[0]  # noqa: S314 - parity has written it

    assert 1 == outcome.exit_code
    assert "--- shape>=2\n2.0\n\nshape<2   passed   [TIME]\nshape>=2  failed   [TIME], exit code 1\n" == outcome.stdout
    assert ["1 of 2 passed", "failed: shape>=2", "passed: shape<2"] == sorted(outcome.stderr.splitlines())[-3:]
    assert ["passed", "failed"] == [each["outcome"] for each in again]
    assert ["1.0\n", "2.0\n"] == [each["output"] for each in again]
    assert 2 == len({each["environment"] for each in again})
    assert ("2", "1", "0") == (suite.get("tests"), suite.get("failures"), suite.get("errors"))
    assert {"requirements.txt", "out.xml"} == {path.name for path in two.project.iterdir()}


def test_a_program_of_another_python_fails(two: World) -> None:
    """One of the host would pass or fail in a Python that nobody asked for; a shell is a shell everywhere."""
    tool = two.root / "bin" / "checker"
    tool.parent.mkdir()
    tool.write_text(f"#!{sys.executable}\n", encoding="utf-8")
    tool.chmod(0o755)
    two.extra["PATH"] = f"{tool.parent}:/usr/bin:/bin"
    (cell,) = cells(two, "--", "checker")
    assert ("failed", 127) == (cell["outcome"], cell["exit_code"])
    assert "`checker` is not in this environment" in cell["output"]
    (cell,) = cells(two, "--", "sh", "-c", "exit 0")
    assert "passed" == cell["outcome"]


def test_what_passing_cells_write_is_shown_on_request(two: World) -> None:
    """Under their titles, as what failing ones write always is; JUnit's file has it in any case."""
    words = ("--with", "shape<2", "--with", "shape>=2", "--junit", "out.xml")
    command = ("--", "python", "-c", "import shape; print(shape.version)")
    shown = two.parity("matrix", "--show-output", *words, *command)
    silent = two.parity("matrix", *words, *command)
    outputs = [each.text for each in ET.parse(two.project / "out.xml").iter("system-out")]  # noqa: S314 - it is ours

    table = "shape<2   passed   [TIME]\nshape>=2  passed   [TIME]\n"
    assert f"--- shape<2\n1.0\n\n--- shape>=2\n2.0\n\n{table}" == shown.stdout
    assert table == silent.stdout
    assert ["1.0\n", "2.0\n"] == outputs


def test_a_python_that_is_missing_is_a_cell_that_counts(two: World) -> None:
    """The others run; who asked for it and what installs it is said."""
    outcome = two.parity("matrix", "-p", "3.5", "-p", HERE, "--", "python", "-V")
    assert 1 == outcome.exit_code
    assert "no installed Python answers `3.5` (asked for by `-p`)" in outcome.stdout
    assert "`parity python install 3.5`" in outcome.stdout
    assert "1 of 2 passed\n" in outcome.stderr


def test_the_pin_of_the_project_gives_way(two: World) -> None:
    """A Python that is named takes its place, here one that is not there."""
    two.write(".python-version", "3.5\n")
    assert ["passed", "missing"] == [each["outcome"] for each in cells(two, "-p", HERE, "-p", "3.6", "--", "true")]


def test_the_project_can_hold_it(two: World) -> None:
    """`[tool.parity.matrix]` has the axes and the command; what is typed wins, axis by axis; the lock does not mind."""
    two.write("pyproject.toml", "[tool.parity]\nmanifests = ['requirements.txt']\n")
    two.parity("lock")
    table = "[tool.parity.matrix]\nwith = ['shape<2', ['shape>=2', 'right']]\ncommand = 'python -c \"import shape\"'\n"
    two.write("pyproject.toml", f"[tool.parity]\nmanifests = ['requirements.txt']\n{table}")
    held = cells(two)
    typed = cells(two, "--with", "right", "--", "true")

    assert [["shape<2"], ["shape>=2", "right"]] == [each["with"] for each in held]
    assert {"passed"} == {each["outcome"] for each in held}
    assert [["right"]] == [each["with"] for each in typed]
    assert 0 == two.parity("lock", "--check").exit_code


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("pythons = ['3.12']", "tool.parity.matrix.pythons: `pythons` is not a key of `tool.parity.matrix`"),
        ("python = ['>=three']", "tool.parity.matrix.python[0]: "),
        ("with = [3]", "tool.parity.matrix.with[0]: a package or a list of packages was expected, found a number"),
        ("command = 'say \"it'", "tool.parity.matrix.command: the command ends inside of quotation marks"),
    ],
)
def test_what_is_wrong_in_the_table_has_its_place(two: World, table: str, said: str) -> None:
    """As everywhere in `[tool.parity]`."""
    two.write("pyproject.toml", f"[tool.parity.matrix]\n{table}\n")
    outcome = two.parity("matrix", "--", "true")
    assert 1 == outcome.exit_code
    assert f"pyproject.toml: {said}" in outcome.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "there is no command to run"),
        (("-j", "-2", "--", "true"), "`-2` programs cannot run at once"),
        (("-p", ">=three", "--", "true"), ">=three"),
    ],
)
def test_what_cannot_be_run_is_refused(two: World, words: tuple[str, ...], said: str) -> None:
    """Before anything is made."""
    outcome = two.parity("matrix", *words)
    assert 2 == outcome.exit_code
    assert said in outcome.stderr


def test_conda_packages_too(conda: World) -> None:
    """On the conda route the project's packages come from its channels, and a further one from there or an index."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [python, wordlib]\n")
    make_wheel(conda.wheels, "shape", "1.0", modules={"shape.py": ""})
    found = cells(conda, "--with", "shape", "--with", "numpy", "--", "python", "-c", "pass")
    assert ["passed", "passed"] == [each["outcome"] for each in found], found


def test_an_interrupt_ends_every_cell(two: World, tmp_path: Path) -> None:
    """Nothing that was started goes on."""
    code = f"import os, pathlib, time; pathlib.Path({str(tmp_path)!r}, f'{{os.getpid()}}.pid').touch(); time.sleep(600)"
    words = ("matrix", "--with", "shape<2", "--with", "shape>=2", "-j", "2", "--", "python", "-c", code)
    with two.start(*words) as process:
        while len(pids := [int(path.stem) for path in tmp_path.glob("*.pid")]) < 2:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert 130 == process.returncode
    assert [] == [pid for pid in pids if is_running(pid)]
