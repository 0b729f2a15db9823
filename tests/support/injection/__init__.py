"""Programs that are hit at their N-th change of a file: not after so many seconds, which would hit the same spots.

injector = Injector.compiled(folder)
hit = injector.run(command, world, Signalled(at=120, number=signal.SIGKILL, whom="group"))
hit = injector.run(command, world, Failing(calls="link linkat", number=errno.EPERM))
"""

import errno
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from tests.support.projects import World

_SOURCE = Path(__file__).with_name("injector.c")
_SHARED = struct.Struct("3l")

Whom = Literal["maker", "first", "group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signalled:
    """A signal after the `at`-th change: to the process that made it, to the first one (parity), or to all of them."""

    at: int
    number: signal.Signals = signal.SIGKILL
    whom: Whom = "group"

    def told(self) -> dict[str, str]:
        """Return what tells the injector so."""
        return {"INJECT_AT": str(self.at), "INJECT_SIGNAL": str(int(self.number)), "INJECT_WHOM": self.whom}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """Calls that fail: those about a path with `under` in it, from the `start`-th on, so many `times` (0: all)."""

    calls: str
    number: int = errno.EIO
    under: str = ""
    start: int = 1
    times: int = 0

    def told(self) -> dict[str, str]:
        """Return what tells the injector so."""
        return {
            "INJECT_CALLS": self.calls,
            "INJECT_ERRNO": str(self.number),
            "INJECT_UNDER": self.under,
            "INJECT_FROM": str(self.start),
            "INJECT_TIMES": str(self.times),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """Another time of day: so many seconds later, or earlier."""

    seconds: int

    def told(self) -> dict[str, str]:
        """Return what tells the injector so."""
        return {"INJECT_CLOCK": str(self.seconds)}


Injection = Signalled | Failing | Shifted


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """How a run ended: its status (negative: the signal), what it wrote, how many changes and hit calls there were."""

    status: int
    stdout: str
    stderr: str
    changes: int
    calls: int

    @property
    def said(self) -> tuple[int, str, str]:
        """The three that a user gets."""
        return self.status, self.stdout, self.stderr


@dataclass(frozen=True, slots=True, kw_only=True)
class Injector:
    """Runs programs with the library."""

    library: Path

    @classmethod
    def compiled(cls, folder: Path) -> "Injector":
        """Compile the library into a folder; skips the test where the machine cannot."""
        compiler = shutil.which("cc")
        if compiler is None or not sys.platform.startswith("linux"):
            pytest.skip("the injected library needs Linux and a C compiler called cc")
        library = folder / "injector.so"
        flags = ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-Wno-nonnull", "-Wno-nonnull-compare"]
        subprocess.run([compiler, *flags, "-o", library, _SOURCE, "-ldl"], check=True)
        return cls(library=library)

    def environ(self, memory: Path, injection: Injection | None) -> dict[str, str]:
        """Return what has a program loaded with the library; `memory` is a file that its processes share."""
        memory.write_bytes(bytes(_SHARED.size))
        told = injection.told() if injection else {}
        return {"LD_PRELOAD": str(self.library), "INJECT_MEMORY": str(memory), **told}

    def parity(self, world: World, *arguments: str, injection: Injection | None = None) -> Hit:
        """Run parity in a world, in a session of its own."""
        return self.run([sys.executable, "-m", "parity", *arguments], world.project, world.environ, injection)

    def run(
        self,
        command: Sequence[str],
        cwd: Path,
        environ: Mapping[str, str],
        injection: Injection | None = None,
    ) -> Hit:
        """Run any program to its end, in a session of its own: a signal to its group reaches nobody else."""
        memory = cwd.parent / f".{cwd.name}.injector"
        with subprocess.Popen(
            command,
            cwd=cwd,
            env={**environ, **self.environ(memory, injection)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        ) as process:
            stdout, stderr = process.communicate()
        changes, _, calls = _SHARED.unpack(memory.read_bytes())
        memory.unlink()
        return Hit(status=process.returncode, stdout=stdout, stderr=stderr, changes=changes, calls=calls)


def points(changes: int, count: int, seed: int) -> list[int]:
    """Return so many points spread over a run of so many changes, others for each seed."""
    step = changes / count
    return [min(changes, max(1, round(step * (place + (seed * 0.618 + 0.5) % 1)))) for place in range(count)]
