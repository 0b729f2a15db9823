"""What an environment says of itself, completed."""

import json
from pathlib import Path

from parity.core.lockfile.model import LockedConda
from parity.engines.conda.meta import settle

PYTHON = LockedConda(
    name="python",
    version="3.12.1",
    build="0",
    channel="forge",
    subdir="linux-64",
    file="python-3.12.1-0.conda",
    sha256="0" * 64,
    targets=("linux-64",),
)
MANAGED = "lib/python3.12/EXTERNALLY-MANAGED"


def test_a_packages_own_advice_is_replaced_and_not_written_to(tmp_path: Path) -> None:
    """It may be a hard link into the cache; the one that stands there is parity's, and no package's."""
    prefix, cached = tmp_path / "prefix", tmp_path / "cached"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    cached.write_text("[externally-managed]\n", encoding="utf-8")
    (prefix / MANAGED).hardlink_to(cached)
    record = {"paths_data": {"paths": [{"_path": MANAGED}, {"_path": "bin/python"}]}}
    (prefix / "conda-meta" / "python-3.12.1-0.json").write_text(json.dumps(record), encoding="utf-8")
    (placed,) = settle(
        str(prefix),
        [PYTHON],
        site="lib/python3.12/site-packages",
        variables={"A": "1"},
        address_of=lambda package: f"https://host/{package.file}",
    )
    assert "[externally-managed]\n" == cached.read_text(encoding="utf-8")
    assert "parity sync" in (prefix / MANAGED).read_text(encoding="utf-8")
    assert ["bin/python"] == [file.path for file in placed.files]
    assert {"A": "1"} == json.loads((prefix / "conda-meta" / "state").read_text(encoding="utf-8"))["env_vars"]


def test_without_python_there_is_nothing_to_manage(tmp_path: Path) -> None:
    """An environment of tools alone has no standard library to put advice into."""
    (tmp_path / "conda-meta").mkdir()
    settle(str(tmp_path), [], site="", variables={}, address_of=lambda _: "")
    assert ["frozen", "history", "state"] == sorted(path.name for path in (tmp_path / "conda-meta").iterdir())
    assert ["conda-meta"] == [path.name for path in tmp_path.iterdir()]
