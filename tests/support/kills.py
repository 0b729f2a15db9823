"""Programs that end at their N-th change of the file system: not after so many seconds, which would hit the same spots.

A library, compiled with the C compiler of this machine and loaded before all others (LD_PRELOAD), counts the calls that
change something, over all processes of one run, and sends a signal after the N-th.
"""

import mmap
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long *count;
static long last;
static int number = SIGKILL, group;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("KILL_COUNTER");
    if (!path) return;
    int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) return;
    void *memory = mmap(0, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED) return;
    count = memory;
    last = atol(getenv("KILL_AT"));
    number = atoi(getenv("KILL_SIGNAL"));
    group = getenv("KILL_GROUP") != 0;
}

static void changed(void) {
    if (count && __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) == last) kill(group ? 0 : getpid(), number);
}

#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))
#define COUNTED(type, name, parameters, arguments) \
    type name parameters { type result = REAL(name) arguments; if (result >= 0) changed(); return result; }
#define OPENED(name, first, given) \
    int name(first, int flags, ...) { \
        mode_t mode = 0; va_list rest; va_start(rest, flags); \
        if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(rest, mode_t); \
        va_end(rest); \
        int result = REAL(name)(given, flags, mode); \
        if (result >= 0 && flags & (O_CREAT | O_TRUNC)) changed(); \
        return result; }
#define WRITTEN(type, name, parameters, arguments) \
    type name parameters { \
        type result = REAL(name) arguments; struct stat found; \
        if (result > 0 && count && syscall(SYS_fstat, file, &found) == 0 && S_ISREG(found.st_mode)) changed(); \
        return result; }
#define PAIR const char *path, const char *other
#define COMMA ,

COUNTED(int, rename, (PAIR), (path, other))
COUNTED(int, renameat, (int at, const char *path, int to, const char *other), (at, path, to, other))
COUNTED(int, link, (PAIR), (path, other))
COUNTED(int, linkat, (int at, const char *path, int to, const char *other, int flags), (at, path, to, other, flags))
COUNTED(int, symlink, (PAIR), (path, other))
COUNTED(int, symlinkat, (const char *path, int at, const char *other), (path, at, other))
COUNTED(int, unlink, (const char *path), (path))
COUNTED(int, unlinkat, (int at, const char *path, int flags), (at, path, flags))
COUNTED(int, rmdir, (const char *path), (path))
COUNTED(int, mkdir, (const char *path, mode_t mode), (path, mode))
COUNTED(int, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
COUNTED(int, chmod, (const char *path, mode_t mode), (path, mode))
COUNTED(int, fchmod, (int file, mode_t mode), (file, mode))
COUNTED(int, fchmodat, (int at, const char *path, mode_t mode, int flags), (at, path, mode, flags))
COUNTED(int, utimensat, (int at, const char *path, const struct timespec *times, int flags), (at, path, times, flags))
COUNTED(int, futimens, (int file, const struct timespec *times), (file, times))
COUNTED(int, ftruncate, (int file, off_t size), (file, size))
COUNTED(int, fsync, (int file), (file))
COUNTED(int, syncfs, (int file), (file))
WRITTEN(ssize_t, write, (int file, const void *data, size_t size), (file, data, size))
WRITTEN(ssize_t, pwrite64, (int file, const void *data, size_t size, off64_t at), (file, data, size, at))
OPENED(open, const char *path, path)
OPENED(open64, const char *path, path)
OPENED(openat, int at COMMA const char *path, at COMMA path)
OPENED(openat64, int at COMMA const char *path, at COMMA path)
"""


def compiled(folder: Path) -> Path:
    """Return the library, compiled into a folder; skips the test where the machine cannot."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler called cc")
    source, library = folder / "kills.c", folder / "kills.so"
    source.write_text(_SOURCE, encoding="utf-8")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl"], check=True)
    return library


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run went: its exit status (negative: the signal), how many changes were made, what it said."""

    status: int
    changes: int
    stderr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Killer:
    """Runs parity in a world and ends it at a change."""

    library: Path
    counter: Path

    def run(
        self,
        *arguments: str,
        cwd: Path,
        environ: Mapping[str, str],
        at: int,
        number: signal.Signals = signal.SIGKILL,
        group: bool = False,
    ) -> Ended:
        """Run parity and send a signal after so many changes (0: never), to its whole group or to who made the last."""
        self.counter.write_bytes(b"\0" * 8)
        told = {
            "LD_PRELOAD": str(self.library),
            "KILL_COUNTER": str(self.counter),
            "KILL_AT": str(at),
            "KILL_SIGNAL": str(int(number)),
            **({"KILL_GROUP": "1"} if group else {}),
        }
        with subprocess.Popen(
            [sys.executable, "-m", "parity", *arguments],
            cwd=cwd,
            env={**environ, **told},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        ) as process:
            _, stderr = process.communicate()
        with self.counter.open("rb") as file, mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ) as memory:
            changes = int.from_bytes(memory[:], sys.byteorder)
        return Ended(status=process.returncode, changes=changes, stderr=stderr)


def points(changes: int, count: int, seed: int) -> list[int]:
    """Return so many points spread over a run of so many changes, others for each seed."""
    step = changes / count
    return [min(changes, max(1, round(step * (place + (seed % 7 + 0.5) / 7)))) for place in range(count)]


def leftovers(store: Path, cache: Path, project: Path) -> list[str]:
    """Return what of interrupted work is lying about: half trees, half environments, half records, scratch."""
    found = [path for pattern in ("scratch/*/*", "*/v1/*/.new-*", "*/v1/*/.old-*", "**/*.tmp", ".old-*")
             for path in cache.glob(pattern) if "uv" not in path.relative_to(cache).parts[:1]]  # fmt: skip
    found += [
        path for pattern in ("roots/**/*.tmp", "memos/**/*.tmp", "envs/v1/**/.old-*") for path in store.glob(pattern)
    ]
    folders = [*(store / "envs" / "v1").glob("*"), *(store / "envs" / "v1" / "private").glob("*")]
    found += [path for path in folders if path.name != "private" and not (path / ".parity" / "complete").exists()]
    found += [path for path in project.glob(".*") if path.name != ".venv"]
    return [os.fspath(path) for path in found]
