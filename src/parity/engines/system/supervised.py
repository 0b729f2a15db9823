"""Work by other programs that ends with parity, and with the program that was asked for: nothing of it goes on."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import BinaryIO

# The shell holds the other end of a pipe; once parity is gone, killed or not, reading from it ends, and so does
# everything in the shell's process group. The one who reads outlives the shell, so that the group keeps its number
# until parity ends it. What is started reads nothing, and is in the foreground: what a script puts
# behind has Ctrl-C ignored, which Python's own tests, the profile of an optimised build, take for a fault.
_WATCHED = """
exec 3<&0 </dev/null
{ read -r _ <&3; kill -KILL 0; } 2>/dev/null &
"$@" 3<&-
exit $?
"""


def supervise(
    command: Sequence[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    log: BinaryIO,
    on_line: Callable[[str], None] = lambda _line: None,
    on_start: Callable[[int], None] = lambda _group: None,
) -> int:
    """Run a program to its end and return its status; every line that it and its children write goes to a log.

    A program that was ended by signal N has the status 128 + N, as a shell says it. `on_line` is told each line too,
    `on_start` the process group. The program hears Ctrl-C, in the first thread also where parity was told not to. What
    it leaves behind in its group is killed; when this is interrupted, or the process dies, the whole group is. Raises
    OSError where there is no shell to start it.
    """
    with _started(command, cwd, env) as process:
        rest = threading.Thread(target=_end_rest, args=(process,), daemon=True)
        rest.start()
        try:
            on_start(process.pid)
            for line in process.stdout or ():
                log.write(line)
                on_line(line.decode(errors="replace").rstrip())
            return process.wait()
        finally:
            if process.poll() is None:
                end_group(process.pid)
            rest.join()


def end_group(group: int) -> None:
    """Kill a process group, if it is still there."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _end_rest(process: subprocess.Popen[bytes]) -> None:
    """Wait for a program and kill what it leaves behind: it may hold the pipe open for ever."""
    process.wait()
    end_group(process.pid)


def _started(command: Sequence[str], cwd: str, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # a shell that is started with a signal ignored can undo that neither for itself nor for what it starts; and only
    # the first thread may
    ours = (signal.SIGINT, signal.SIGQUIT) if threading.current_thread() is threading.main_thread() else ()
    ignored = [number for number in ours if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    try:
        return subprocess.Popen(
            ["/bin/sh", "-c", _WATCHED, "sh", *command],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
