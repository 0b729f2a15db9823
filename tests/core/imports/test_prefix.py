"""What an environment made by hand says of itself."""

import json

from parity.core.imports.prefix import Installed, Prefix, drift, read_environment

RECORD = {
    "name": "numpy",
    "url": "https://channels.example/conda-forge/linux-64/numpy-2.0-h0_0.conda",
    "subdir": "linux-64",
    "sha256": "a" * 64,
    "depends": ["python >=3.11"],
    "files": ["lib/numpy.py"],
    "paths_data": {
        "paths": [{"_path": "lib/numpy.py", "sha256": "b" * 64}, {"_path": "lib/x.pyc", "sha256": "c" * 64}]
    },
}


def prefix(history: str = "", **others: object) -> Prefix:
    """Return a conda prefix with one package."""
    records = {"conda-meta/numpy-2.0-h0_0.json": json.dumps({**RECORD, **others})}
    return Prefix(path="env", conda=records, history=history, state="", config="", distributions=())


def test_the_last_word_of_a_history_counts() -> None:
    """What was taken back is not asked for, in either way of quoting."""
    history = "# update specs: ['numpy=1', \"scipy\"]\n# update specs: [\"numpy >=2\"]\n# remove specs: ['scipy']\n"
    assert ("numpy >=2",) == read_environment(prefix(history)).conda


def test_a_package_from_nowhere_is_told() -> None:
    """Without an address nobody can fetch it again."""
    foreign = read_environment(prefix(url=""))
    assert ((), ["import-lost"]) == (foreign.packages, [each.code for each in foreign.findings])


def test_drift_is_told_a_line_a_package() -> None:
    """A file that is gone and one that has changed; bytecode does not count."""
    found = drift(prefix(), {"lib/numpy.py": "d" * 64})
    assert [("import-drift", "numpy")] == [(each.code, each.subject) for each in found]
    assert "`lib/numpy.py` (gone)" in drift(prefix(), {})[0].message
    assert [] == drift(prefix(), {"lib/numpy.py": "b" * 64})


def test_a_repository_keeps_its_commit() -> None:
    """As `direct_url.json` says it (PEP 610)."""
    url = {"url": "https://git.example/lib.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    lib = Installed(folder="s/lib.dist-info", metadata="Name: lib\nVersion: 1\n", record="", direct_url=json.dumps(url))
    made = Prefix(path="env", conda={}, history="", state="", config="version = 3.12.1\n", distributions=(lib,))
    foreign = read_environment(made)
    assert ("lib @ git+https://git.example/lib.git@abc", "==3.12.*") == (foreign.packages[0].direct, foreign.python)
