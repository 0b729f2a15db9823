"""How fast a Python is that parity builds with `--optimize`, against a build of the same sources as pyenv makes it.

Run it with an archive of CPython's sources: `python -m benchmarks.interpreters 3.13.5 Python-3.13.5.tar.xz`. Both
builds take about half an hour on two cores; `--work DIR` keeps them, and takes them from there the next time. Budget:
at least 1.15 × faster, the median and the geometric mean over kernels. Also measured: `parity python list` on ten
interpreters, cold.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import geometric_mean, median

from benchmarks.measuring import PARITY, Contender, Figure, compare, judged, kept_all, run

BUDGET = 1.15
ROUNDS = 7

KERNELS = {
    "calls": "def f(n):\n return n if n < 2 else f(n - 1) + f(n - 2)\nf(24)",
    "floats": "x = 0.0\nfor i in range(1, 400_000):\n x += 1.0 / (i * i)",
    "dictionaries": "d = {}\nfor i in range(200_000):\n d[i % 977] = d.get(i % 977, 0) + i",
    "lists": "for _ in range(8):\n a = [(i * 7919) % 100_003 for i in range(60_000)]\n a.sort()",
    "strings": "t = ' '.join(map(str, range(60_000)))\nfor _ in range(8):\n t.split(); t.replace('1', 'one')",
    "objects": (
        "class P:\n def __init__(self, x):\n  self.x = x\n def move(self):\n  self.x += 1\n"
        "ps = [P(i) for i in range(2_000)]\nfor _ in range(60):\n for p in ps:\n  p.move()"
    ),
    "generators": "def g(n):\n for i in range(n):\n  yield i * i\nfor _ in range(4):\n sum(g(100_000))",
    "json": (
        "import json\nd = {str(i): [i, i / 3, None] for i in range(5_000)}\n"
        "for _ in range(6):\n json.loads(json.dumps(d))"
    ),
}


def main() -> int:
    """Build both, time the kernels by turns, and print the ratios; 1 where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("archive", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--work", type=Path, help="where to build; what is there already is used again")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="parity-bench-"))
    environ = {"PATH": os.environ["PATH"], "HOME": str(work), "PARITY_HOME": str(work / "store")}
    optimized = build(options.version, options.archive.resolve(), environ, "--optimize")
    default = by_pyenv(options.version, options.archive.resolve(), work)
    ratios = kernels({"parity --optimize": optimized, "pyenv's default": default}, work, options.rounds)
    middle, mean = median(ratios), geometric_mean(ratios)
    what, beside = "speed of a Python built with `--optimize`", "pyenv's default build"
    figure = judged(Figure(what=what, value=min(middle, mean), unit="×", budget=BUDGET, beside=beside, least=True))
    print(f"\nmedian {middle:.2f} ×, geometric mean {mean:.2f} × pyenv's default build ({figure.verdict})")
    listing(environ, work, options.rounds)
    if options.work is None:
        for folder, _, _ in os.walk(work):
            Path(folder).chmod(0o700)
        shutil.rmtree(work)
    return 0 if kept_all() else 1


def build(version: str, archive: Path, environ: Mapping[str, str], *flags: str) -> str:
    """Return the interpreter that parity builds."""
    command = [PARITY, "python", "install", version, "--build", "--archive", str(archive), "--json", *flags]
    said = json.loads(run(command, cwd=archive.parent, env=environ))
    return str(said["data"]["interpreters"][0]["path"])


def by_pyenv(version: str, archive: Path, work: Path) -> str:
    """Return an interpreter that pyenv built without further wishes, from the same archive."""
    prefix = work / "pyenv" / version
    if not (prefix / "bin" / "python3").exists():
        sources = work / "sources"
        sources.mkdir(parents=True, exist_ok=True)
        shutil.copy(archive, sources / f"Python-{version}.tar.xz")
        # without pyenv's shims on PATH: a build is no place for another Python
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(work), "PYTHON_BUILD_CACHE_PATH": str(sources)}
        run([python_build(), version, str(prefix)], cwd=work, env=environ)
    return str(prefix / "bin" / "python3")


def python_build() -> str:
    """Return pyenv's program that builds; ends the benchmark where there is no pyenv."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = root / "plugins" / "python-build" / "bin" / "python-build"
    if not found.exists():
        sys.exit(f"there is no `{found}`: the benchmark compares with pyenv's own build")
    return str(found)


def kernels(pythons: Mapping[str, str], work: Path, rounds: int) -> list[float]:
    """Print and return how many times faster the first is than the second, kernel by kernel."""
    ratios = []
    for name, code in KERNELS.items():
        taken = compare(
            [
                Contender(name=who, command=[path, "-I", "-c", code], cwd=work, env={"PATH": os.environ["PATH"]})
                for who, path in pythons.items()
            ],
            rounds,
        )
        ours, theirs = (min(times) for times in taken.values())
        ratios.append(theirs / ours)
        print(f"{name:<13} {ours * 1000:7.0f} ms {theirs * 1000:7.0f} ms  {ratios[-1]:.2f} ×")
    return ratios


def listing(environ: Mapping[str, str], work: Path, rounds: int) -> None:
    """Print what `parity python list` takes on ten interpreters that it never saw."""
    versions = work / ".pyenv" / "versions"
    for minor in range(10):
        prefix = versions / f"3.{minor + 5}.1"
        if not prefix.exists():
            (prefix / "bin").mkdir(parents=True)
            shutil.copy(sys.executable, prefix / "bin" / f"python3.{minor + 5}")
            (prefix / "bin" / "python").symlink_to(f"python3.{minor + 5}")
            headers = prefix / "include" / f"python3.{minor + 5}"
            headers.mkdir(parents=True)
            (headers / "patchlevel.h").write_text(f'#define PY_VERSION      "3.{minor + 5}.1"\n')
    command = [PARITY, "python", "list"]
    apart = {**environ, "PATH": str(work), "PARITY_CACHE_DIR": str(work / "cold")}
    taken = compare([Contender(name="list", command=command, cwd=work, env=apart)], rounds)
    least = min(taken["list"]) * 1000
    figure = judged(Figure(what="parity python list, ten interpreters", value=least, unit="ms", budget=100))
    print(f"parity python list, ten interpreters: {least:.0f} ms at best ({figure.verdict})")


if __name__ == "__main__":
    sys.exit(main())
