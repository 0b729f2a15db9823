"""Sources of CPython for tests: upstream's own out of the distribution's source package, and small ones that only act.

archive = upstream_archive(cache)                    # the real one, checked against parity's own table
archive = make_sources(folder, "3.99.0", make="exit 1")
"""

import fcntl
import hashlib
import io
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from parity.core.builds.sources import Archive, known_as, read_archives
from parity.workflows.wiring import data
from tests.support.wheels import MOMENT_SECONDS

#: The version that tests build. Debian's source package has upstream's archive, byte for byte.
VERSION = "3.13.5"
_PACKAGE, _SUITE = "python3.13", "trixie"
_URI = re.compile(r"^(?:URIs:|deb) *(?:\[[^]]*\] *)?(?P<uri>\S+/debian)/?(?: |$)", re.MULTILINE)


def upstream_archive(cache: Path) -> tuple[Path, Archive]:
    """Return upstream's archive of `VERSION`, fetched into the cache once, and what the table says of it.

    Skips the test where this machine cannot get it: it takes apt, and one of Debian's mirrors among its sources.
    """
    folder = cache / "test-sources"
    folder.mkdir(parents=True, exist_ok=True)
    with (cache / "test-sources.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _known(folder)
        if found is None:
            _fetch(folder)
            found = _known(folder)
    if found is None:
        pytest.skip(f"no archive of Python {VERSION} can be had: it takes apt-get and a mirror of Debian's")
    return found


def _known(folder: Path) -> tuple[Path, Archive] | None:
    table = read_archives(data("cpython_sources.tsv"))
    for path in sorted(folder.glob("*.tar.*")):
        archive = known_as(hashlib.sha256(path.read_bytes()).hexdigest(), table)
        if archive:
            return path, archive
    return None


def _fetch(folder: Path) -> None:
    """Have apt fetch a source package with a configuration of its own: it needs neither root nor the system's lists."""
    known = [*dict.fromkeys(mirrors())]
    apt = shutil.which("apt-get")
    if apt is None or not known:
        return
    state = folder / "apt"
    for name in ("lists/partial", "cache", "parts"):
        (state / name).mkdir(parents=True, exist_ok=True)
    (state / "sources.list").write_text(f"deb-src {known[0]} {_SUITE} main\n", encoding="utf-8")
    places = {
        "Dir::Etc::sourcelist": state / "sources.list",
        "Dir::Etc::sourceparts": state / "parts",
        "Dir::State::Lists": state / "lists",
        "Dir::Cache": state / "cache",
    }
    options = [word for name, path in places.items() for word in ("-o", f"{name}={path}")]
    for words in (["update"], ["source", "--download-only", "--tar-only", _PACKAGE]):
        done = subprocess.run(
            [apt, "-qq", *options, *words], cwd=folder, check=False, capture_output=True, encoding="utf-8"
        )
        if done.returncode != 0:
            print(done.stderr)  # noqa: T201 - why the test will be skipped
            return


def mirrors() -> Iterator[str]:
    """Yield the addresses of Debian's mirrors that this machine's apt is set up with."""
    above = Path("/etc/apt")
    for path in [above / "sources.list", *sorted(above.glob("sources.list.d/*"))]:
        if path.is_file():
            yield from (match["uri"] for match in _URI.finditer(path.read_text(encoding="utf-8")))


def make_sources(
    folder: Path, version: str, *, configure: str = "", make: str = "", install: str = "", name: str = ""
) -> Path:
    """Write an archive that looks like CPython's sources, whose `configure` and Makefile run what is given as shell."""
    top = f"Python-{version}"
    files = {
        "Include/patchlevel.h": (f'#define PY_VERSION      "{version}"\n', 0o644),
        "configure": (
            f'#!/bin/sh\nprintf "all:\\n\\tsh make.sh\\ninstall:\\n\\tsh install.sh\\n" >Makefile\n{configure}\n',
            0o755,
        ),
        "make.sh": (f"{make}\n", 0o644),
        "install.sh": (f"{install}\n", 0o644),
    }
    path = folder / (name or f"{top}.tgz")
    with tarfile.open(path, "w:gz") as archive:
        for place, (text, mode) in files.items():
            entry = tarfile.TarInfo(f"{top}/{place}")
            entry.size, entry.mode, entry.mtime = len(text.encode()), mode, MOMENT_SECONDS
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path
