"""Programs that go on by themselves when parity, its terminal and its session are gone."""

import subprocess
from collections.abc import Mapping, Sequence

# The shell has let go of it when it ends itself: nobody has to wait for it. It leaves the machine to others.
_BEHIND = 'if command -v nice; then nice -n 10 "$@" & else "$@" & fi'


def start_behind(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Start a program in a session of its own, with nothing to read and nobody who reads; False where none can be."""
    try:
        shell = subprocess.run(
            ["/bin/sh", "-c", _BEHIND, "sh", *command],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
    except OSError:  # no shell, or no room for another process
        return False
    return shell.returncode == 0
