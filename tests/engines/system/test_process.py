"""Programs that parity waits for."""

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from parity.engines.system.process import run, tended


def test_status_and_words_come_back(tmp_path: Path) -> None:
    """Both streams, the exit status, from the folder and with the environment that were asked for."""
    code = "import os, sys; print(os.getcwd(), os.environ['A']); sys.stderr.write('e'); sys.exit(3)"
    done = run([sys.executable, "-c", code], cwd=tmp_path, env={"A": "b"})
    assert (3, f"{tmp_path.resolve()} b\n", "e") == (done.status, done.stdout, done.stderr)


def test_nobody_waits_for_an_answer() -> None:
    """Standard input is at its end: a program that asks gets nothing."""
    assert "''" == run([sys.executable, "-c", "import sys; sys.stdout.write(repr(sys.stdin.read()))"]).stdout


def test_words_in_no_encoding_do_not_stop_it() -> None:
    """What cannot be read is shown as such."""
    assert "\ufffd" == run([sys.executable, "-c", "import os; os.write(1, bytes([255]))"]).stdout


def test_a_signal_is_a_negative_status() -> None:
    """As subprocess has it."""
    assert -9 == run([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]).status


def test_what_is_given_up_ends_with_all_that_it_started() -> None:
    """Also what a program has started for itself."""
    command = [
        sys.executable,
        "-c",
        "import subprocess; p = subprocess.Popen(['sleep', '600']); print(p.pid); p.wait()",
    ]
    started = 0
    with suppress(ZeroDivisionError), tended(subprocess.Popen(command, stdout=-1, encoding="utf-8")) as process:
        assert process.stdout is not None
        started = int(process.stdout.readline())
        raise ZeroDivisionError
    while Path(f"/proc/{started}").exists():  # an orphan goes when the first process has looked at it
        time.sleep(0.01)


def test_a_program_that_is_not_there_is_said() -> None:
    """An OSError for the caller to put into words."""
    with pytest.raises(FileNotFoundError):
        run(["/no/such/program"])


def test_what_a_program_says_is_told_when_it_comes() -> None:
    """Line by line, and all of it is there at the end; standard output too, however much of it there is."""
    told: list[str] = []
    script = "import sys; print('a', file=sys.stderr); print('x' * 200000); print('b', file=sys.stderr); sys.exit(3)"
    outcome = run([sys.executable, "-c", script], told=told.append)
    assert (["a", "b"], "a\nb\n", 3) == (told, outcome.stderr, outcome.status)
    assert 200001 == len(outcome.stdout)
