"""Long work by other programs, with real shells and real kills."""

import io
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from parity.engines.system.supervised import supervise
from tests.support.projects import SOURCES

# A child and a grandchild that say that they run and hold a pipe open for as long as they live.
_FAMILY = 'exec 9>"$1"; echo child >&9; sh -c "echo grandchild >&9; sleep 600"; sleep 600'
_LONG = """
import sys
from parity.engines.system.supervised import supervise
with open(sys.argv[1] + ".log", "wb") as log:
    supervise(["sh", "-c", sys.argv[2], "sh", sys.argv[1]], cwd="/", env={"PATH": "/bin:/usr/bin"}, log=log)
"""


def run(*command: str, **options: object) -> tuple[int, str]:
    """Supervise a command and return its status and what was logged."""
    log = io.BytesIO()
    status = supervise(command, cwd="/", env={"PATH": os.defpath}, log=log, **options)  # type: ignore[arg-type]  # the tests name real options
    return status, log.getvalue().decode()


def test_status_and_output_are_those_of_the_program() -> None:
    """Both streams in one log, in the order in which they were written, and line by line to whoever listens."""
    lines: list[str] = []
    status, log = run("sh", "-c", "echo one; echo two >&2; echo three; exit 7", on_line=lines.append)

    assert (7, "one\ntwo\nthree\n") == (status, log)
    assert ["one", "two", "three"] == lines


def test_what_is_run_reads_nothing() -> None:
    """No terminal, no standard input: nothing waits for somebody to type."""
    assert (0, "") == run("cat")


@pytest.mark.parametrize("ignored", [False, True])
def test_what_is_run_hears_ctrl_c(*, ignored: bool) -> None:
    """As a program in the foreground does, whatever parity was started with: Python's own tests insist on it."""
    code = (
        "import signal; print(*(signal.getsignal(each) == signal.SIG_IGN for each in (signal.SIGINT, signal.SIGQUIT)))"
    )
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        for number in before if ignored else ():
            signal.signal(number, signal.SIG_IGN)
        assert (0, "False False\n") == run(sys.executable, "-c", code)
        assert ignored == (signal.getsignal(signal.SIGINT) == signal.SIG_IGN)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_program_that_is_not_there_is_a_status() -> None:
    """The shell's own."""
    status, log = run("/nonexistent/program")

    assert 127 == status
    assert "/nonexistent/program" in log


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_nothing_outlives_whoever_supervises(tmp_path: Path, number: signal.Signals) -> None:
    """Killed in any way: the last process that holds the pipe is gone, grandchildren too."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    process = subprocess.Popen(
        [sys.executable, "-c", _LONG, str(pipe), _FAMILY],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        stderr=subprocess.DEVNULL,
    )
    try:
        assert ["child", "grandchild"] == _read_lines(reading, 2)
        process.send_signal(number)
        process.wait(timeout=60)
        assert b"" == _read_to_end(reading)
    finally:
        process.kill()
        process.wait()
        os.close(reading)


def test_what_a_program_leaves_behind_goes_with_it(tmp_path: Path) -> None:
    """And nobody waits for it, although it holds open what the log is read from."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert (3, "here\n") == run("sh", "-c", 'exec 9>"$1"; sleep 600 & echo here; exit 3', "sh", str(pipe))
        assert b"" == _read_to_end(reading)
    finally:
        os.close(reading)


def _read_lines(descriptor: int, count: int) -> list[str]:
    text = b""
    while text.count(b"\n") < count:
        assert select.select([descriptor], [], [], 60)[0], "nobody wrote anything for a minute"
        text += os.read(descriptor, 100)
    return text.decode().split()


def _read_to_end(descriptor: int) -> bytes:
    """Return what comes until the last who could write is gone."""
    assert select.select([descriptor], [], [], 60)[0], "somebody still holds the pipe after a minute"
    return os.read(descriptor, 100)
