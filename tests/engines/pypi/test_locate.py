"""Where the files of an index are."""

from pathlib import Path

import pytest

from parity.core.lockfile.model import LockedPython, LockedWheel
from parity.engines.pypi.indexes import IndexSettings
from parity.engines.pypi.locate import UvLocator
from parity.engines.pypi.uv import Uv
from parity.engines.system.process import Outcome

_ANSWER = """\
[[packages]]
name = "app"
wheels = [
    { url = "https://files.example/a.whl", hashes = { md5 = "0" } },
    { url = "https://files.example/b.whl" },
    { url = "https://files.example/c.whl", hashes = { sha256 = "c" } },
]
"""


def test_a_file_without_a_sha256_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index may tell other hashes, or none: its file is left out, and the others are found."""

    def answered(_: Uv, arguments: list[str], *, cwd: Path, extra: object) -> Outcome:
        del extra
        (cwd / arguments[-1]).write_text(_ANSWER, encoding="utf-8")
        return Outcome(status=0, stdout="", stderr="")

    monkeypatch.setattr(Uv, "call", answered)
    engine = UvLocator(
        uv=Uv(binary="uv", cache=tmp_path / "uv", environ={}),
        settings=IndexSettings(indexes=(), environ={}, root=tmp_path),
    )
    wheel = LockedWheel(name="app", version="1.0", targets=("linux-64",), file="app-1.0-py3-none-any.whl", sha256="c")
    python = LockedPython(implementation="cpython", version="3.12", request="3.12", source="found")

    assert {"c": "https://files.example/c.whl"} == engine.locate([wheel], python)
