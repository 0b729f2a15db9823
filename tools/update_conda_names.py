"""Refresh src/parity/data/conda_names.tsv: conda-forge's names of Python projects and PyPI's.

The facts come out of the map that the distribution `conda-pypi` ships. Needs pip, and the index it is set up with.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SOURCE = "conda-pypi"
MAP = "conda_pypi/grayskull_pypi_mapping.json"
TARGET = Path(__file__).resolve().parents[1] / "src" / "parity" / "data" / "conda_names.tsv"

# A digest instead of a name: the map's robot read an address wrongly.
_DIGEST = re.compile(r"[0-9a-f]{32,}")


def main() -> None:
    """Download the distribution, or take the wheel given, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", nargs="?", type=Path, help=f"a wheel of {SOURCE} instead of the newest one")
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = options.wheel or download(Path(folder))
        text = table(wheel)
    options.output.write_text(text, encoding="utf-8", newline="\n")
    print(f"{options.output}: {len(text.splitlines())} lines, {len(text)} bytes")


def download(folder: Path) -> Path:
    """Fetch the newest wheel into a folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), SOURCE], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def table(wheel: Path) -> str:
    """Return the table's text: a header that says where it is from, then sorted lines."""
    with zipfile.ZipFile(wheel) as archive:
        entries = json.loads(archive.read(MAP)).values()
    version = wheel.name.split("-")[1]
    header = [
        "# conda's name of a Python project, and PyPI's behind a tab where it is another.",
        f"# Made by tools/update_conda_names.py from {SOURCE} {version}, {wheel.name},",
        f"# sha256 {hashlib.sha256(wheel.read_bytes()).hexdigest()}. Exceptions: translation.toml.",
    ]
    return "\n".join([*header, *lines(entries)]) + "\n"


def lines(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return one line a conda name; of several projects for one name, the one called like it, else none."""
    projects: dict[str, set[str]] = {}
    for entry in entries:
        project = str(entry["pypi_name"])
        if not _DIGEST.fullmatch(project):
            projects.setdefault(str(entry["conda_name"]), set()).add(project)
    found = []
    for name, candidates in sorted(projects.items()):
        same = [project for project in candidates if project == normalised(name)]
        if same:
            found.append(name)
        elif len(candidates) == 1:
            found.append(f"{name}\t{candidates.pop()}")
    return found


def normalised(name: str) -> str:
    """Return a name as PyPI compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
