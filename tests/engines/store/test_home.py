"""Where the store is, and whether it may be trusted."""

import os
import sys
from pathlib import Path

import pytest

from parity.engines.store.home import cache_folder, distrust, home_folder, make_folders


def test_the_user_decides_where_the_store_is() -> None:
    """`PARITY_HOME` holds both, `PARITY_CACHE_DIR` moves the caches away from it."""
    assert "/s" == home_folder({"PARITY_HOME": "/s", "HOME": "/h", "XDG_DATA_HOME": "/x"})
    assert "/s/cache" == cache_folder({"PARITY_HOME": "/s", "HOME": "/h", "XDG_CACHE_HOME": "/x"})
    assert "/c" == cache_folder({"PARITY_HOME": "/s", "PARITY_CACHE_DIR": "/c"})
    assert str(Path.cwd() / "s") == home_folder({"PARITY_HOME": "s"})


def test_a_tilde_that_no_shell_has_taken_means_home() -> None:
    """As between quotes, in a unit of systemd or a file of variables."""
    assert ("/h/s", "/h/s/cache") == (
        home_folder({"PARITY_HOME": "~/s", "HOME": "/h"}),
        cache_folder({"PARITY_HOME": "~/s", "HOME": "/h"}),
    )
    assert ("/h", "/h/c") == (
        home_folder({"PARITY_HOME": "~", "HOME": "/h"}),
        cache_folder({"PARITY_CACHE_DIR": "~/c", "HOME": "/h"}),
    )
    assert str(Path.cwd() / "~s") == home_folder({"PARITY_HOME": "~s", "HOME": "/h"})


@pytest.mark.skipif(sys.platform == "darwin", reason="needs a platform with XDG folders")
def test_else_the_platform_does() -> None:
    """The XDG base directory specification: empty counts as unset, and so does a path that is not absolute."""
    assert "/x/parity" == home_folder({"HOME": "/h", "XDG_DATA_HOME": "/x"})
    assert "/x/parity" == cache_folder({"HOME": "/h", "XDG_CACHE_HOME": "/x"})
    for value in ("", "relative", "./x"):
        assert "/h/.local/share/parity" == home_folder({"HOME": "/h", "XDG_DATA_HOME": value})
        assert "/h/.cache/parity" == cache_folder({"HOME": "/h", "XDG_CACHE_HOME": value})


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o077])
def test_a_store_that_parity_made_is_one_that_it_trusts(tmp_path: Path, mask: int) -> None:
    """Also where the umask lets a group write, as some distributions have it."""
    environ = {"PARITY_HOME": str(tmp_path / "deep" / "store")}
    before = os.umask(mask)
    try:
        make_folders(environ)
        make_folders(environ)
    finally:
        os.umask(before)
    assert "" == distrust(home_folder(environ))
    assert 0o700 == (tmp_path / "deep" / "store" / "cache").stat().st_mode & 0o777


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_store_that_others_may_write_to_is_not_trusted(tmp_path: Path, mode: int) -> None:
    """Whoever writes there decides what the user runs."""
    tmp_path.chmod(mode)
    assert "others may write to it" == distrust(str(tmp_path))
    tmp_path.chmod(0o755)
    assert "" == distrust(str(tmp_path))


def test_another_users_store_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by root, who may read it."""
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert distrust(str(tmp_path)).startswith("it belongs to user")


def test_a_store_that_is_not_there_yet_is_trusted(tmp_path: Path) -> None:
    """It will be made by parity."""
    assert "" == distrust(str(tmp_path / "none"))
