"""The tests' conda channels, built once out of the Python that runs the tests and what `cc` makes of a little C.

channels = build_channel(Path(".cache"))
channels.forge      # a folder to give to a solver as a channel, or `serve_channel(channels.root)` and its names
"""

import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from parity.core.conda import packages
from parity.engines.conda import write
from parity.engines.interpreters import packing, run_paths
from tests.support import wheels
from tests.support.conda import catalog
from tests.support.conda.interpreter import MINOR, SITE, VERSION
from tests.support.conda.packages import write_channel
from tests.support.conda.shards import write_shards

#: Channels of other sources are taken away when nobody has used them for so long.
_KEPT_SECONDS = 7 * 86400

_NOT_BUILDING = {"reference.py", "server.py"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Folders of channels. Shared between tests and runs: serve or copy them, never write to them.

    `root` holds each under its name, as a channel alias does.
    """

    root: Path

    @property
    def forge(self) -> Path:
        """The channel that has nearly everything, by the name `conda-forge`."""
        return self.root / "conda-forge"

    @property
    def dev(self) -> Path:
        """A label of it, by the name `conda-forge/label/dev`."""
        return self.forge / "label" / "dev"

    @property
    def pytorch(self) -> Path:
        """A channel that has older versions of what `conda-forge` has, by the name `pytorch`."""
        return self.root / "pytorch"

    @property
    def defaults(self) -> tuple[Path, Path]:
        """The group `defaults`: `pkgs/main` and `pkgs/r`."""
        return self.root / "pkgs" / "main", self.root / "pkgs" / "r"

    @property
    def subdir(self) -> str:
        """The folder of packages for this machine, `linux-64`."""
        return catalog.HOST

    @property
    def python_version(self) -> str:
        """The version of the one Python that really runs."""
        return VERSION

    @property
    def python_minor(self) -> str:
        """Its minor version, `3.12`."""
        return MINOR

    @property
    def site_packages(self) -> str:
        """Where packages are in a prefix, `lib/python3.12/site-packages`."""
        return SITE


def build_channel(cache: Path) -> Channels:
    """Return the channels for the Python that runs this, built into `cache` where they are not there yet.

    Raises FileNotFoundError where a program that they are built with is missing. Safe to call from several processes
    at once: one builds, the others wait.
    """
    folder = cache / f"test-channel-{_digest()}"
    channels = Channels(root=folder)
    if folder.is_dir():
        os.utime(folder)
        return channels
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "test-channel.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _build(cache, folder)
    return channels


def _build(cache: Path, folder: Path) -> None:
    scratch = Path(tempfile.mkdtemp(prefix="test-channel-new-", dir=cache))
    try:
        whole = Channels(root=scratch / "channels")
        write_channel(whole.forge, *catalog.forge(scratch / "scratch"))
        write_channel(whole.dev, *catalog.dev())
        write_channel(whole.pytorch, *catalog.pytorch())
        for place, packages in zip(whole.defaults, (catalog.main(), catalog.r()), strict=True):
            write_channel(place, *packages)
        _tell_md5s(whole.root)
        write_shards(whole.forge)
        whole.root.rename(folder)
    finally:
        shutil.rmtree(scratch)
    _forget(each for each in cache.glob("test-channel-*") if each != folder)


def _tell_md5s(root: Path) -> None:
    """Have channels tell the MD5 of their packages too, as public ones do."""
    for index in root.rglob("repodata.json"):
        told = json.loads(index.read_bytes())
        for key in ("packages", "packages.conda"):
            for file, record in told.get(key, {}).items():
                content = (index.parent / file).read_bytes()
                record["md5"] = hashlib.md5(content, usedforsecurity=False).hexdigest()
        index.write_text(json.dumps(told), encoding="utf-8")


def _forget(folders: Iterable[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(folder)


def _digest() -> str:
    """Name what decides the channels' bytes: the builder's sources, and the interpreter that is packed."""
    here = Path(__file__).parent
    writers = [Path(str(module.__file__)) for module in (wheels, packages, packing, run_paths, write)]
    sources = [*writers, *(path for path in sorted(here.rglob("*")) if path.suffix in {".py", ".c", ".h"})]
    program = Path(sys.base_prefix, "bin", f"python{MINOR}").resolve()
    said = [sys.version, str(program), str(program.stat().st_mtime_ns), catalog.HOST]
    whole = "\0".join(
        [*said, *(path.read_text(encoding="utf-8") for path in sources if path.name not in _NOT_BUILDING)]
    )
    return hashlib.sha256(whole.encode()).hexdigest()[:16]
