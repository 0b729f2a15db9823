"""What safety costs: verifying 50,000 files, going back, flushing, collecting, a hundred projects with one lock.

    python -m benchmarks.safety [--rounds N] [--files N] [--keep FOLDER]

Packages are made here and served on 127.0.0.1, so that no registry is asked. Prints what it compares with; exits with 1
where a budget is missed: verify quick ≤ 1 s, deep ≥ 70 % of what `sha256sum` reads in as many processes as there are
processors, rollback ≤ 60 ms, no data block for a further project. Seconds are those of a processor: others use it too.
"""

import argparse
import base64
import hashlib
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measuring import PARITY, Contender, Figure, compare, environment, judged, kept_all, run
from tests.support.index import serve_index

_FILES_OF_A_PACKAGE = 1000
_SIZE = 8192  # bytes of a file, on average about what a wheel has
_PROJECTS = 100


class Bench:
    """One run, in a folder of its own."""

    def __init__(self, root: Path, rounds: int, files: int) -> None:
        self.root = root
        self.rounds = rounds
        self.names = [f"package{number:03}" for number in range(files // _FILES_OF_A_PACKAGE)]
        self.env = environment(root) | {"PARITY_CACHE_DIR": str(root / "cache")}
        self.project = root / "project"

    def all(self) -> None:
        """Make the packages and measure everything."""
        (self.root / "wheels").mkdir()
        for name in self.names:
            make_wheel(self.root / "wheels", name)
        with serve_index(self.root / "wheels") as index:
            self.env["UV_DEFAULT_INDEX"] = index.url
            self._build()
            self._verify()
            self._rollback()
            self._collection()
            self._projects()

    def _build(self) -> None:
        self.project.mkdir()
        seconds = self._switch()
        print(f"\nbuilding from a warm cache: {seconds['build']:.2f} s, of which the flush {seconds['flush']:.2f} s")

    def _verify(self) -> None:
        place = (self.project / ".venv").resolve()
        hashed = f"find {place}/ -type f -print0 | xargs -0 -n 500 -P {os.cpu_count()} sha256sum >/dev/null"
        taken = compare(
            [
                Contender(name="quick", command=[PARITY, "verify"], cwd=self.project, env=self.env),
                Contender(name="deep", command=[PARITY, "verify", "--deep"], cwd=self.project, env=self.env),
                Contender(name="sha256sum", command=["sh", "-c", hashed], cwd=self.project, env=self.env),
            ],
            self.rounds,
        )
        files = json.loads(run([PARITY, "verify", "--json"], cwd=self.project, env=self.env))["data"]["files"]
        quick, deep, alone = (min(taken[name]) for name in ("quick", "deep", "sha256sum"))
        busy = processor_seconds([PARITY, "verify"], self.project, self.env)
        told = f"{busy:.2f} s of a processor ({quick:.2f} s by the clock)"
        self._tell(told, Figure(what=f"verify of {files} files, of a processor", value=busy, unit="s", budget=1))
        told = f"{deep:.2f} s, {alone / deep:.0%} of sha256sum's speed ({alone:.2f} s)"
        speed = Figure(
            what="verify --deep, speed", value=alone / deep * 100, unit="%", budget=70, beside="sha256sum", least=True
        )
        self._tell(told, speed)

    def _rollback(self) -> None:
        numbers = ("1", "2")
        back = Contender(
            name="rollback",
            command=[PARITY, "rollback"],
            cwd=self.project,
            env=self.env,
            prepare=lambda number: [numbers[number % 2]],
        )
        least = min(compare([back], self.rounds * 4)["rollback"])
        busy = min(processor_seconds([PARITY, "rollback", number], self.project, self.env) for number in numbers * 2)
        told = f"{busy * 1000:.0f} ms of a processor ({least * 1000:.0f} ms by the clock)"
        self._tell(told, Figure(what="rollback, whole process", value=busy * 1000, unit="ms", budget=60))
        run([PARITY, "sync"], cwd=self.project, env=self.env)

    def _switch(self) -> Mapping[str, float]:
        """Sync to another environment and back to the one with everything; return how long that one took."""
        for names in (self.names[:-1], self.names):
            (self.project / "requirements.txt").write_text("\n".join(names) + "\n")
            data = json.loads(run([PARITY, "sync", "--json"], cwd=self.project, env=self.env))["data"]
        seconds: Mapping[str, float] = data["seconds"]
        return seconds

    def _collection(self) -> None:
        busy = {}
        for word in ("--wait", "--quiet"):
            self._switch()
            busy[word] = processor_seconds([PARITY, "gc", "--keep", "1", word], self.project, self.env)
        run([PARITY, "gc", "--wait"], cwd=self.project, env=self.env)
        told = f"{busy['--quiet']:.2f} s of a processor, where waiting for its files takes {busy['--wait']:.2f} s"
        ratio = busy["--quiet"] / busy["--wait"]
        self._tell(told, Figure(what="gc of an environment", value=ratio, unit="×", budget=1, beside="gc --wait"))

    def _projects(self) -> None:
        folders = [self.root / "parity" / "envs", self.root / "cache"]
        before = sum(map(blocks, folders))
        for number in range(_PROJECTS):
            other = self.root / "projects" / str(number)
            other.mkdir(parents=True)
            for name in ("requirements.txt", "parity.lock"):
                shutil.copy(self.project / name, other / name)
            run([PARITY, "sync", "--frozen" if number % 2 else "--locked"], cwd=other, env=self.env)
        after = sum(map(blocks, folders))
        told = f"{after - before} bytes over the {before / 1e6:.0f} MB of environments and caches"
        what = f"{_PROJECTS} projects with one lock, growth of environments and caches"
        self._tell(told, Figure(what=what, value=after - before, unit="bytes", budget=0))

    def _tell(self, told: str, figure: Figure) -> None:
        print(f"{figure.what}: {told} ({judged(figure).verdict})", flush=True)


def processor_seconds(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> float:
    """Return how long a command keeps processors busy."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command, cwd=cwd, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make_wheel(folder: Path, name: str) -> None:
    """Write a wheel of data files, of which no two say the same."""
    noise = random.Random(name)  # noqa: S311 - the same packages in every run
    info = f"{name}-1.0.dist-info"
    members = {
        f"{name}/{number // 100}/{number}.bin": noise.randbytes(noise.randrange(2 * _SIZE))
        for number in range(_FILES_OF_A_PACKAGE)
    }
    members[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
    members[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: benchmark\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    rows = [f"{path},sha256={_encoded(data)},{len(data)}\n" for path, data in members.items()]
    members[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"]).encode()
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, data in members.items():
            archive.writestr(path, data)


def blocks(folder: Path) -> int:
    """Return the bytes that a folder takes on the disk, each file once."""
    found = {path.lstat().st_ino: path.lstat().st_blocks * 512 for path in folder.rglob("*")}
    return sum(found.values())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each command runs")
    parser.add_argument("--files", type=int, default=50_000, help="how many files there are")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it")
    arguments = parser.parse_args()
    root = arguments.keep or Path(tempfile.mkdtemp(prefix="parity-safety-"))
    root.mkdir(parents=True, exist_ok=True)
    bench = Bench(root.resolve(), arguments.rounds, arguments.files)
    bench.all()
    if not arguments.keep:
        run(["sh", "-c", f"chmod -R u+w {root} && rm -r {root}"], cwd=Path("/"), env=bench.env)
    return 0 if kept_all() else 1


if __name__ == "__main__":
    sys.exit(main())
