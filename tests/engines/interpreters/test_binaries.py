"""The first bytes of executables."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parity.engines.interpreters.binaries import Binary, read_binary
from tests.support.interpreters import fake_elf


@pytest.mark.parametrize(
    ("content", "binary"),
    [
        (fake_elf(), Binary(kind="elf", platform="linux-64", libc="glibc")),
        (
            fake_elf(machine=183, loader="/lib/ld-musl-aarch64.so.1"),
            Binary(kind="elf", platform="linux-aarch64", libc="musl"),
        ),
        (
            fake_elf(machine=3, bits=32, loader="/lib/ld-linux.so.2"),
            Binary(kind="elf", platform="linux-32", libc="glibc"),
        ),
        (fake_elf(machine=9999, loader=""), Binary(kind="elf")),
        (b"#!/bin/sh\n", Binary(kind="script")),
        (b"\xcf\xfa\xed\xfe\x07\x00\x00\x01", Binary(kind="macho", platform="osx-64")),
        (b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01", Binary(kind="macho", platform="osx-arm64")),
        (fake_elf()[:32] + b"\xff" * 8 + fake_elf()[40:], Binary(kind="elf", platform="linux-64")),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x02", Binary(kind="macho")),
        (b"", Binary(kind="other")),
        (b"\x7fELF", Binary(kind="other")),
    ],
)
def test_the_head_says_what_it_is(tmp_path: Path, content: bytes, binary: Binary) -> None:
    """Machine and C library of Linux, machine of macOS, scripts, and nothing invented for the rest."""
    path = tmp_path / "python"
    path.write_bytes(content)

    assert binary == read_binary(str(path))


def test_a_real_interpreter_names_its_machine() -> None:
    """The interpreter that runs this test was made for this machine."""
    assert read_binary(str(Path(sys.executable).resolve())).platform


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(0, 200))
def test_no_content_breaks_the_reader(tmp_path: Path, noise: bytes, place: int) -> None:
    """Damaged heads are unknown, never an exception."""
    path = tmp_path / "python"
    path.write_bytes(fake_elf()[:place] + noise)

    assert read_binary(str(path)).kind in {"elf", "macho", "script", "other"}
