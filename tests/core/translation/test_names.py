"""The tables of names, as they are packaged."""

import re
import tomllib
from pathlib import Path

import pytest

import parity
from parity.core.translation.names import EXCEPTIONS_FILE, NAMES_FILE, Meaning, NameTable, conda_name

DATA = Path(parity.__file__).parent / "data"
NAMES = (DATA / NAMES_FILE).read_text(encoding="utf-8")
EXCEPTIONS = (DATA / EXCEPTIONS_FILE).read_text(encoding="utf-8")
TABLE = NameTable.from_text(NAMES, EXCEPTIONS)


@pytest.mark.parametrize(
    ("name", "project"),
    [
        ("numpy", "numpy"),
        ("pandas", "pandas"),
        ("pytorch", "torch"),
        ("matplotlib-base", "matplotlib"),
        ("dask-core", "dask"),
        ("msgpack-python", "msgpack"),
        ("pytables", "tables"),
        ("python-build", "build"),
        ("cmake", "cmake"),
        ("opencv", "opencv-python"),
        ("ray-tune", "ray[tune]"),
        ("cuda-python", "cuda-python"),
        ("libcst", "libcst"),
    ],
)
def test_project_is_known(name: str, project: str) -> None:
    """Python projects have their name on PyPI, whichever table says it."""
    assert Meaning(kind="project", project=project) == TABLE.find(name)


@pytest.mark.parametrize(
    "name",
    [
        "cxx-compiler",
        "gdb",
        "libcurl",
        "r-base",
        "cuda-nvcc",
        "graphviz",
        "gcc_linux-64",
        "ffmpeg",
        "__cuda",
        "xz-static",
    ],
)
def test_what_is_not_pythons_is_outside(name: str) -> None:
    """Compilers, libraries and programs are not taken for the PyPI projects that share their name."""
    assert "outside" == TABLE.find(name).kind


@pytest.mark.parametrize(
    ("project", "name"), [("torch", "pytorch"), ("numpy", "numpy"), ("opencv-python", "opencv"), ("odd-one", "")]
)
def test_a_project_has_a_name_in_channels(project: str, name: str) -> None:
    """The way back: the project's own name where channels have it, else the shortest; nothing where nobody knows."""
    assert name == conda_name(TABLE, project)


def test_channel_of_programs_makes_an_unknown_name_outside() -> None:
    """What comes from bioconda is rarely Python's, and its names are often taken on PyPI."""
    assert "unknown" == TABLE.find("taxpasta").kind
    assert "outside" == TABLE.find("taxpasta", "bioconda").kind
    assert "outside" == TABLE.find("taxpasta", "https://example.org/bioconda").kind
    assert "project" == TABLE.find("numpy", "bioconda").kind


def test_digest_follows_meaning() -> None:
    """A comment does not outdate a lock; another name does."""
    assert TABLE.digest == NameTable.from_text(f"# more\n{NAMES}", f"# more\n{EXCEPTIONS}").digest
    assert TABLE.digest != NameTable.from_text(f"{NAMES}newcomer\n", EXCEPTIONS).digest
    assert TABLE.digest != NameTable.from_text(NAMES, EXCEPTIONS.replace('"nomkl"', '"nomkll"')).digest


def test_derived_table_is_sorted_small_and_says_where_from() -> None:
    """A refresh shows as a readable difference."""
    header = [line for line in NAMES.splitlines() if line.startswith("#")]
    lines = [line for line in NAMES.splitlines() if not line.startswith("#")]

    assert sorted(lines) == lines
    assert len(NAMES) < 400_000
    assert re.search(r"sha256 [0-9a-f]{64}", " ".join(header))


def test_exceptions_do_not_contradict_themselves() -> None:
    """A name stands in one part of the hand-written table, and not where the derived one says the same."""
    written = tomllib.loads(EXCEPTIONS)
    parts = [
        written["same"],
        written["steering"],
        written["names"],
        written["by-major"],
        written["by-cuda"],
        written["accelerators"],
        written["outside"]["names"],
    ]
    names = [name for part in parts for name in part]

    assert [] == sorted({name for name in names if names.count(name) > 1})
    assert [] == [name for name in written["same"] if TABLE.derived.get(name) == name]
    assert [] == [name for name, project in written["names"].items() if TABLE.derived.get(name) == project]
