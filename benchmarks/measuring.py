"""How the benchmarks measure: whole processes, commands interleaved, ratios pair by pair.

Single wall times of a shared machine are not to be trusted; minima and ratios of neighbours are (FACTS).
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

import uv

UV = uv.find_uv_bin()
PARITY = str(Path(sysconfig.get_path("scripts")) / "parity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One of the commands that are compared.

    `prepare` runs before each, outside the clock, and may give it words; `place` does so too and says where it runs, in
    place of `cwd`.
    """

    name: str
    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    prepare: Callable[[int], Sequence[str]] = lambda _round: ()
    place: Callable[[int], Path] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured of one thing, and what it was to be.

    `value` and `budget` are in `unit`; `beside` is what it was measured beside, or nothing. `least`: the budget is a
    floor, not a ceiling.
    """

    what: str
    value: float
    unit: str
    budget: float
    beside: str = ""
    least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the budget is."""
        return self.value >= self.budget if self.least else self.value <= self.budget

    @property
    def verdict(self) -> str:
        """The budget and whether it is kept, for a person."""
        bound = "at least " if self.least else ""
        return f"budget {bound}{self.budget:g} {self.unit}: {'kept' if self.kept else 'MISSED'}"


#: What all benchmarks of this process have measured against a budget, in order.
LEDGER: list[Figure] = []


def judged(figure: Figure) -> Figure:
    """Write a figure into the ledger and return it."""
    LEDGER.append(figure)
    return figure


def kept_all() -> bool:
    """Say whether every budget was kept so far."""
    return all(figure.kept for figure in LEDGER)


def compare(contenders: Sequence[Contender], rounds: int) -> dict[str, list[float]]:
    """Run the contenders by turns and return what each took, in seconds."""
    taken: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        for contender in contenders:
            words = contender.prepare(number)
            cwd = contender.place(number) if contender.place else contender.cwd
            started = time.perf_counter()
            run([*contender.command, *words], cwd=cwd, env=contender.env)
            taken[contender.name].append(time.perf_counter() - started)
    return taken


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> str:
    """Run a command to its end and return what it wrote; ends the benchmark where it fails."""
    done = subprocess.run(list(command), cwd=cwd, env=dict(env), capture_output=True, check=False, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def report(title: str, taken: Mapping[str, Sequence[float]], rival: str, budget: float) -> None:
    """Print minima and the median of the ratios to the rival, pair by pair, and judge these."""
    print(f"\n{title}")
    for name, times in taken.items():
        ratio = median(ours / theirs for ours, theirs in zip(times, taken[rival], strict=True))
        verdict = ""
        if name != rival:
            what = title.partition(" (")[0]
            figure = judged(Figure(what=what, value=ratio, unit="×", budget=budget, beside=rival))
            verdict = f"   {ratio:5.2f} × ({figure.verdict})"
        print(f"  {name:<44} min {min(times) * 1000:8.1f} ms   median {median(times) * 1000:8.1f} ms{verdict}")


def environment(root: Path) -> dict[str, str]:
    """Return the variables for everything that is measured: stores and caches of the benchmark's own.

    All may keep the bytecode that they make, as they do for their users.
    """
    others = ("PARITY_", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    own = {
        "PARITY_HOME": str(root / "parity"),
        "UV_CACHE_DIR": str(root / "uv-cache"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_CONFIG": "1",
    }
    return kept | own


def write_requirements(folder: Path, names: Sequence[str]) -> Path:
    """Write a project with these requirements, pinned to this Python's minor version."""
    folder.mkdir(parents=True)
    (folder / ".python-version").write_text(f"{sys.version_info.major}.{sys.version_info.minor}\n")
    (folder / "requirements.txt").write_text("".join(f"{name}\n" for name in names))
    return folder


def pinned(lock: Path) -> str:
    """Return a lock's packages as the rival reads them: the same bytes, by hash."""
    locked = tomllib.loads(lock.read_text())
    return "".join(f"{each['name']}=={each['version']} --hash=sha256:{each['sha256']}\n" for each in locked["pypi"])


def uv_environment(venv: Path, listed: Path, *, python: Path, cwd: Path, env: Mapping[str, str]) -> None:
    """Make the rival's environment of the same bytes, so that its caches are warm."""
    run([UV, "venv", "--quiet", "--python", str(python.resolve()), str(venv)], cwd=cwd, env=env)
    run(uv_sync(venv, listed), cwd=cwd, env=env)


def uv_sync(venv: Path, listed: Path, *, offline: bool = False) -> list[str]:
    """Return the rival's command for the same bytes."""
    flags = ["--offline"] if offline else []
    return [UV, "pip", "sync", "--quiet", *flags, "--python", str(venv / "bin/python"), str(listed)]


class Bench(Protocol):
    """Comparisons that are made in one folder."""

    def all(self) -> None:
        """Make them all, and print each."""


def alone(make: Callable[[Path, int], Bench], description: str | None) -> int:
    """Run one benchmark's comparisons as a program; return the exit code, 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    in_a_folder_of_its_own(lambda root: make(root, rounds))
    return 0 if kept_all() else 1


def in_a_folder_of_its_own(make: Callable[[Path], Bench]) -> None:
    """Make comparisons in a folder that goes afterwards."""
    root = Path(tempfile.mkdtemp(prefix="parity-bench-"))
    try:
        make(root).all()
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(root)], check=False)
        shutil.rmtree(root)
