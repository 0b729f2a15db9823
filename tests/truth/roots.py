"""Roots of other systems: Debian's packages unpacked into folders, with a Python of their own.

They are kept in the checkout's `.cache`. The mirror is the one that this machine's apt is set up with.
"""

import contextlib
import fcntl
import lzma
import os
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.sources import mirrors, upstream_archive
from tests.truth import musl

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "truth"
#: What every root has: an interpreter, a shell and its tools, a C++ library.
_SEEDS = ("libstdc++6", "dash", "coreutils", "libc-bin", "sed", "gawk", "python3-distutils")
#: Set up by their packages' scripts, which are not run.
_LINKS = {"bin/sh": "dash", "usr/bin/awk": "gawk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A system: Debian's suite and architecture, its Python, and the emulator and model of processor that run it.

    With `musl` it has that C library and a Python built for it, and only programs of Debian's that need none.
    """

    name: str
    suite: str
    python: str
    architecture: str = "amd64"
    emulator: tuple[str, ...] = ()
    musl: bool = False

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return CACHE / "roots" / self.name

    @property
    def missing(self) -> str:
        """Name what this machine lacks to make it, as the reason of a skip."""
        tools = ["cc", "chroot", "dpkg-deb", *self.emulator[:1], *(["musl-gcc", "make"] if self.musl else [])]
        lacks = [f"`{tool}`" for tool in tools if not shutil.which(tool)]
        lacks += ["the rights of root"] if os.geteuid() else []
        lacks += [] if any(mirrors()) else ["a mirror of Debian's among the sources of apt"]
        return ", ".join(lacks)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from using it meanwhile."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_name(f"{self.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the root inside it, with its output kept."""
        emulator = (f"/{Path(self.emulator[0]).name}", *self.emulator[1:]) if self.emulator else ()
        environ = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LC_ALL": "C.UTF-8"}  # noqa: S108 - the root's own
        return subprocess.run(
            [str(shutil.which("chroot")), str(self.folder), *emulator, *command],
            env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip


def make(root: Root) -> Path:
    """Unpack a root where it is not there yet, and return its folder. Raises OSError and CalledProcessError."""
    done = root.folder / "made"
    if not done.exists():
        shutil.rmtree(root.folder, ignore_errors=True)
        for part in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64"):
            (root.folder / part).mkdir(parents=True)
            (root.folder / part.removeprefix("usr/")).symlink_to(part)
        for part in ("tmp", "proc", "dev"):
            (root.folder / part).mkdir()
        for file in _packages(root):
            _unpack(_fetched(file), root.folder)
        if root.musl:
            _add_musl(root)
        for link, points_to in _LINKS.items():
            if not os.path.lexists(root.folder / link):
                (root.folder / link).symlink_to(points_to)
        done.touch()
    if root.emulator:
        shutil.copy2(str(shutil.which(root.emulator[0])), root.folder)
    return root.folder


def _add_musl(root: Root) -> None:
    root.run("/bin/busybox", "--install", "-s", "/bin").check_returncode()
    archive, _ = upstream_archive(CACHE.parent)
    libraries = [_fetched(path) for path in musl.SOURCES]
    with tempfile.TemporaryDirectory() as folder:
        musl.build(archive, libraries, Path(folder), root.folder)


def _unpack(file: Path, folder: Path) -> None:
    """Lay a package over a folder whose `bin` and `lib` are links, which `dpkg-deb -x` would replace."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(file)], stdout=subprocess.PIPE) as packed:
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", str(folder)], stdin=packed.stdout, check=True)
    if packed.returncode:
        raise subprocess.CalledProcessError(packed.returncode, packed.args)


def _fetched(path: str) -> Path:
    """Return a file of the mirror, fetched once."""
    file = CACHE / "mirror" / path.replace("/", "_")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        with urllib.request.urlopen(f"{next(mirrors())}/{path}", timeout=60) as answer, partial.open("wb") as to:
            shutil.copyfileobj(answer, to)
        partial.rename(file)
    return file


def _packages(root: Root) -> list[str]:
    """Return the files of a root's packages: the seeds and what they depend on, the first alternative of each."""
    known: dict[str, dict[str, str]] = {}
    text = lzma.decompress(_fetched(f"dists/{root.suite}/main/binary-{root.architecture}/Packages.xz").read_bytes())
    for block in text.decode().split("\n\n"):
        said = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[:1] != " ")
        for name in [said.get("Package", ""), *said.get("Provides", "").split(",")]:
            known.setdefault(name.split("(")[0].strip(), said)
    wanted = ["musl", "busybox-static"] if root.musl else [*_SEEDS, f"python{root.python}"]
    files = dict[str, None]()
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen or name not in known:  # a suite may have done without it
            continue
        seen.add(name)
        files[known[name]["Filename"]] = None
        for field in ("Pre-Depends", "Depends"):
            needs = filter(None, known[name].get(field, "").split(","))
            wanted.extend(need.split("|")[0].split("(")[0].split(":")[0].strip() for need in needs)
    return sorted(files)
