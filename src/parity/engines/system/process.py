"""Programs that parity starts and waits for."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from parity.core.dataclass import dataclass

_GRACE = 2.0  # seconds for a program to tidy up after it was asked to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a program ended: its exit status (negative: the signal that ended it) and what it wrote."""

    status: int
    stdout: str
    stderr: str


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    text: str = "",
    told: Callable[[str], None] | None = None,
) -> Outcome:
    """Run a program to its end, without a terminal, and return how it ended. Its standard input is `text`.

    `told` is given each line of its standard error when it comes, from another thread. Raises OSError where it cannot
    be started.
    """
    with tended(
        subprocess.Popen(
            list(command),
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    ) as process:
        stdout, stderr = _heard(process, told) if told and not text else process.communicate(text)
    return Outcome(status=process.returncode, stdout=stdout, stderr=stderr)


def _heard(process: "subprocess.Popen[str]", told: Callable[[str], None]) -> tuple[str, str]:
    """Return what a program writes, telling each line of its standard error when it comes. It is given no input."""
    lines: list[str] = []

    def listen() -> None:
        for line in process.stderr or ():
            lines.append(line)
            told(line.rstrip("\n"))

    listening = Thread(target=listen, daemon=True)
    if process.stdin:
        process.stdin.close()
    listening.start()
    stdout = process.stdout.read() if process.stdout else ""
    process.wait()
    listening.join()
    return stdout, "".join(lines)


@contextmanager
def tended(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """Wait for a program at the end of the block; where an exception ends that, so do it and all that it started."""
    with process:
        try:
            yield process
        except BaseException:
            _end(process)
            raise


def _end(process: "subprocess.Popen[str]") -> None:
    family = [*_descendants(process.pid), process.pid] if process.poll() is None else []
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def _descendants(pid: int) -> list[int]:
    """Return the processes that a process has started, and theirs; none where the kernel does not say."""
    found: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                found += [int(word) for word in file.read().split()]
    return [*found, *(each for child in found for each in _descendants(child))]
