"""`parity run SCRIPT.py` with what the script needs in its comments, and `parity run --with`."""

import os

import pytest

from tests.support.projects import World, files_of
from tests.support.wheels import make_wheel

SCRIPT = """\
#!/usr/bin/env python
# /// script
# requires-python = ">=3.8"
# dependencies = ["plugin"]
# ///
import sys, plugin
print("ran", *sys.argv[1:])
"""
CONDA = """\
# /// script
# dependencies = ["plugin"]
#
# [tool.parity.conda]
# channels = ["conda-forge"]
# dependencies = ["python", "greet"]
# ///
import greet, plugin
print(greet.word())
"""


@pytest.mark.parametrize(
    ("before", "inside", "said"),
    [
        ("", ['dependencies = ["left",]]'], "2: the file is not TOML"),
        ("#!/bin/env python\n\n", ['dependencies = ["left",]]'], "4: the file is not TOML"),
        ("", ["dependencies = [", '  "left",', '  "le ft",', "]"], "4: dependencies[1]: `le ft` is not"),
        ("import sys\n", ["[tool.parity.conda]", "dependncies = []"], "4: tool.parity.conda.dependncies: "),
        ("import sys\n", ["dependencies = [", '  "requets",', "]"], "4: dependencies[0]: no index has `requets`\n"),
    ],
)
def test_a_fault_of_a_block_is_told_at_its_line(world: World, before: str, inside: list[str], said: str) -> None:
    """That of the script, wherever the block begins, and by the key that is written there."""
    block = "".join(f"# {line}\n" for line in ["/// script", *inside, "///"])
    world.write("script.py", f"{before}{block}print(1)\n")
    refused = world.parity("run", "script.py")
    assert (1, True) == (refused.exit_code, f"/project/script.py:{said}" in refused.stderr), refused


def test_a_script_brings_what_it_needs(world: World) -> None:
    """In an environment of its own, without a project; the second time no index is asked; code may change."""
    world.write("job.py", SCRIPT)
    assert (0, "ran a -b\n", "") == world.parity("run", "job.py", "a", "-b").said
    asked = len(world.index.requests)
    world.write("job.py", SCRIPT + "print(1)\n")
    assert (0, "ran\n1\n", "") == world.parity("run", "job.py").said
    assert asked == len(world.index.requests)
    assert ["job.py"] == files_of(world.project)
    assert "" == world.parity("env", "list").stdout


def test_a_script_that_asks_for_more_gets_it(world: World) -> None:
    """Another block is another environment; one that nobody has used for a month is collected."""
    world.write("job.py", SCRIPT)
    world.parity("run", "job.py")
    (first,) = (world.store / "passing" / "v1").iterdir()
    world.write("job.py", SCRIPT.replace('"plugin"', '"plugin", "left"'))
    assert 0 == world.parity("run", "job.py").exit_code
    assert 0 == world.parity("gc").exit_code
    assert 2 == len(files_of(world.store / "passing" / "v1"))
    environment = (first / ".venv").readlink()
    os.utime(first, (0, 0))
    assert 0 == world.parity("gc").exit_code
    assert (False, False) == (first.exists(), environment.exists())
    assert 0 == world.parity("run", "job.py").exit_code


def test_conda_packages_of_a_script(conda: World) -> None:
    """`[tool.parity.conda]` in the block leads to the conda route."""
    conda.write("job.py", CONDA)
    assert (0, "hello\n", "") == conda.parity("run", "job.py").said
    assert (0, "hello\n", "") == conda.parity("run", "job.py").said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SCRIPT.replace("]", ""), "job.py"),
        (SCRIPT.replace('"plugin"', '"plugin=1"'), "`plugin=1` is not a requirement"),
        (SCRIPT + SCRIPT, "there are two `/// script` blocks, in the lines 2 and 9"),
        (SCRIPT.replace("3.8", "9.9"), "9.9"),
        (SCRIPT.replace("# ///\n", "", 1), "the `/// script` block in line 2 is not closed"),
    ],
)
def test_a_block_that_is_wrong_is_told_with_its_place(world: World, text: str, said: str) -> None:
    """Before anything runs."""
    world.write("job.py", text)
    outcome = world.parity("run", "job.py")
    assert (1, "") == (outcome.exit_code, outcome.stdout)
    assert said in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_script_without_a_block_runs_in_the_project(world: World) -> None:
    """As ever, now without a detour."""
    world.write("requirements.txt", "plugin\n")
    world.write("job.py", "import plugin; print('ran')\n")
    assert "ran\n" == world.parity("run", "job.py").stdout
    assert (0, "ran\n", "") == world.parity("run", "job.py").said


def test_something_more_in_passing(world: World) -> None:
    """The project's packages as they are locked, and what is named; the project stays as it is."""
    world.write("requirements.txt", "left\n")
    world.parity("sync")
    before = {name: (world.project / name).read_bytes() for name in ("requirements.txt", "parity.lock")}
    environment = world.environment()
    make_wheel(world.wheels, "base", "3.0")
    code = "import base, left, plugin; from importlib.metadata import version; print(version('base'))"
    assert (0, "2.0\n", "") == world.parity("run", "--with", "plugin==1.0", "python", "-c", code).said
    asked = len(world.index.requests)
    assert (0, "2.0\n", "") == world.parity("run", "--with", "plugin==1.0", "python", "-c", code).said
    assert asked == len(world.index.requests)
    assert before == {name: (world.project / name).read_bytes() for name in before}
    assert environment == world.environment()
    assert 1 == world.parity("run", "python", "-c", "import plugin").exit_code
    refused = world.parity("run", "--with", "plugin=1", "python")
    assert 1 == refused.exit_code
    assert "`plugin=1` is not a requirement" in refused.stderr


def test_something_more_on_the_conda_route(conda: World) -> None:
    """A channel's package and two that only the index has, over the project's own."""
    conda.write("environment.yml", "channels: [conda-forge]\ndependencies: [python]\n")
    more = ["--with", "greet", "--with", "plugin", "--with", "left"]
    words = ["run", *more, "python", "-c", "import greet, left, plugin; print(greet.word())"]
    assert (0, "hello\n") == conda.parity(*words).said[:2]
    assert "greet" not in (conda.project / "parity.lock").read_text(encoding="utf-8")


def test_where_a_script_lies_means_nothing(world: World) -> None:
    """A pin beside it is for the project; and a script that is not there is told, project or not."""
    world.write("job.py", SCRIPT)
    world.write(".python-version", "2.7\n")
    assert 0 == (said := world.parity("run", "job.py")).exit_code, said
    missing = world.parity("run", "gone.py")
    assert (127, "error: there is no file `gone.py`") == (missing.exit_code, missing.stderr.splitlines()[0])
