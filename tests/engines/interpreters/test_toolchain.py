"""What building asks of a real compiler."""

import os
from pathlib import Path

import pytest

from parity.engines.interpreters.source_build.toolchain import has_header


@pytest.mark.parametrize(("header", "found"), [("sub/there.h", True), ("stdio.h", True), ("sub/absent.h", False)])
def test_a_header_is_found_without_what_it_includes(tmp_path: Path, header: str, *, found: bool) -> None:
    """As Tk's on Debian, which includes Tcl's from a folder that only the build itself looks into."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "there.h").write_text("#include <somewhere/else.h>\n")
    assert found == has_header(header, ["cc"], [f"-I{tmp_path}"], {"PATH": os.environ["PATH"]})
