"""What the conda benchmarks read and install: a channel of several thousand files, one of very many records."""

import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.conda.packages import PLACEHOLDER, Files, Package, module, write_channel

NOARCH, COMPILED = 30, 30
_MODULES, _FILES = 80, 60
_NAMES, _VERSIONS = 10_000, 10
_SEED = 20240101

#: what is asked of the large channel: its last names, which need much of what comes before them
ASKED = [f"synthetic-{number:05}" for number in (9_999, 9_500, 9_000, 7_777)]


def write_large_set(folder: Path, subdir: str) -> list[str]:
    """Write a channel of packages with several thousand files in all and return their names.

    Half are Python packages for every platform, half are for this one, with text and binary files that name their
    prefix.
    """
    packages = [*_python_packages(), *_platform_packages(subdir)]
    write_channel(folder, *packages)
    return [package.name for package in packages]


def write_synthetic_channel(folder: Path, subdir: str) -> int:
    """Write the repodata of a channel without packages, the same each time, and return how many records it has.

    Each package needs a few with a lower number, within the ranges that real ones have.
    """
    chance = random.Random(_SEED)  # noqa: S311 - wanted: the same each time
    records: dict[str, Any] = {}
    for number in range(_NAMES):
        below = [chance.randrange(number) for _ in range(min(number, chance.randrange(6)))]
        for version in range(_VERSIONS):
            records |= _record(number, version, sorted(set(below)), subdir)
    for name, content in ((subdir, records), ("noarch", {})):
        (folder / name).mkdir(parents=True)
        page = {"info": {"subdir": name}, "packages": {}, "packages.conda": content, "repodata_version": 1}
        (folder / name / "repodata.json").write_text(json.dumps(page), encoding="utf-8")
    return len(records)


def _python_packages() -> Iterator[Package]:
    code = "".join(f"def function_{number}(value):\n    return value * {number} + 1\n\n\n" for number in range(40))
    for number in range(NOARCH):
        name = f"pure{number}"
        files = module(name, "1.0") | {
            f"site-packages/{name}/part{at}.py": f"# {name} {at}\n{code}" for at in range(_MODULES)
        }
        yield Package(name, noarch="python", depends=["python"], files=files)


def _platform_packages(subdir: str) -> Iterator[Package]:
    chance = random.Random(_SEED)  # noqa: S311 - wanted: the same each time
    for number in range(COMPILED):
        name = f"native{number}"
        files: Files = {
            **{f"share/{name}/data{at}.bin": chance.randbytes(12_000) for at in range(_FILES)},
            f"lib/lib{name}.so": b"\x7fELF" + chance.randbytes(200_000) + PLACEHOLDER.encode() + b"\0" * 300,
            f"lib/pkgconfig/{name}.pc": f"prefix={PLACEHOLDER}\nlibdir={PLACEHOLDER}/lib\n",
        }
        yield Package(name, subdir=subdir, files=files)


def _record(number: int, version: int, below: list[int], subdir: str) -> dict[str, Any]:
    name = f"synthetic-{number:05}"
    file = f"{name}-{version}.0-h0_0.conda"
    # an older one goes with older ones, as in life
    ranges = [f"synthetic-{each:05} >={max(0, version - 4)}.0,<{version + 6}.0a0" for each in below]
    record = {
        "name": name,
        "version": f"{version}.0",
        "build": "h0_0",
        "build_number": 0,
        "depends": ranges,
        "subdir": subdir,
        "sha256": hashlib.sha256(file.encode()).hexdigest(),
        "size": 1000,
        "timestamp": 1_600_000_000_000 + version * 10_000_000_000,
    }
    return {file: record}


if __name__ == "__main__":
    print(write_synthetic_channel(Path(sys.argv[1]), sys.argv[2]))
