"""What looking ahead costs: a lock of 300 packages against 10 machines, and compiled files of a 3 GB environment.

    python -m benchmarks.check [--rounds N] [--bytes N] [--keep FOLDER]

Budgets: 1 s from the lock alone; with compiled files 5 s on two processors where nothing of them is known and no page
of theirs is in memory, 0.5 s again. Seconds are those of a processor, of parity and all that it starts: others use it
too. Compiled files are those of this system, each with bytes of its own behind it, in wheels that are made here and
served on 127.0.0.1. Exits with 1 where a budget is missed.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import PARITY, Figure, environment, judged, kept_all, run
from parity.core.lockfile import v1
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from tests.support.index import serve_index
from tests.support.wheels import make_wheel

MACHINES = (
    *("linux-64", "linux-64-glibc2.17", "alpine-3.20", "ubuntu-22.04", "ubuntu-24.04"),
    *("rhel-8", "rhel-9", "amazonlinux-2023", "osx-arm64", "linux-aarch64"),
)
_TAGS = (
    *("py3-none-any", "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64", "py3-none-any"),
    *("cp312-abi3-manylinux_2_28_x86_64", "cp312-cp312-manylinux_2_34_x86_64", "py3-none-any"),
)
_NEEDS = (("python >=3.12,<3.13.0a0",), ("__glibc >=2.17,<3.0.a0", "libgcc >=13"), ("__glibc >=2.28",), ("__unix",))
_WHEEL_BYTES = 150_000_000


def large_lock(packages: int = 300, targets: Sequence[str] = MACHINES) -> Lockfile:
    """Return a lock of both kinds of packages, as a large project has it; the same for every target."""
    names, half = tuple(targets), packages // 2
    sha256 = "{:064x}"
    wheels = [
        LockedWheel(name=f"wheel-{number:03}", version=f"1.{number}.0", targets=names, index="default",
                    file=f"wheel_{number:03}-1.{number}.0-{_TAGS[number % len(_TAGS)]}.whl",
                    sha256=sha256.format(number), size=100_000 + number)
        for number in range(packages - half)
    ]  # fmt: skip
    conda = [
        LockedConda(name=f"package-{number:03}", version=f"2.{number}", build="h0_0", channel="conda-forge",
                    subdir="linux-64", file=f"package-{number:03}-2.{number}-h0_0.conda",
                    sha256=sha256.format(1000 + number), targets=names, size=200_000 + number,
                    depends=_NEEDS[number % len(_NEEDS)])
        for number in range(half)
    ]  # fmt: skip
    python = LockedPython(implementation="cpython", version="3.12.7", request="3.12", source="conda")
    return Lockfile(
        route="conda",
        manifests={"environment.yml": f"sha256:{'0' * 64}"},
        made_with={"parity": "0.1.0"},
        targets=tuple(LockedTarget(name=name, python=python) for name in names),
        wheels=tuple(wheels),
        conda=tuple(conda),
        channels=("conda-forge",),
    )


class Bench:
    """One run, in a folder of its own."""

    def __init__(self, root: Path, rounds: int, size: int) -> None:
        self.root = root
        self.rounds = rounds
        self.size = size
        self.env = environment(root) | {"PARITY_CACHE_DIR": str(root / "cache")}

    def all(self) -> None:
        """Measure everything."""
        self._lock()
        self._files()

    def _lock(self) -> None:
        project = self.root / "large"
        project.mkdir()
        (project / "requirements.txt").write_text("")
        command = [PARITY, "check", *(word for name in MACHINES for word in ("--on", name))]
        for packages in (10, 300):
            (project / "parity.lock").write_text(v1.dump(large_lock(packages)))
            taken = [self._check(command, project) for _ in range(self.rounds)]
            budget = 1.0 if packages == 300 else 0
            self._report(f"a lock of {packages} packages against {len(MACHINES)} machines", taken, budget)

    def _files(self) -> None:
        (self.root / "wheels").mkdir()
        names = make_wheels(self.root / "wheels", self.size)
        project = self.root / "compiled"
        project.mkdir()
        (project / "requirements.txt").write_text("".join(f"{name}\n" for name in names))
        with serve_index(self.root / "wheels") as index:
            run([PARITY, "sync"], cwd=project, env={**self.env, "UV_DEFAULT_INDEX": index.url})
        place = (project / ".venv").resolve()
        files = [path for path in place.rglob("*.so") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        what = f"an environment with {len(files)} compiled files, {size / 1e9:.1f} GB"
        cold = []
        for _ in range(min(self.rounds, 3)):
            shutil.rmtree(self.root / "cache" / "elf", ignore_errors=True)
            for path in files:
                forget(path)
            cold.append(self._check([PARITY, "check"], project))
        self._report(f"{what}, nothing known of it", cold, 5.0)
        self._report(f"{what}, once more", [self._check([PARITY, "check"], project) for _ in range(self.rounds)], 0.5)

    def _check(self, command: Sequence[str], project: Path) -> tuple[float, float]:
        """Run a check, whatever its answer is; return the seconds of a processor and those of the clock."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, cwd=project, env=self.env, capture_output=True, check=False, text=True)
        if done.returncode not in {0, 1} or "the lock" not in done.stderr:
            sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return spent, time.perf_counter() - started

    def _report(self, what: str, taken: Sequence[tuple[float, float]], budget: float) -> None:
        spent, clock = min(each for each, _ in taken), min(each for _, each in taken)
        verdict = ""
        if budget:
            figure = judged(Figure(what=f"check, {what}", value=spent, unit="s", budget=budget))
            verdict = f"   ({figure.verdict})"
        print(f"{what}\n  processor {spent:6.2f} s   clock {clock:6.2f} s{verdict}", flush=True)


def make_wheels(folder: Path, size: int) -> list[str]:
    """Write wheels of this system's shared objects, again and again with other bytes behind them, `size` in all."""
    sources = sorted(path for path in Path("/usr/lib").rglob("*.so*") if path.is_file() and not path.is_symlink())
    names: list[str] = []
    written, number = 0, 0
    while written < size:
        name, inside = f"compiled{len(names):03}", 0
        files: dict[str, bytes] = {}
        while inside < min(_WHEEL_BYTES, size - written):
            files[f"{name}/lib{number}.so"] = sources[number % len(sources)].read_bytes() + number.to_bytes(8, "big")
            inside += len(files[f"{name}/lib{number}.so"])
            number += 1
        make_wheel(folder, name, "1.0", modules=files)
        names.append(name)
        written += inside
    return names


def forget(path: Path) -> None:
    """Have the system drop what it keeps of a file in memory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def main() -> int:
    """Measure, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bytes", type=int, default=3_000_000_000)
    parser.add_argument("--keep", type=Path, help="work in this folder, and leave it there")
    arguments = parser.parse_args()
    root = arguments.keep or Path(tempfile.mkdtemp(prefix="parity-bench-"))
    root.mkdir(exist_ok=True)
    try:
        bench = Bench(root, arguments.rounds, arguments.bytes)
        bench.all()
    finally:
        if not arguments.keep:
            subprocess.run(["chmod", "-R", "u+w", str(root)], check=False)
            shutil.rmtree(root)
    return 0 if kept_all() else 1


if __name__ == "__main__":
    sys.exit(main())
