"""Programs that parity starts and waits for."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a program ended: its exit status (negative: the signal that ended it) and what it wrote."""

    status: int
    stdout: str
    stderr: str


def run(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, text: str = ""
) -> Outcome:
    """Run a program to its end, without a terminal, and return how it ended. Its standard input is `text`.

    Raises OSError where it cannot be started.
    """
    done = subprocess.run(
        list(command),
        cwd=cwd,
        env=None if env is None else dict(env),
        input=text,
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    return Outcome(status=done.returncode, stdout=done.stdout, stderr=done.stderr)
