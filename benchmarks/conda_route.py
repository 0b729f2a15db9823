"""The conda route beside its engine, rattler, and beside the light route.

Sync that builds, sync to what is there, run in an activated environment, solving on a channel of 100,000 records.

    python -m benchmarks.conda_route [--rounds N]

Prints what it compares with; exits with 1 where a budget is missed.
"""

import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rattler.platform import Platform
from rattler.shell import ActivationVariables, PathModificationBehavior, Shell, activate

from benchmarks.conda_sets import ASKED, write_large_set, write_synthetic_channel
from benchmarks.measuring import (
    PARITY,
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
from tests.support.conda.channel import Channels, build_channel
from tests.support.conda.reference import rattler_alone

_CACHE = Path(__file__).resolve().parents[1] / ".cache"
_SYNC, _PROCESS = "parity sync", "a process that installs with rattler"
_INSTALL = "rattler.install in that process"
_RUN_BUDGET = 10  # milliseconds over the light route


class Bench:
    """One run of all comparisons, in a folder of its own."""

    def __init__(self, root: Path, rounds: int) -> None:
        self.root = root
        self.rounds = rounds
        self.env = environment(root)
        self.channels: Channels = build_channel(_CACHE)
        self.large = root / "large"

    def all(self) -> None:
        names = write_large_set(self.large, self.channels.subdir)
        project = self._project("many", names)
        run([PARITY, "sync"], cwd=project, env=self.env)
        self._build(project, names)
        light = write_requirements(self.root / "light", [])
        (light / "requirements.txt").write_text("packaging\n")
        run([PARITY, "sync"], cwd=light, env=self.env)
        self._existing(project, light)
        self._run_true(light)
        self._solve()

    def _project(self, name: str, dependencies: Sequence[str]) -> Path:
        folder = self.root / name
        folder.mkdir()
        channels = "".join(f"  - {each.as_uri()}\n" for each in (self.channels.forge, self.large))
        asked = "".join(f"  - {each}\n" for each in ("python", *dependencies))
        (folder / "environment.yml").write_text(f"channels:\n{channels}dependencies:\n{asked}")
        return folder

    def _build(self, project: Path, names: Sequence[str]) -> None:
        """Build the environment anew, caches warm, beside rattler with the same records."""
        channels = [each.as_uri() for each in (self.channels.forge, self.large)]
        scratch = self.root / "rattler"
        rattler_alone(channels, ["python", *names], scratch, prefix=self.root / "warm")
        taken: dict[str, list[float]] = {_SYNC: [], _PROCESS: [], _INSTALL: []}
        flushes: list[float] = []
        for number in range(max(5, self.rounds // 4)):
            self._forget_environments(number)
            started = time.perf_counter()
            said = run([PARITY, "sync", "--offline", "--json"], cwd=project, env=self.env)
            whole = time.perf_counter() - started
            flushes.append(json.loads(said)["data"]["seconds"]["flush"])
            started = time.perf_counter()
            alone = rattler_alone(channels, ["python", *names], scratch, prefix=self.root / f"alone-{number}")
            taken[_SYNC].append(whole - flushes[-1])
            taken[_PROCESS].append(time.perf_counter() - started - alone.solve_seconds)
            taken[_INSTALL].append(alone.install_seconds)
        files = json.loads(run([PARITY, "verify", "--json"], cwd=project, env=self.env))["data"]["files"]
        title = f"sync that builds {files} files, caches warm (flush apart: {max(flushes):.2f} s at most)"
        inside = taken.pop(_INSTALL)
        self._judge(title, taken, _PROCESS, 2.5)
        ratio = median(ours / theirs for ours, theirs in zip(taken[_SYNC], inside, strict=True))
        print(f"  {_INSTALL:<44} min {min(inside) * 1000:8.1f} ms   {ratio:.2f} × of it (no budget)")

    def _forget_environments(self, number: int) -> None:
        """Rename what was built: removing it would slow down the file system for what comes next."""
        for existing in (Path(self.env["PARITY_HOME"]) / "envs" / "v1").iterdir():
            existing.chmod(0o700)
            existing.rename(self.root / f"gone-{number}-{existing.name}")

    def _existing(self, project: Path, light: Path) -> None:
        def another(number: int) -> Path:
            copy = self.root / f"copy-{number}"
            copy.mkdir()
            for name in ("environment.yml", "parity.lock"):
                shutil.copy(project / name, copy)
            return copy

        venv, listed = self.root / "uv", self.root / "uv.txt"
        listed.write_text(pinned(light / "parity.lock"))
        uv_environment(venv, listed, python=light / ".venv/bin/python", cwd=self.root, env=self.env)
        rival = Contender(
            name="uv pip sync --offline, one package",
            command=uv_sync(venv, listed, offline=True),
            cwd=self.root,
            env=self.env,
        )
        first = Contender(
            name="parity sync (first in its folder)",
            command=[PARITY, "sync"],
            cwd=self.root,
            env=self.env,
            place=another,
        )
        again = Contender(name="parity sync", command=[PARITY, "sync"], cwd=project, env=self.env)
        for title, ours in (("to an environment that exists", first), ("with nothing to do", again)):
            self._judge(f"sync {title}", compare([ours, rival], self.rounds), rival.name, 1.0)

    def _run_true(self, light: Path) -> None:
        """Run in an environment whose packages bring scripts for activation, beside a plain one and beside a shell."""
        activated = self._project("activated", ["activate-static", "activate-caller", "env-vars"])
        run([PARITY, "sync"], cwd=activated, env=self.env)
        script = self.root / "activate.sh"
        variables = ActivationVariables(None, sys.path[:0], PathModificationBehavior.Replace)
        prefix = (activated / ".venv").resolve()
        script.write_text(activate(prefix, variables, Shell.bash, Platform.current()).script)
        conda, plain, shell = "parity run true, conda", "parity run true, light", "a shell that sources the activation"
        taken = compare(
            [
                Contender(name=conda, command=[PARITY, "run", "true"], cwd=activated, env=self.env),
                Contender(name=plain, command=[PARITY, "run", "true"], cwd=light, env=self.env),
                Contender(
                    name=shell,
                    command=["bash", "-c", '. "$0" && exec true', str(script)],
                    cwd=activated,
                    env=self.env,
                ),
            ],
            self.rounds * 2,
        )
        print("\nrun in an environment with activation scripts (`conda run` starts conda besides such a shell)")
        for name, times in taken.items():
            print(f"  {name:<44} min {min(times) * 1000:8.1f} ms   median {median(times) * 1000:8.1f} ms")
        over = median(ours - theirs for ours, theirs in zip(taken[conda], taken[plain], strict=True))
        ratio = median(ours / theirs for ours, theirs in zip(taken[conda], taken[shell], strict=True))
        what = "run in an activated conda environment, over the light route"
        figure = judged(Figure(what=what, value=over * 1000, unit="ms", budget=_RUN_BUDGET))
        print(f"  {over * 1000:.1f} ms over the light route ({figure.verdict}), {ratio:.2f} × the shell")

    def _solve(self) -> None:
        channel = self.root / "synthetic"
        count = write_synthetic_channel(channel, self.channels.subdir)
        taken: dict[str, list[float]] = {"parity's solver": [], "rattler alone": []}
        for _ in range(max(5, self.rounds // 4)):
            command = [sys.executable, "-m", "benchmarks.ask_solver", channel.as_uri(), str(self.root / "repodata")]
            ours = json.loads(run([*command, self.channels.subdir, *ASKED], cwd=_CACHE.parent, env=self.env))
            theirs = rattler_alone([channel.as_uri()], ASKED, self.root / "rattler-solve")
            if ours["packages"] != list(theirs.packages):
                sys.exit("parity's solver and rattler have different answers")
            taken["parity's solver"].append(ours["seconds"])
            taken["rattler alone"].append(theirs.solve_seconds)
        title = f"solving on a channel of {count} records, {len(theirs.packages)} packages"
        self._judge(title, taken, "rattler alone", 1.2)

    def _judge(self, title: str, taken: dict[str, list[float]], rival: str, budget: float) -> None:
        report(title, taken, rival, budget)


if __name__ == "__main__":
    sys.exit(alone(Bench, __doc__))
