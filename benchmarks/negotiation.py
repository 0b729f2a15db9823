"""Locking where conda and PyPI must agree: what it costs over asking each of them once.

    python -m benchmarks.negotiation [--rounds N]

A channel of a hundred packages in three versions each, and an index on this machine. Three cases: both sides agree at
once; two levels of conda packages have to move; the same with nothing cached, of which the requests are counted.
Prints what it compares with; exits with 1 where a budget is missed.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.measuring import Figure, judged, kept_all
from parity.core.lockfile.model import LockedWheel
from parity.core.lockfile.satisfies import Choice
from parity.core.ports import SilentReporter
from parity.core.resolution import Question
from parity.engines.pypi.resolve import UvResolver
from parity.workflows import wiring
from parity.workflows.load import load
from parity.workflows.lock import Tools
from parity.workflows.lock_conda import solve_conda
from parity.workflows.lock_order import Order
from tests.support.conda.packages import Package, write_channel
from tests.support.index import Index, serve_index
from tests.support.wheels import make_wheel

_PACKAGES = 100
_VERSIONS = ("1.0", "2.0", "3.0")
_AGREED, _CONFLICT = 1.1, 3.0


def main() -> int:
    """Measure and return whether every budget was kept, as an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    measure(parser.parse_args().rounds)
    return 0 if kept_all() else 1


def measure(rounds: int) -> None:
    """Make all comparisons, and judge them."""
    with tempfile.TemporaryDirectory() as name, serve_index(Path(name) / "wheels") as index:
        bench = Bench(Path(name), index)
        bench.furnish()
        cold = bench.requests(bench.lock, "conflict")
        bench.compare("both sides agree at once", "agreed", rounds, _AGREED)
        bench.compare("two levels of conda packages move", "conflict", rounds, _CONFLICT)
    print(f"\nrequests with nothing cached, those of uv included: {cold}")


class Bench:
    """The two projects, `agreed` and `conflict`, in a world of their own."""

    def __init__(self, root: Path, index: Index) -> None:
        self.root = root
        self.index = index
        self.environ = {
            "HOME": str(root / "home"),
            "PATH": os.environ["PATH"],
            "PARITY_HOME": str(root / "parity"),
            "UV_DEFAULT_INDEX": index.url,
            "UV_NO_CONFIG": "1",
        }

    def furnish(self) -> None:
        """Make the channel, the wheels and the projects."""
        write_channel(self.root / "channel", *packages())
        for number in range(30):
            needs = [f"wheel{number + 1}>=1"] if number < 29 else []
            make_wheel(self.index.folder, f"wheel{number}", "1.0", requires=[*needs, f"package{number}>=2"])
        # asks, two wheels deep, for an older package under a tower of others
        make_wheel(self.index.folder, "deep", "1.0", requires=["deeper"])
        for version, bound in (("2.0", "package98<2"), ("1.0", "package98<3")):
            make_wheel(self.index.folder, "deeper", version, requires=[bound])
        for project, asked in (("agreed", "wheel0"), ("conflict", "wheel0, deep")):
            folder = self.root / project
            folder.mkdir()
            lines = "".join(f"- package{number}\n" for number in range(0, _PACKAGES, 5))
            text = (
                f"channels: ['{(self.root / 'channel').as_uri()}']\ndependencies:\n- python\n{lines}- pip: [{asked}]\n"
            )
            (folder / "environment.yml").write_text(text, encoding="utf-8")

    def lock(self, project: str) -> None:
        """Lock one project, in this process."""
        solve_conda(*self._order(project))

    def each_once(self, _project: str) -> None:
        """Ask conda once and uv once about the project in which they agree, and check nothing."""
        order, tools = self._order("agreed")
        uv = wiring.uv(self.environ, offline=False)
        resolver = _Unchecked(uv=uv, root=self.root / "agreed")
        solve_conda(order, replace(tools, resolver=lambda: resolver))

    def requests(self, work: Callable[[str], None], project: str) -> int:
        """Return how many requests the index gets."""
        before = len(self.index.requests)
        work(project)
        return len(self.index.requests) - before

    def compare(self, title: str, project: str, rounds: int, budget: float) -> None:
        """Time a project against asking each side once, by turns, and judge the ratio."""
        self.lock("agreed")
        self.lock(project)
        pairs = [(_seconds(self.each_once, project), _seconds(self.lock, project)) for _ in range(rounds)]
        ratio = median(ours / theirs for theirs, ours in pairs)
        print(f"\n{title}")
        for name, column in (("conda solve + uv compile, once", 0), ("parity's lock", 1)):
            print(f"  {name:<32} min {min(pair[column] for pair in pairs) * 1000:8.1f} ms")
        beside = "conda solve + uv compile"
        figure = judged(Figure(what=f"lock, {title}", value=ratio, unit="×", budget=budget, beside=beside))
        print(f"  {ratio:.2f} × ({figure.verdict})")

    def _order(self, project: str) -> tuple[Order, Tools]:
        root = self.root / project
        tools = wiring.lock_tools(self.environ, root, offline=False, reporter=SilentReporter())
        spec = load(root, read=tools.read, platform="linux-64").spec
        target = tools.targets.named("linux-64")
        choice = Choice(route="conda", targets=("linux-64",))
        # looking for interpreters takes longer than both sides together, and is no part of either
        order = Order(
            specs=((target, spec),),
            choice=choice,
            old=None,
            upgrade=(),
            builds=tools.builds(spec.settings.accelerators),
        )
        return order, replace(tools, found=lambda: ())


class _Unchecked(UvResolver):
    """uv alone: its answer is not looked at."""

    def resolve(self, question: Question) -> tuple[LockedWheel, ...]:
        return tuple(wheel for wheel, _ in self._resolved(question))


def packages() -> list[Package]:
    """Return a Python and a hundred packages, each needing the two after it in a version near its own."""
    found = [Package("python", "3.12.4", "h0_0_cpython", subdir="linux-64")]
    for number in range(_PACKAGES):
        for version in _VERSIONS:
            near = f">={int(version[0]) - 1 or 1},<{int(version[0]) + 1}"
            needs = [f"package{after} {near}" for after in (number + 1, number + 2) if after < _PACKAGES]
            depends = ["python >=3.9", *needs]
            found.append(Package(f"package{number}", version, noarch="python", depends=depends))
    return found


def _seconds(work: Callable[[str], None], project: str) -> float:
    started = time.perf_counter()
    work(project)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
