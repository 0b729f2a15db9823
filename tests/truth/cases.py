"""What is locked and tried: wheels as they are published, and wheels made here that need more than they say."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from tests.support.wheels import make_wheel
from tests.truth.roots import CACHE

#: The targets of every lock; a machine takes the one that it satisfies.
_TARGETS = ("linux-64-glibc2.17", "linux-aarch64", "alpine-3.20", "osx-arm64")
_LOADS = "import ctypes, pathlib\nctypes.CDLL(str(pathlib.Path(__file__).with_name('part.so'))).answer()\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One package that is locked. `depends` are a conda record's; with them it is locked as a package of a channel."""

    name: str
    requirement: str
    module: str
    platform: str = "any"
    abi: str = "none"
    source: str = ""
    flags: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()

    @property
    def wheel(self) -> Path:
        """Its wheel, once `fetch` was called."""
        (file,) = (CACHE / "wheels" / self.name).glob("*.whl")
        return file

    @property
    def digest(self) -> str:
        """The SHA-256 of its wheel."""
        return hashlib.sha256(self.wheel.read_bytes()).hexdigest()

    def fetch(self) -> None:
        """Download or compile its wheel where it is not there yet. Raises CalledProcessError."""
        folder = CACHE / "wheels" / self.name
        if list(folder.glob("*.whl")):
            return
        folder.mkdir(parents=True, exist_ok=True)
        if self.source:
            (folder / "part.c").write_text(self.source, encoding="utf-8")
            command = ["cc", "-shared", "-fPIC", "-O2", "-o", "part.so", "part.c", *self.flags]
            subprocess.run(command, cwd=folder, check=True)
            name, _, version = self.requirement.partition("==")
            modules: dict[str, str | bytes] = {
                f"{name}/__init__.py": _LOADS,
                f"{name}/part.so": (folder / "part.so").read_bytes(),
            }
            make_wheel(folder, name, version, modules=modules, tag=f"py3-none-{self.platform}")
            return
        base = str(Path(sys.executable).resolve())  # the one with pip, of which an environment of uv's has none
        command = [base, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", "."]
        command += ["--python-version", "3.11", "--platform", self.platform, "--abi", self.abi, self.requirement]
        subprocess.run(command, cwd=folder, check=True)

    def lock(self, python: str) -> Lockfile:
        """Return the lock of it for a minor version of Python."""
        name, _, version = self.requirement.partition("==")
        targets = _TARGETS[:1] if self.depends else _TARGETS
        wheel = LockedWheel(
            name=name, version=version, targets=targets, index="default", file=self.wheel.name, sha256=self.digest
        )
        package = LockedConda(
            name=name, version=version, build="0", channel="here", subdir="linux-64", file=f"{name}-{version}-0.conda",
            sha256=self.digest, targets=targets, depends=self.depends,
        )  # fmt: skip
        level = LockedConda(
            name="_x86_64-microarch-level", version="3", build="0", channel="here", subdir="noarch", file="level.conda",
            sha256=self.digest, targets=targets,
        )  # fmt: skip
        interpreter = LockedPython(implementation="cpython", version=python, request=python)
        leveled = (level,) if any(need.startswith(level.name) for need in self.depends) else ()
        return Lockfile(
            route="conda" if self.depends else "venv", manifests={}, made_with={},
            targets=tuple(LockedTarget(name=target, python=interpreter) for target in targets),
            wheels=() if self.depends else (wheel,), conda=(package, *leveled) if self.depends else (),
        )  # fmt: skip


def _published(name: str, platform: str, *, label: str = "", abi: str = "abi3", version: str) -> Case:
    return Case(
        name=f"{name}-{label or platform}", requirement=f"{name}=={version}", module=name, platform=platform, abi=abi
    )


def _made(name: str, source: str, *flags: str, depends: tuple[str, ...] = ()) -> Case:
    return Case(
        name=name, requirement=f"{name.replace('-', '')}==1.0", module=name.replace("-", ""), source=source,
        flags=flags, depends=depends, platform="linux_x86_64" if depends else "manylinux2014_x86_64",
    )  # fmt: skip


_PLAIN = "int answer(void) { return 42; }\n"
_NEWER = "unsigned arc4random(void);\nint answer(void) { return arc4random() ? 42 : 42; }\n"
_WEAK = (
    "__attribute__((weak)) unsigned arc4random(void);\n"
    "int answer(void) { return arc4random ? (int)arc4random() : 42; }\n"
)
_THREAD = (
    "#include <pthread.h>\nstatic void *nothing(void *at) { return at; }\n"
    "int answer(void) { pthread_t it; return pthread_create(&it, 0, nothing, 0) || pthread_join(it, 0); }\n"
)
_CXX = (
    "extern void fail(const char *, int, const char *, const char *)\n"
    '  __asm__("_ZSt21__glibcxx_assert_failPKciS0_S0_");\n'
    'volatile int wrong;\nint answer(void) { if (wrong) fail("", 0, "", ""); return 42; }\n'
)
_VECTOR = (
    "#include <immintrin.h>\nvolatile int seed = 6;\nint answer(void) {\n"
    "  __m256i some = _mm256_set1_epi32(seed);\n  some = _mm256_mullo_epi32(some, _mm256_set1_epi32(seed + 1));\n"
    "  return _mm256_extract_epi32(some, 7);\n}\n"
)

CASES = (
    Case(name="six", requirement="six==1.17.0", module="six"),
    Case(name="idna", requirement="idna==3.10", module="idna"),
    _published("bcrypt", "manylinux2014_x86_64", version="5.0.0"),
    _published("bcrypt", "manylinux_2_28_x86_64", version="5.0.0"),
    _published("bcrypt", "manylinux_2_34_x86_64", version="5.0.0"),
    _published("bcrypt", "musllinux_1_1_x86_64", version="5.0.0"),
    _published("bcrypt", "musllinux_1_2_x86_64", version="5.0.0"),
    _published("bcrypt", "manylinux2014_aarch64", version="5.0.0"),
    _published("bcrypt", "manylinux_2_34_aarch64", version="5.0.0"),
    _published("bcrypt", "macosx_13_0_universal2", version="5.0.0"),
    _published("psutil", "manylinux2014_x86_64", version="7.0.0"),
    _published("psutil", "manylinux2014_aarch64", version="7.0.0"),
    _published("psutil", "win_amd64", version="7.0.0"),
    _published("ninja", "manylinux2014_x86_64", abi="none", version="1.11.1.4"),
    _published("tornado", "musllinux_1_2_x86_64", version="6.5"),
    _made("says-what-it-needs", _PLAIN),
    _made("hides-glibc-2.34".replace(".", ""), _THREAD),
    _made("hides-glibc-2.36".replace(".", ""), _NEWER),
    _made("weak-glibc-236", _WEAK),
    _made("hides-glibcxx-3430", _CXX, "-l:libstdc++.so.6"),
    _made("conda-glibc-236", _NEWER, depends=("__glibc >=2.36",)),
    _made("conda-x86-64-v3", _VECTOR, "-mavx2", depends=("_x86_64-microarch-level >=3",)),
)
