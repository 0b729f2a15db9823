"""All benchmarks in one go, and one table: `script/bench` starts this.

Exits with 1 where a budget is missed or a benchmark does not come to its end. A whole run in which all did writes its
table into docs/explanation/speed.md; one with `--quick` only prints it.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import check, conda_route, light_route, negotiation, safety, shims
from benchmarks.measuring import LEDGER, in_a_folder_of_its_own, kept_all
from benchmarks.table import machine, table, with_table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "speed.md"


def benchmarks(*, quick: bool) -> dict[str, Callable[[], None]]:
    """Return what measures each subject; `quick`: in few rounds, and with less data where a budget allows it."""
    rounds, few = (3, 2) if quick else (20, 5)
    size = 300_000_000 if quick else 3_000_000_000
    files = 10_000 if quick else 50_000
    return {
        "switching": lambda: shims.measure(20 if quick else 200),
        "light route": lambda: in_a_folder_of_its_own(lambda root: light_route.Bench(root, rounds)),
        "conda route": lambda: in_a_folder_of_its_own(lambda root: conda_route.Bench(root, rounds)),
        "negotiation": lambda: negotiation.measure(3 if quick else 9),
        "safety": lambda: in_a_folder_of_its_own(lambda root: safety.Bench(root, few, files)),
        "check": lambda: in_a_folder_of_its_own(lambda root: check.Bench(root, few, size)),
    }


def main() -> int:
    """Run all and return the exit code."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, and the page stays as it is")
    quick = parser.parse_args().quick
    unfinished = []
    for name, measure in benchmarks(quick=quick).items():
        print(f"\n=== {name}", flush=True)
        started = time.monotonic()
        try:
            measure()
        except SystemExit as ended:  # what a benchmark starts has failed; the others can still be made
            print(f"{name} did not come to its end: {ended.code}", file=sys.stderr)
            unfinished.append(name)
        print(f"({time.monotonic() - started:.0f} s)", flush=True)
    measured = f"{machine(datetime.now(UTC).date())}\n{table(LEDGER)}"
    print(f"\n{measured}")
    if not quick and not unfinished:
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), measured), encoding="utf-8")
    return 0 if kept_all() and not unfinished else 1


if __name__ == "__main__":
    sys.exit(main())
