"""Roots of other systems: Debian's packages unpacked into folders, with a Python of their own.

They are kept in the checkout's `.cache`. The mirror is the one that this machine's apt is set up with.
"""

import functools
import lzma
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "truth"
#: What every root has: an interpreter, a shell and its tools, a C++ library.
_SEEDS = ("libstdc++6", "dash", "coreutils", "libc-bin", "sed", "gawk", "python3-distutils")
#: Set up by their packages' scripts, which are not run.
_LINKS = {"bin/sh": "dash", "usr/bin/awk": "gawk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A system: Debian's suite and architecture, its Python, and the emulator and model of processor that run it."""

    name: str
    suite: str
    python: str
    architecture: str = "amd64"
    emulator: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where it lies; systems that differ by their processor alone share it."""
        return CACHE / f"{self.suite}-{self.architecture}"

    @property
    def missing(self) -> str:
        """Name what this machine lacks to make it, as the reason of a skip."""
        tools = ["dpkg-deb", "chroot", "apt-get", *self.emulator[:1]]
        return ", ".join(tool for tool in tools if not shutil.which(tool))

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
        for link, points_to in _LINKS.items():
            if not (root.folder / link).exists():
                (root.folder / link).symlink_to(points_to)
        done.touch()
    if root.emulator:
        shutil.copy2(str(shutil.which(root.emulator[0])), root.folder)
    return root.folder


def _unpack(file: Path, folder: Path) -> None:
    """Lay a package over a folder whose `bin` and `lib` are links, which `dpkg-deb -x` would replace."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(file)], stdout=subprocess.PIPE) as packed:
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", str(folder)], stdin=packed.stdout, check=True)
    if packed.returncode:
        raise subprocess.CalledProcessError(packed.returncode, packed.args)


@functools.cache
def _mirror() -> str:
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Identifier: Packages",
         "Origin: Debian", "Label: Debian"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return said.stdout.split()[0].rstrip("/")


def _fetched(path: str) -> Path:
    """Return a file of the mirror, fetched once."""
    file = CACHE / "mirror" / path.replace("/", "_")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        with urllib.request.urlopen(f"{_mirror()}/{path}", timeout=60) as answer, partial.open("wb") as to:
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
    wanted, files = [*_SEEDS, f"python{root.python}"], dict[str, None]()
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
