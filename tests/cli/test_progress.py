"""What a terminal shows and a pipe does not: progress, colour, and that both go away."""

import re
import sys
from collections.abc import Mapping

import pexpect  # type: ignore[import-untyped] # it brings no stubs
import pytest

from tests.support.projects import World
from tests.support.serving import Fault
from tests.support.wheels import make_sdist

PATIENCE = 30
ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CURSOR_HIDDEN, CURSOR_SHOWN = "\x1b[?25l", "\x1b[?25h"


def on_terminal(world: World, *words: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run parity under a pseudo-terminal and return its exit code and everything that it wrote there."""
    environ = {"TERM": "xterm-256color", "LANG": "C.UTF-8", **world.environ, **(env or {})}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "parity", *words],
        cwd=str(world.project),
        env=environ,
        timeout=PATIENCE,
        encoding="utf-8",
        dimensions=(24, 200),
    )
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus or 0, child.before or ""


def test_a_terminal_shows_what_takes_long_and_then_only_the_result(world: World) -> None:
    """A line is drawn while it works; when it is done the cursor is back and the closing line stands alone."""
    world.write("requirements.txt", "app\n")
    code, text = on_terminal(world, "sync")

    assert 0 == code
    assert "resolving for linux-64" in text
    assert text.rstrip().endswith(")")
    assert text.rindex(CURSOR_SHOWN) > text.rindex(CURSOR_HIDDEN)


@pytest.mark.parametrize(
    "quiet", [{"CI": "true"}, {"TERM": "dumb"}, ["--quiet"], ["--json"]], ids=["CI", "dumb", "quiet", "json"]
)
def test_who_wants_no_progress_gets_none(world: World, quiet: dict[str, str] | list[str]) -> None:
    """Not a single escape sequence."""
    world.write("requirements.txt", "app\n")
    env, words = (quiet, []) if isinstance(quiet, dict) else ({}, quiet)
    code, text = on_terminal(world, "sync", *words, env=env)

    assert 0 == code
    assert ESCAPE not in text
    assert "resolving" not in text


def test_a_pipe_gets_neither_progress_nor_colour(world: World) -> None:
    """Whatever TERM and friends say."""
    world.write("requirements.txt", "app\n")
    loud = {"TERM": "xterm-256color", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "COLUMNS": "200"}
    sync = world.parity("sync", env=loud)
    failed = world.parity("lock", "--group", "nosuch", env=loud)

    assert (0, 1) == (sync.exit_code, failed.exit_code)
    assert ESCAPE not in sync.raw_stdout + sync.stderr + failed.stderr
    assert "\r" not in sync.stderr


def test_errors_are_coloured_on_a_terminal_only(world: World) -> None:
    """Nothing depends on it: without the codes the text is the same."""
    code, coloured = on_terminal(world, "sync", "-C", str(world.home))
    _, plain = on_terminal(world, "sync", "-C", str(world.home), env={"NO_COLOR": "1"})
    _, dumb = on_terminal(world, "sync", "-C", str(world.home), env={"TERM": "dumb"})
    _, empty = on_terminal(world, "sync", "-C", str(world.home), env={"NO_COLOR": ""})

    assert 1 == code
    assert f"{ESCAPE}[31;1merror{ESCAPE}[0m: there is no project here" in coloured
    assert plain == dumb == COLOUR.sub("", coloured)
    assert empty == coloured


def test_control_c_on_a_terminal_leaves_it_as_it_was(world: World) -> None:
    """In the middle of a download: 130, the cursor is back, no traceback."""
    world.write("requirements.txt", "app\n")
    world.parity("lock")
    world.index.faults["app-1.0-py3-none-any.whl"] = Fault("held")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "parity", "sync"],
        cwd=str(world.project),
        env={"TERM": "xterm-256color", **world.environ},
        timeout=PATIENCE,
        encoding="utf-8",
    )
    child.expect("fetching 3 packages")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    rest = child.before or ""

    assert 130 == child.exitstatus
    assert CURSOR_SHOWN in rest
    assert "Traceback" not in rest
    assert not (world.project / ".venv").is_symlink()


def test_a_build_is_named_while_it_lasts(world: World) -> None:
    """A source distribution takes a compiler's time: the line says which one it is."""
    make_sdist(world.wheels, "slow", "1.0")
    world.write("pyproject.toml", '[tool.parity]\nmanifests = ["requirements.txt"]\nsdists = ["slow"]\n')
    world.write("requirements.txt", "slow\n")
    code, text = on_terminal(world, "sync")

    assert 0 == code, text
    assert "building slow" in text


PICTURE = """
import time
from parity.cli.render import progress
progress._WORTH_SAYING = 0
reporter = progress.TerminalReporter()
for number in range(6):
    reporter.phase(f"phase {number}")
reporter.phase("fetching 2 packages [of 4 MB]")
for done in range(0, 4_000_001, 500_000):
    reporter.progress(done, 4_000_000, "B")
    time.sleep(0.6)
reporter.phase("linking")
reporter.progress(1, 3)
reporter._progress.refresh()
reporter.close()
print("the end")
"""


def test_the_picture_of_long_work(world: World) -> None:
    """What is over stays with a mark, the last few of it; bytes and the time that is left are for people."""
    child = pexpect.spawn(
        sys.executable,
        ["-c", PICTURE],
        env={"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUTF8": "1", **world.environ},
        timeout=PATIENCE,
        encoding="utf-8",
        dimensions=(24, 120),
    )
    child.expect(pexpect.EOF)
    text = COLOUR.sub("", child.before or "")
    last = text.rsplit("linking", 1)[0].rsplit("\r", 1)[-1]

    assert "✓ phase 5" in text
    assert "of 4.0 MB" in text
    assert re.search(r"about \d+ s left", text)
    assert "✓ fetching 2 packages [of 4 MB]" in text
    assert "linking" in text
    assert re.search(r"linking +\S+ +1/3", text)
    assert "phase 1" not in last
    assert text.endswith("the end\r\n")


def test_a_program_gets_the_terminal(world: World) -> None:
    """Under `run` standard input, output and error are the terminal's own, after a sync with progress too."""
    world.write("requirements.txt", "app\n")
    command = ["run", "python", "-c", "import sys; print(*(s.isatty() for s in (sys.stdin, sys.stdout, sys.stderr)))"]
    first = on_terminal(world, *command)
    again = on_terminal(world, *command)

    assert 0 == first[0]
    assert first[1].endswith("True True True\r\n")
    assert first[1].rindex(CURSOR_SHOWN) < first[1].rindex("True True True")
    assert (0, "True True True\r\n") == again
