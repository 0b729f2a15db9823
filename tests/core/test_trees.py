"""The packages of a lock as a tree: order, repeats, depth, turned over, cycles."""

from parity.core.graph import Graph
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.translation.names import NameTable
from parity.core.trees import drawn, rows
from parity.workflows import wiring

NAMES = NameTable.from_text(*(wiring.data(name) for name in ("conda_names.tsv", "translation.toml")))
TARGET = "linux-64"


def wheel(name: str, *requires: str, requested: bool = False) -> LockedWheel:
    """Return a wheel of version 1."""
    return LockedWheel(
        name=name, version="1", targets=(TARGET,), path=f"./{name}", requires=requires, requested=requested
    )


def conda(name: str, *depends: str, requested: bool = False) -> LockedConda:
    """Return a conda package of version 1."""
    return LockedConda(
        name=name,
        version="1",
        build="0",
        channel="conda-forge",
        subdir=TARGET,
        file=f"{name}-1-0.conda",
        sha256=name,
        targets=(TARGET,),
        depends=depends,
        requested=requested,
    )


def graph(*packages: LockedWheel | LockedConda) -> Graph:
    """Return the graph of some packages."""
    lock = Lockfile(
        route="conda",
        manifests={},
        made_with={},
        targets=(
            LockedTarget(name=TARGET, python=LockedPython(implementation="", version="", request="", source="conda")),
        ),
        wheels=tuple(each for each in packages if isinstance(each, LockedWheel)),
        conda=tuple(each for each in packages if isinstance(each, LockedConda)),
    )
    return Graph.of(lock, TARGET, NAMES)


MIXED = graph(
    wheel("app", "numpy", "left", requested=True),
    wheel("left", "app"),
    conda("numpy", "python >=3.12", "blas", requested=True),
    conda("python", "zlib"),
    conda("blas", "zlib"),
    conda("zlib"),
    conda("alone"),
)


def test_both_kinds_are_one_tree() -> None:
    """A wheel stands over conda's packages; what was shown is marked, a cycle ends, and nothing is left out."""
    assert (
        "numpy 1",
        "├── blas 1",
        "│   └── zlib 1",
        "└── python 1 (`python >=3.12`)",
        "    └── zlib 1",
        "app 1 [pypi]",
        "├── numpy 1 (*)",
        "└── left 1 [pypi]",
        "    └── app 1 [pypi] (*)",
        "alone 1",
    ) == drawn(rows(MIXED))


def test_turned_over() -> None:
    """From what requires nothing up to what was asked for."""
    assert (
        "alone 1",
        "zlib 1",
        "├── blas 1",
        "│   └── numpy 1",
        "│       └── app 1 [pypi]",
        "│           └── left 1 [pypi]",
        "│               └── app 1 [pypi] (*)",
        "└── python 1",
        "    └── numpy 1 (`python >=3.12`) (*)",
    ) == drawn(rows(MIXED, inverted=True))


def test_a_depth_cuts_off_and_shows_more_where_there_is_room() -> None:
    """What was cut off at one line is shown at another that has room for it; else it is marked."""
    cut = graph(
        wheel("a", "b", requested=True), wheel("b", "c"), wheel("c", "d"), wheel("d"), wheel("x", "c", requested=True)
    )
    assert ("a 1", "└── b 1", "    └── c 1", "x 1", "└── c 1", "    └── d 1") == drawn(rows(cut, depth=2))
    assert ("a 1", "x 1") == drawn(rows(cut, depth=0))
    assert ("b 1", "└── c 1") == drawn(rows(cut, cut.named("b"), depth=1))


def test_a_long_chain_is_no_recursion() -> None:
    """Deeper than Python's own stack."""
    many = 3000
    chain = [wheel(f"p{index}", f"p{index + 1}", requested=not index) for index in range(many)]
    assert many - 1 == rows(graph(*chain))[-1].level
