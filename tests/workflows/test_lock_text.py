"""The text of a project's lock."""

from pathlib import Path

import pytest

from parity.core.lockfile.errors import LockfileDamaged
from parity.engines.system.files import read_text
from parity.workflows.lock_text import lock_text


def test_a_lock_that_is_no_text_is_damaged(tmp_path: Path) -> None:
    """A byte that UTF-8 has not is told with its line, not as a failure of parity's own."""
    (tmp_path / "parity.lock").write_bytes(b'version = 1\nroute = "ve\xa0v"\n')
    with pytest.raises(LockfileDamaged) as caught:
        lock_text(read_text, tmp_path)

    assert ["parity.lock:2: is not UTF-8 text"] == [f"{each.place}: {each.message}" for each in caught.value.faults]


def test_no_lock_is_no_text(tmp_path: Path) -> None:
    """None, and no error."""
    assert lock_text(read_text, tmp_path) is None
