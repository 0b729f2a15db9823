"""Folders that are lent for a while."""

import subprocess
import sys
from pathlib import Path

from parity.engines.system.scratch import scratch_folder


def test_it_is_there_for_a_while(tmp_path: Path) -> None:
    """Nobody else can read it, and it goes with what is in it."""
    with scratch_folder(str(tmp_path / "here")) as lent:
        (Path(lent) / "file").write_text("x", encoding="utf-8")
        assert 0o700 == Path(lent).stat().st_mode & 0o777
    assert [] == list((tmp_path / "here").iterdir())


def test_what_the_dead_left_goes(tmp_path: Path) -> None:
    """A folder whose process was killed is removed by the next one, which leaves those of the living alone."""
    code = (
        "import os\nfrom parity.engines.system.scratch import scratch_folder\n"
        f"with scratch_folder({str(tmp_path)!r}) as lent:\n    os.kill(os.getpid(), 9)\n"
    )
    assert -9 == subprocess.run([sys.executable, "-c", code], check=False).returncode
    assert 1 == len(list(tmp_path.iterdir()))
    with scratch_folder(str(tmp_path)) as first, scratch_folder(str(tmp_path)) as second:
        assert {first, second} == {str(path) for path in tmp_path.iterdir()}
    assert [] == list(tmp_path.iterdir())
