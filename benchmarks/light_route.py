"""The light route beside uv: run, sync with nothing to do, sync to what exists, sync that builds, disk, verify.

    python -m benchmarks.light_route [--rounds N]

Prints what it compares with; exits with 1 where a budget of DESIGN 9 is missed.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import (
    PARITY,
    UV,
    Contender,
    Figure,
    alone,
    compare,
    environment,
    judged,
    pinned,
    report,
    run,
    uv_environment,
    uv_sync,
    write_requirements,
)
from benchmarks.sets import MANY, TEN

_UV_BUILD = "uv venv + uv pip sync"
_IMPORTING = Path(__file__).with_name("import_everything.py")
# finding out what there is to import reads every RECORD, which is nobody's import: it is done before the clock starts
_TOP_MODULES = """
import importlib.metadata
found = importlib.metadata.packages_distributions()
print(*sorted(name for name in found if name.isidentifier() and not name.startswith("_")))
"""


class Bench:
    """One run of all comparisons, in a folder of its own."""

    def __init__(self, root: Path, rounds: int) -> None:
        self.root = root
        self.rounds = rounds
        self.env = environment(root)
        self.modules: list[str] = []

    def all(self) -> None:
        for name, packages in (("few", TEN), ("many", MANY)):
            project = write_requirements(self.root / name, packages)
            run([PARITY, "sync"], cwd=project, env=self.env)
            venv, listed = self._uv_venv(project, f"uv-{name}")
            self._nothing_to_do(project, venv, listed)
            self._existing(project, venv, listed)
        self._run_true(self.root / "few")
        self._second_project(self.root / "many")
        self._build(self.root / "many")
        self._verify(self.root / "many")

    def _uv_venv(self, project: Path, name: str) -> tuple[Path, Path]:
        """Make the rival's environment of the same bytes, so that its caches are warm."""
        venv, listed = self.root / name, self.root / f"{name}.txt"
        listed.write_text(pinned(project / "parity.lock"))
        uv_environment(venv, listed, python=project / ".venv/bin/python", cwd=self.root, env=self.env)
        return venv, listed

    def _nothing_to_do(self, project: Path, venv: Path, listed: Path) -> None:
        taken = compare(
            [
                Contender(name="parity sync", command=[PARITY, "sync"], cwd=project, env=self.env),
                Contender(
                    name="uv pip sync --offline",
                    command=uv_sync(venv, listed, offline=True),
                    cwd=self.root,
                    env=self.env,
                ),
            ],
            self.rounds,
        )
        count = listed.read_text().count("\n")
        self._judge(f"sync with nothing to do, {count} packages", taken, "uv pip sync --offline", 1.0)

    def _existing(self, project: Path, venv: Path, listed: Path) -> None:
        def another(number: int) -> Path:
            copy = self.root / f"{project.name}-copy-{number}"
            copy.mkdir()
            for name in ("requirements.txt", ".python-version", "parity.lock"):
                shutil.copy(project / name, copy)
            return copy

        taken = compare(
            [
                Contender(
                    name="parity sync (first in its folder)",
                    command=[PARITY, "sync"],
                    cwd=self.root,
                    env=self.env,
                    place=another,
                ),
                Contender(
                    name="uv pip sync --offline",
                    command=uv_sync(venv, listed, offline=True),
                    cwd=self.root,
                    env=self.env,
                ),
            ],
            self.rounds,
        )
        count = listed.read_text().count("\n")
        self._judge(f"sync to an environment that exists, {count} packages", taken, "uv pip sync --offline", 1.0)

    def _run_true(self, project: Path) -> None:
        rival = self.root / "uv-project"
        rival.mkdir()
        names = ", ".join(f'"{name}"' for name in TEN)
        (rival / "pyproject.toml").write_text(
            f'[project]\nname = "rival"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = [{names}]\n'
        )
        run([UV, "sync", "--quiet", "--python", sys.executable], cwd=rival, env=self.env)
        taken = compare(
            [
                Contender(name="parity run true", command=[PARITY, "run", "true"], cwd=project, env=self.env),
                Contender(name="uv run true", command=[UV, "run", "true"], cwd=rival, env=self.env),
            ],
            self.rounds * 2,
        )
        self._judge("run in a synced project", taken, "uv run true", 1.0)

    def _second_project(self, project: Path) -> None:
        store = Path(self.env["PARITY_HOME"])
        before = _blocks(store)
        copy = self.root / "second"
        copy.mkdir()
        for name in ("requirements.txt", ".python-version", "parity.lock"):
            shutil.copy(project / name, copy)
        run([PARITY, "sync"], cwd=copy, env=self.env)
        grown = _blocks(store) - before
        print(f"\na second project with the same lock\n  the store had {before} KiB and grew by {grown} KiB (records)")

    def _build(self, project: Path) -> None:
        """Build the environment anew, caches warm; with and without the first import of everything."""
        packages = (self.root / "uv-many.txt").read_text().count("\n")
        python = str(project / ".venv/bin/python")
        self.modules = run([python, "-c", _TOP_MODULES], cwd=self.root, env=self.env).split()
        flushes: list[float] = []
        alone: dict[str, list[float]] = {"parity sync": [], _UV_BUILD: []}
        imported: dict[str, list[float]] = {"parity sync + import": [], f"{_UV_BUILD} + import": []}
        for number in range(max(3, self.rounds // 4)):
            self._forget_environments(number)
            for builds, name in ((self._build_ours, "parity sync"), (self._build_theirs, _UV_BUILD)):
                built, flush, both = builds(project, number)
                alone[name].append(built - flush)
                imported[f"{name} + import"].append(both)
                flushes.append(flush)
        title = f"sync that builds {packages} packages, caches warm (flush apart: {max(flushes):.2f} s at most)"
        self._judge(title, alone, _UV_BUILD, 2.5)
        self._judge("the same and the first import of everything", imported, f"{_UV_BUILD} + import", 0.5)

    def _forget_environments(self, number: int) -> None:
        """Rename what was built: removing it would slow down the file system for what comes next."""
        for existing in (Path(self.env["PARITY_HOME"]) / "envs" / "v1").iterdir():
            existing.chmod(0o700)
            existing.rename(self.root / f"gone-{number}-{existing.name}")

    def _build_ours(self, project: Path, _number: int) -> tuple[float, float, float]:
        started = time.perf_counter()
        said = run([PARITY, "sync", "--offline", "--json"], cwd=project, env=self.env)
        built = time.perf_counter() - started
        run([str(project / ".venv/bin/python"), str(_IMPORTING), *self.modules], cwd=self.root, env=self.env)
        return built, json.loads(said)["data"]["seconds"]["flush"], time.perf_counter() - started

    def _build_theirs(self, project: Path, number: int) -> tuple[float, float, float]:
        venv = self.root / f"fresh-{number}"
        python = str((project / ".venv/bin/python").resolve())
        started = time.perf_counter()
        run([UV, "venv", "--quiet", "--python", python, str(venv)], cwd=self.root, env=self.env)
        run(uv_sync(venv, self.root / "uv-many.txt", offline=True), cwd=self.root, env=self.env)
        built = time.perf_counter() - started
        run([str(venv / "bin/python"), str(_IMPORTING), *self.modules], cwd=self.root, env=self.env)
        return built, 0.0, time.perf_counter() - started

    def _verify(self, project: Path) -> None:
        files = json.loads(run([PARITY, "verify", "--json"], cwd=project, env=self.env))["data"]["files"]
        environment = (project / ".venv").resolve()
        quick = min(self._seconds([PARITY, "verify"], project) for _ in range(5))
        per_50k = quick * 50_000 / files
        figure = judged(Figure(what="verify of 50,000 files, quick", value=per_50k, unit="s", budget=1))
        print(f"\nverify, quick, {files} files\n  {quick:.2f} s, {per_50k:.2f} s for 50,000 ({figure.verdict})")
        summing = f"find {environment} -type f -print0 | xargs -0 -n 64 -P $(nproc) sha256sum >/dev/null"
        taken = compare(
            [
                Contender(name="parity verify --deep", command=[PARITY, "verify", "--deep"], cwd=project, env=self.env),
                Contender(
                    name="sha256sum, a process a core", command=["/bin/sh", "-c", summing], cwd=project, env=self.env
                ),
            ],
            3,
        )
        self._judge("verify, deep (70 % of the speed is 1.43 × the time)", taken, "sha256sum, a process a core", 1.43)

    def _seconds(self, command: Sequence[str], cwd: Path) -> float:
        started = time.perf_counter()
        run(command, cwd=cwd, env=self.env)
        return time.perf_counter() - started

    def _judge(self, title: str, taken: dict[str, list[float]], rival: str, budget: float) -> None:
        report(title, taken, rival, budget)


def _blocks(folder: Path) -> int:
    said = subprocess.run(["du", "-sk", str(folder)], capture_output=True, check=True, text=True).stdout
    return int(said.split()[0])


if __name__ == "__main__":
    sys.exit(alone(Bench, __doc__))
