"""A package's own script, run as conda runs it."""

import os
from pathlib import Path

import pytest

from parity.core.conda.errors import LinkScriptFailed
from parity.core.lockfile.model import LockedConda
from parity.engines.conda.link_scripts import run_link_script

PACKAGE = LockedConda(
    name="a",
    version="1.0",
    build="h0_7",
    build_number=7,
    channel="forge",
    subdir="linux-64",
    file="a-1.0-h0_7.conda",
    sha256="0" * 64,
    targets=("linux-64",),
)


def run(prefix: Path, text: str) -> str:
    (prefix / "bin").mkdir()
    (prefix / "bin" / ".a-post-link.sh").write_text(text, encoding="utf-8")
    return run_link_script(str(prefix), PACKAGE, "bin/.a-post-link.sh", {"PATH": os.environ["PATH"]})


def test_a_script_knows_what_it_is_about(tmp_path: Path) -> None:
    """The prefix and the package, by the variables that conda sets; the prefix's programs come first."""
    said = 'echo "$PREFIX $PKG_NAME $PKG_VERSION $PKG_BUILDNUM ${PATH%%:*}" > "$PREFIX/said"'
    assert "" == run(tmp_path, said)
    assert f"{tmp_path} a 1.0 7 {tmp_path}/bin\n" == (tmp_path / "said").read_text(encoding="utf-8")


def test_what_it_has_to_say_is_returned(tmp_path: Path) -> None:
    """In one line, and the file that it said it in is no part of the environment."""
    assert "read this" == run(tmp_path, 'printf "read\\n  this\\n" >> "$PREFIX/.messages.txt"')
    assert not (tmp_path / ".messages.txt").exists()


def test_a_script_that_fails_fails_the_sync(tmp_path: Path) -> None:
    """With its own last words."""
    with pytest.raises(LinkScriptFailed, match="the link script of `a` failed: went wrong"):
        run(tmp_path, "echo went wrong >&2; exit 4")
