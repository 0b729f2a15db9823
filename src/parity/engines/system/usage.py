"""Which folders programs are at work in: what every process runs, has open or mapped, stands in or was told to use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROCESSES = "/proc"
_LINKS = ("exe", "cwd", "root")
_TEXTS = ("maps", "environ", "cmdline")


def used_below(folder: str) -> set[str]:
    """Return which paths directly or further below a folder this user's processes use, relative to it.

    A Python keeps none of its modules open, so what a process was started with counts too: its arguments and its
    environment variables, as they were then. Where there is no /proc, `lsof` and `ps` are asked; without them nothing
    is known, and the set is empty.
    """
    places = {os.fsencode(place) for place in (folder, os.path.realpath(folder))}
    pattern = re.compile(b"(?:%s)/([^\\0\\n: ]+)" % b"|".join(re.escape(place) for place in places))
    texts = _of_processes() if os.path.isdir(f"{_PROCESSES}/self") else _of_programs()
    return {os.fsdecode(found) for text in texts for found in pattern.findall(text)}


def _of_processes() -> Iterator[bytes]:
    for name in os.listdir(_PROCESSES):
        if name.isdigit():
            yield from _of_process(f"{_PROCESSES}/{name}")


def _of_process(process: str) -> Iterator[bytes]:
    """Yield what is known of a process; one that has ended, or is another user's, gives nothing."""
    links = [f"{process}/{name}" for name in _LINKS]
    with suppress(OSError):
        links += [f"{process}/fd/{number}" for number in os.listdir(f"{process}/fd")]
    for link in links:
        with suppress(OSError):
            yield os.fsencode(os.readlink(link))
    for name in _TEXTS:
        with suppress(OSError), open(f"{process}/{name}", "rb") as file:
            yield file.read()


def _of_programs() -> Iterator[bytes]:
    user = str(os.geteuid())
    for command in (["lsof", "-w", "-n", "-P", "-u", user, "-F", "n"], ["ps", "-Eww", "-U", user, "-o", "command"]):
        program = shutil.which(command[0])
        if program:
            yield subprocess.run([program, *command[1:]], capture_output=True, check=False).stdout
