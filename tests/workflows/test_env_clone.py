"""Giving an environment another name while another parity works in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from parity.core.errors import EnvironmentUnknown
from parity.core.ports import SilentReporter
from parity.engines.store.roots import Roots
from parity.workflows.env_clone import rename
from parity.workflows.env_create import Tools


class Meanwhile(SilentReporter):
    """Does something at the moment in which its parity begins to wait."""

    def __init__(self, do: Callable[[], None]) -> None:
        self._do = do

    def phase(self, text: str) -> None:
        """Do it."""
        assert text.startswith("waiting for another parity in this ")
        self._do()


def nothing(*_: Any) -> NoReturn:
    """Stand for what renaming has no need of."""
    raise AssertionError


def renamed(roots: Roots, meanwhile: Callable[[], object]) -> Path:
    """Rename `old` to `new`; first do something, when the one that renames waits for the one that syncs."""
    old = roots.named.root_of("old")
    roots.named.note(old, roots.named.copied(old, ["a.txt"], {"a.txt": "app\n"}, ""))
    roots.switch(old, "key", b"lock", "sync")
    syncing = roots.lock(old)

    def do() -> None:
        meanwhile()
        syncing.__exit__()

    tools = Tools(roots=roots, read=nothing, write=nothing, lock_tools=nothing, sync_tools=nothing,
                  reporter=Meanwhile(do))  # fmt: skip
    syncing.__enter__()
    return rename(tools, Path(old), "new")


def test_a_sync_under_way_is_waited_for(tmp_path: Path) -> None:
    """What it does is done in a folder that is there, and comes along."""
    roots = Roots(str(tmp_path))
    old = roots.named.root_of("old")
    new = renamed(roots, lambda: roots.switch(old, "other", b"lock", "sync"))
    assert roots.environment("other") == roots.linked(str(new))
    assert ["key", "other"] == [row[1] for row in roots.generations(str(new))]
    assert [] == roots.generations(old)


def test_one_that_goes_meanwhile_is_said(tmp_path: Path) -> None:
    """Removed by another parity: an error, and nothing of the new name."""
    roots = Roots(str(tmp_path))
    with pytest.raises(EnvironmentUnknown, match="`old` is no environment any more"):
        renamed(roots, lambda: roots.forget(roots.named.root_of("old")))
    assert [] == [each for each in (tmp_path / "roots" / "v1").iterdir() if each.is_file()]
    assert not (tmp_path / "names").exists()
