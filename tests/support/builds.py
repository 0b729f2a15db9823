"""One real CPython, built from upstream's sources by parity itself, once for all tests and runs.

It is kept in the checkout's `.cache` as long as nothing changes that decides how it is built. Without optimisation:
that takes a third of the time, and no test asks how fast it is.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import parity
from tests.support.projects import SOURCES
from tests.support.sources import VERSION, upstream_archive

#: What the compiler is told; part of the recipe.
FLAGS = {"CFLAGS": "-O0"}

# below src/parity: how archives are fetched decides nothing
_DECIDE = (
    *("core/builds/recipe.py", "data/python_modules.toml", "probes/try_interpreter.py"),
    *(f"engines/interpreters/{name}.py" for name in ("library", "own", "run_paths", "seal")),
    *(
        f"engines/interpreters/source_build/{name}.py"
        for name in ("__init__", "finish", "toolchain", "trial", "workshop")
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltOnce:
    """A store with a built interpreter in it, to be read and copied, never written to.

    `answer` is what `parity python install --json` said when it was built.
    """

    home: Path
    answer: Mapping[str, Any]

    @property
    def interpreter(self) -> Mapping[str, Any]:
        """The interpreter, as the answer has it."""
        found: Mapping[str, Any] = self.answer["data"]["interpreters"][0]
        return found

    @property
    def python(self) -> Path:
        """Its executable."""
        return Path(self.interpreter["path"])

    @property
    def folder(self) -> Path:
        """Its folder in the store."""
        return self.python.parents[2]


def build_once(cache: Path) -> BuiltOnce:
    """Return the store, built into `cache` where it is not there yet; one process builds, the others wait."""
    folder = cache / f"test-python-{_digest()}"
    answer = folder / "answer.json"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "test-python.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            _build(cache, folder, answer)
    return BuiltOnce(home=folder / "store", answer=json.loads(answer.read_text(encoding="utf-8")))


def _build(cache: Path, folder: Path, answer: Path) -> None:
    for other in cache.glob("test-python-*"):
        _remove(other)
    archive, _ = upstream_archive(cache)
    (folder / "home").mkdir(parents=True)
    command = [sys.executable, "-m", "parity", "python", "install", VERSION, "--build", "--archive", str(archive)]
    environ = {
        **FLAGS,
        "HOME": str(folder / "home"),
        "PATH": os.environ.get("PATH", os.defpath),
        "PARITY_HOME": str(folder / "store"),
        "PYTHONPATH": str(SOURCES),
    }
    done = subprocess.run([*command, "--json"], env=environ, check=False, capture_output=True, encoding="utf-8")
    assert 0 == done.returncode, done.stdout + done.stderr
    answer.write_text(done.stdout, encoding="utf-8")


def _remove(folder: Path) -> None:
    for current, _, _ in os.walk(folder):
        Path(current).chmod(0o700)
    shutil.rmtree(folder)


def _digest() -> str:
    """Name what decides how it is built: parity's own sources about it, the flags, and where the checkout is."""
    above = Path(parity.__file__).parent
    texts = [(above / name).read_text(encoding="utf-8") for name in _DECIDE]
    said = [VERSION, str(above), sys.version, json.dumps(FLAGS), *texts]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]
