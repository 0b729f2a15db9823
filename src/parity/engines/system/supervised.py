"""Long work by other programs that ends with parity: whatever happens to parity, nothing of it goes on."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import BinaryIO

# The shell holds the other end of a pipe; once parity is gone, killed or not, reading from it ends, and so does
# everything in the shell's process group. What is started reads nothing.
_WATCHED = """
exec 3<&0 </dev/null
"$@" 3<&- &
work=$!
{ read -r _ <&3; kill -KILL 0; } 2>/dev/null &
watch=$!
wait $work
status=$?
kill $watch
exit $status
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

    `on_line` is told each line too, `on_start` the process group. When this is interrupted, or the process dies, the
    whole group is killed. Raises OSError where there is no shell to start it.
    """
    with subprocess.Popen(
        ["/bin/sh", "-c", _WATCHED, "sh", *command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        process_group=0,
    ) as process:
        try:
            on_start(process.pid)
            for line in process.stdout or ():
                log.write(line)
                on_line(line.decode(errors="replace").rstrip())
            return process.wait()
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
