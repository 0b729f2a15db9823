"""A Python for a root whose C library is musl: upstream's sources, built here with musl's wrapper of the compiler."""

import os
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.sources import VERSION

#: Where a mirror of Debian's has the sources of what Python needs to unpack wheels and to load libraries.
SOURCES = ("pool/main/z/zlib/zlib_1.2.11.dfsg.orig.tar.gz", "pool/main/libf/libffi/libffi_3.3.orig.tar.gz")
PYTHON = VERSION.rpartition(".")[0]
#: `musl-gcc` answers as the compiler that it wraps, and Python compares the answer with what it finds out itself.
_COMPILER = """#!/bin/sh
case " $* " in
    *" --print-multiarch "*) echo x86_64-linux-musl ;;
    *) exec musl-gcc "$@" ;;
esac
"""


def build(archive: Path, libraries: Sequence[Path], folder: Path, root: Path) -> None:
    """Build Python from upstream's archive and its libraries in a folder, and install it into a root's `/usr`.

    Takes two minutes of one core. Raises CalledProcessError.
    """
    compiler, prefix = folder / "musl-cc", folder / "prefix"
    compiler.write_text(_COMPILER, encoding="utf-8")
    compiler.chmod(0o755)
    environ = {"PATH": os.environ.get("PATH", os.defpath), "CC": str(compiler), "CFLAGS": "-O1 -fPIC"}
    for source in libraries:
        kind = ("--static",) if "zlib" in source.name else ("--disable-shared", "--disable-docs")
        _make(_unpacked(source, folder), (f"--prefix={prefix}", f"--libdir={prefix}/lib", *kind), environ)
    environ |= {"CPPFLAGS": f"-I{prefix}/include", "LDFLAGS": f"-L{prefix}/lib", "OPT": "-O1"}
    environ |= {"PKG_CONFIG_LIBDIR": f"{prefix}/lib/pkgconfig"}
    options = ("--prefix=/usr", "--disable-test-modules", "--without-ensurepip")
    _make(_unpacked(archive, folder), options, environ, f"DESTDIR={root}")


def _unpacked(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="tar")
        return folder / packed.getnames()[0].partition("/")[0]


def _make(folder: Path, options: Sequence[str], environ: Mapping[str, str], *to: str) -> None:
    for command in (["./configure", *options], ["make", f"-j{os.cpu_count()}"], ["make", "install", *to]):
        subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)
