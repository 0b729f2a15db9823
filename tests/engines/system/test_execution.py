"""Becoming another program: nothing of parity stays, and what cannot be is said as a shell says it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from parity.engines.system.execution import NOT_FOUND, replace_process

START = (
    "import os, sys; from parity.engines.system.execution import replace_process;"
    "sys.exit(replace_process(sys.argv[1:], os.environ))"
)


def become(*command: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Become a program, in a process of its own."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    return subprocess.run(
        [sys.executable, "-c", START, *command], env=environ, capture_output=True, check=False, stdin=subprocess.DEVNULL
    )


def test_the_programs_exit_code_is_the_exit_code() -> None:
    """And its words are its words, whatever is in them."""
    assert 7 == become("sh", "-c", "exit 7").returncode
    assert b"a  b\n*\n" == become("printf", "%s\\n", "a  b", "*").stdout


def test_a_signal_that_ends_the_program_ends_it() -> None:
    """There is no parity between."""
    assert -15 == become("sh", "-c", "kill -TERM $$").returncode


def test_a_program_dies_of_a_closed_pipe_as_in_a_shell() -> None:
    """Python ignores SIGPIPE for itself; `yes | head` must not end in an error because of that."""
    done = become("sh", "-c", "yes | head -1")
    assert (b"y\n", b"", 0) == (done.stdout, done.stderr, done.returncode)


def test_the_program_is_looked_for_where_it_will_run(tmp_path: Path) -> None:
    """On the PATH that it is given, not on parity's."""
    tool = tmp_path / "a tool"
    tool.write_text("#!/bin/sh\necho found\n", encoding="utf-8")
    tool.chmod(0o755)
    assert b"found\n" == become("a tool", PATH=f"{tmp_path}:/usr/bin:/bin").stdout


def test_a_program_that_is_not_there_is_127(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One line on standard error, also where PATH has a file or nothing in it."""
    (tmp_path / "file").write_bytes(b"")
    for path in ("/usr/bin", str(tmp_path / "file"), f"/nowhere:{tmp_path}/file"):
        assert 127 == replace_process(["no-such-program"], {"PATH": path})
        assert "error: there is no program `no-such-program` in the environment or on PATH\n" == capfd.readouterr().err


def test_a_program_that_cannot_be_executed_is_126(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A folder, a file without the permission, a file that is no program."""
    (tmp_path / "plain").write_text("x", encoding="utf-8")
    for name in ("plain", "."):
        assert 126 == replace_process([str(tmp_path / name)], {"PATH": ""})
        assert "ermission denied" in capfd.readouterr().err
    (tmp_path / "plain").chmod(0o755)
    assert 126 == replace_process([str(tmp_path / "plain")], {"PATH": ""})
    assert "xec format error" in capfd.readouterr().err


def test_a_process_that_stays_keeps_its_signals() -> None:
    """Where there is no program to become, a closed pipe is an error again, not the end."""
    before = signal.getsignal(signal.SIGPIPE)
    assert NOT_FOUND == replace_process(["no-such-program"], {"PATH": ""})
    assert before == signal.getsignal(signal.SIGPIPE)
