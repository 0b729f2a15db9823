"""Interpreters that tests make: prefixes that look like one, and a program that is one but has nothing beside it."""

import hashlib
import platform
import shutil
import struct
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import pytest

from parity.engines.interpreters.run_paths import make_relative


def fake_elf(*, machine: int = 62, bits: int = 64, loader: str = "/lib64/ld-linux-x86-64.so.2") -> bytes:
    """Return the head of an executable: an ELF header and one program header that names the loader."""
    text = loader.encode() + b"\0"
    if bits == 64:
        ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
        head = ident + struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
        entry = struct.pack("<IIQQQQQQ", 3, 4, 120, 0, 0, len(text), len(text), 1)
        return head + entry + text
    ident = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    head = ident + struct.pack("<HHIIIIIHHHHHH", 3, machine, 1, 0, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    entry = struct.pack("<IIIIIIII", 3, 84, 0, 0, len(text), len(text), 4, 1)
    return head + entry + text


def make_prefix(prefix: Path, version: str, *, flags: str = "", kind: str = "python", pypy: str = "") -> Path:
    """Make a folder that looks like an installed interpreter, and return its `bin/python`."""
    minor = ".".join(version.split(".")[:2])
    (prefix / "bin").mkdir(parents=True)
    program = prefix / "bin" / f"{kind}{minor}{flags.strip('m')}"
    program.write_bytes(fake_elf())
    program.chmod(0o755)
    (prefix / "bin" / "python").symlink_to(program.name)
    headers = prefix / "include" / f"{kind}{minor}{flags}"
    headers.mkdir(parents=True)
    defined = f'#define PY_VERSION              "{version}"\n'
    if pypy:
        defined += f'#define PYPY_VERSION "{pypy}"\n'
    (headers / "patchlevel.h").write_text(f"/* versions */\n{defined}")
    return prefix / "bin" / "python"


def lone_interpreter(program: Path, log: Path) -> Path:
    """Make an executable that is the Python of these tests with nothing beside it; each start adds a dot to `log`."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler (cc)")
    source = program.with_suffix(".c")
    program.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(f"""
        #include <stdio.h>
        #include <unistd.h>
        int main(int count, char **words) {{
            FILE *log = fopen("{log}", "a");
            fputc('.', log);
            fclose(log);
            words[0] = "{sys.executable}";
            return execv(words[0], words);
        }}
    """)
    subprocess.run([compiler, "-o", str(program), str(source)], check=True)
    source.unlink()
    return program


# What an interpreter needs to start, to compile and to print: the rest would only make the tests slower
_PACKAGES = (
    *("collections", "compression", "concurrent", "encodings", "importlib", "json"),
    *("logging", "multiprocessing", "pathlib", "re", "string", "urllib"),
)
_MODULES_LEFT_OUT = (
    "sitecustomize.py",
    "_pydecimal.py",
    "turtle.py",
    "pydoc.py",
    "doctest.py",
    "pickletools.py",
    "tarfile.py",
    "typing.py",
)


_NEVER = ("site-packages", "test", "idlelib", "tkinter", "lib2to3", "ensurepip", "__pycache__")


def pack_interpreter(archive: Path, *, whole: bool = False) -> Path:
    """Pack the Python of these tests, cut down to the least that runs, as prebuilt interpreters are packed.

    `whole`: with nearly all of its library, for what asks more of it than to start.
    """
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix)
    program = (base / "bin" / f"python{minor}").resolve()
    library = Path(sysconfig.get_path("stdlib"))

    def keep(item: tarfile.TarInfo) -> tarfile.TarInfo | None:
        return None if "__pycache__" in item.name or "/_test" in item.name else item

    moved = archive.with_name(f"{archive.name}-program")
    shutil.copy(program, moved)
    make_relative(str(moved), str(base), at=str(program))  # as prebuilt ones are, it finds its library where it lies
    with tarfile.open(archive, "w:gz", compresslevel=1, dereference=True) as out:
        out.add(moved, f"python/bin/python{minor}")
        for name in ("python", "python3"):
            link = tarfile.TarInfo(f"python/bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, f"python{minor}"
            out.addfile(link)
        for shared in sorted((base / "lib").glob(f"libpython{minor}.so*")):
            out.add(shared, f"python/lib/{shared.name}")
        for path in sorted(library.iterdir()):
            wanted = path.suffix == ".py" and path.name not in _MODULES_LEFT_OUT and "test" not in path.name
            wanted = wanted or path.name in (*_PACKAGES, "lib-dynload")
            if wanted or (whole and path.name not in _NEVER and not path.name.startswith("config-")):
                out.add(path, f"python/lib/python{minor}/{path.name}", filter=keep)
        headers = base / "include" / f"python{minor}" / "patchlevel.h"
        if headers.exists():
            out.add(headers, f"python/include/python{minor}/patchlevel.h")
    moved.unlink()
    return archive


def download_entry(archive: Path, version: str = "", **others: object) -> dict[str, object]:
    """Return the entry of a download list for an archive, for this machine."""
    major, minor, patch = (version or ".".join(map(str, sys.version_info[:3]))).split(".")
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    entry: dict[str, object] = {
        "name": "cpython",
        "arch": {"family": machine, "variant": None},
        "os": sys.platform,
        "libc": "none" if sys.platform == "darwin" else "gnu" if "glibc" in platform.libc_ver() else "musl",
        "major": int(major),
        "minor": int(minor),
        "patch": int(patch),
        "prerelease": "",
        "url": archive.as_uri(),
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "variant": None,
        "build": "20260101",
    }
    return entry | others
