"""A program that nobody waits for: it gets its words and variables, and is not part of the session that started it."""

import os
import sys
import time
from pathlib import Path

from parity.engines.system.background import start_behind

PATIENCE = 30.0


def test_it_runs_in_a_session_of_its_own(tmp_path: Path) -> None:
    """With its words as they are, the variables that it is given, and nothing to read."""
    told = tmp_path / "it's told"
    code = (
        "import os, sys; file = open(sys.argv[1] + '.new', 'w');"
        "print(os.getsid(0), os.environ['WORD'], repr(sys.stdin.read()), file=file, flush=True);"
        "os.rename(file.name, sys.argv[1])"
    )
    assert start_behind([sys.executable, "-c", code, str(told)], {"WORD": "said", "PATH": os.defpath})
    deadline = time.monotonic() + PATIENCE
    while not told.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    session, word, read = told.read_text(encoding="utf-8").split()
    assert str(os.getsid(0)) != session
    assert ("said", "''") == (word, read)


def test_it_says_when_it_cannot_be_started() -> None:
    """As when words and variables are more than the system takes."""
    assert not start_behind(["true"], {"WORD": "x" * (1 << 20)})
