"""From what `make install` leaves to what an interpreter should be: small, whole, at home at its address."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from parity.engines.interpreters.run_paths import binaries_in, make_relative
from parity.engines.system.process import run

# where sources were built is gone afterwards; the same text everywhere makes the same bytes everywhere
_BUILT_IN = "/build"
_TESTS = (
    *("test", "ctypes/test", "distutils/tests", "idlelib/idle_test", "lib2to3/tests", "sqlite3/test"),
    *("tkinter/test", "unittest/test"),
)
#: How the names of extension modules begin that are there for tests alone.
TEST_MODULES = ("_test", "_ctypes_test", "_xxtest", "_xxsub", "xx")
_MANAGED = """\
[externally-managed]
Error=This interpreter belongs to parity: environments share it, and nothing is installed into it.
 Name the package in the project's manifest and run `parity sync`, or make a virtual environment with `python -m venv`.
"""


def finish(prefix: str, built_in: str, *, keep: Sequence[str], symbols: bool) -> None:
    """Leave out what nobody asked for, add the plain names, and take the build's own folder out of every text.

    `keep` names parts of `core.builds.recipe.PARTS`; `symbols` says whether debug symbols stay. Raises OSError.
    """
    library = _library(prefix)
    for path in [*_superfluous(prefix, library, keep)]:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    _add_plain_names(os.path.join(prefix, "bin"))
    Path(library, "EXTERNALLY-MANAGED").write_text(_MANAGED, encoding="utf-8")
    programs = [*binaries_in(prefix)]
    for path in programs:
        os.chmod(path, os.stat(path).st_mode | 0o200)
    if not symbols and programs and shutil.which("strip"):
        run(["strip", "--strip-unneeded", *programs])
    for path in programs:
        make_relative(path, prefix)
    _replace(prefix, os.fsencode(built_in), os.fsencode(_BUILT_IN))


def _library(prefix: str) -> str:
    above = os.path.join(prefix, "lib")
    folders = (os.path.join(above, name) for name in sorted(os.listdir(above)))
    return next(folder for folder in folders if os.path.isfile(os.path.join(folder, "os.py")))


def _superfluous(prefix: str, library: str, keep: Sequence[str]) -> Iterator[str]:
    """Yield files and folders that are left out; what lies in a folder that is yielded is not."""
    if "tests" not in keep:
        yield from (path for name in _TESTS if os.path.lexists(path := os.path.join(library, name)))
        dynamic = os.path.join(library, "lib-dynload")
        with suppress(FileNotFoundError):
            yield from (os.path.join(dynamic, name) for name in os.listdir(dynamic) if name.startswith(TEST_MODULES))
    if "static" not in keep:
        for folder in [os.path.join(prefix, "lib"), *map(str, Path(library).glob("config-*"))]:
            yield from (os.path.join(folder, name) for name in os.listdir(folder) if name.endswith((".a", ".o")))
    # in Python's own form, which looks at times: all of it is compiled again
    tests = () if "tests" in keep else tuple(os.path.join(library, name) for name in _TESTS)
    for folder, folders, _ in os.walk(prefix):
        if "__pycache__" in folders and not folder.startswith(tests):
            folders.remove("__pycache__")
            yield os.path.join(folder, "__pycache__")


def _add_plain_names(programs: str) -> None:
    names = {"python": "python3", "python-config": "python3-config", "pydoc": "pydoc3", "pip": "pip3"}
    for name, target in names.items():
        path = os.path.join(programs, name)
        if os.path.lexists(os.path.join(programs, target)) and not os.path.lexists(path):
            os.symlink(target, path)


def _replace(prefix: str, old: bytes, new: bytes) -> None:
    for folder, _, names in os.walk(prefix):
        for name in names:
            path = Path(folder, name)
            if path.is_symlink() or not path.is_file():
                continue
            content = path.read_bytes()
            if old in content and b"\0" not in content:
                path.write_bytes(content.replace(old, new))
