"""Making a project ready while another parity is at it."""

from pathlib import Path
from typing import Any, NoReturn

import pytest

from parity.core.lockfile.errors import LockfileMissing
from parity.core.ports import SilentReporter
from parity.engines.store.roots import Roots
from parity.workflows.lock import Wish
from parity.workflows.ready import make_ready


def test_whoever_waits_looks_at_what_is_there_afterwards(tmp_path: Path) -> None:
    """Or a sync of a named environment that waits for its update would take the update back."""
    roots, seen = Roots(str(tmp_path / "store")), list[str]()
    updating = roots.lock(str(tmp_path))

    class Meanwhile(SilentReporter):
        def phase(self, text: str) -> None:
            seen.append(text)
            updating.__exit__()

    def looks(*_: Any) -> NoReturn:
        seen.append("looked")
        raise LockfileMissing("", hint="")

    updating.__enter__()
    with pytest.raises(LockfileMissing):
        make_ready(roots, tmp_path, Wish(), looks, looks, mode="as-needed", reporter=Meanwhile())

    assert ["waiting for another parity in this project", "looked"] == seen
