"""The Python of these tests, packed as the conda packages `python` and `python_abi`, and running wherever installed.

Any CPython from 3.11 on, a distribution's too: links are followed, run paths made relative, the folder it was
installed in replaced by the placeholder, and what a distribution changed about `site-packages` taken back.
"""

import compileall
import os
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from tests.support.conda.packages import PLACEHOLDER, File, Package
from tests.support.conda.programs import Built, tool

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
VERSION = ".".join(map(str, sys.version_info[:3]))
#: The build string's part for this Python, `py312`.
TAG = f"py{sys.version_info.major}{sys.version_info.minor}"
SITE = f"lib/python{MINOR}/site-packages"

# Debian's Python looks for packages, and installs them, elsewhere than every other. Its `site` is frozen into the
# program, so that only a module which that imports can teach it the usual place.
_DISTRIBUTION_SCHEME = ("prefix_scheme = 'posix_local'", "prefix_scheme = 'posix_prefix'")
_SITECUSTOMIZE = f"""import site
import sys

site.addsitedir(f"{{sys.prefix}}/{SITE}")
"""

# What no test starts, and half of the time that packing and installing would take
_LEFT_OUT = {
    *("__pycache__", "dist-packages", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages"),
    *("sitecustomize.py", "test", "tests", "tkinter", "turtledemo", "EXTERNALLY-MANAGED", "LICENSE.txt"),
}


def build() -> str:
    """Return the build string of the packed interpreter."""
    return "h1a2b3c4_0_cpython"


def interpreter(scratch: Path, subdir: str) -> Package:
    """Return the Python that runs these tests as a package; `scratch` is an empty folder to prepare it in."""
    _copy(scratch)
    _make_relocatable(scratch)
    _compile(scratch)
    files: Built = {
        path.relative_to(scratch).as_posix(): File(path.read_bytes(), executable=os.access(path, os.X_OK))
        for path in sorted(scratch.rglob("*"))
        if path.is_file()
    }
    for name in ("python", "python3"):
        files[f"bin/{name}"] = File(link=f"python{MINOR}")
    files["bin/pydoc"] = f"#!{PLACEHOLDER}/bin/python{MINOR}\nimport pydoc\n\npydoc.cli()\n"
    files[f"{SITE}/README.txt"] = "Packages are installed here.\n"
    return Package(
        "python",
        VERSION,
        build(),
        subdir=subdir,
        constrains=[f"python_abi {MINOR}.* *_cp{TAG[2:]}"],
        python_site_packages_path=SITE,
        files=files,
    )


def python_abi(minor: str) -> Package:
    """Return the empty package that ties what is compiled for a minor version of Python to it."""
    build = f"0_cp{minor.replace('.', '')}"
    return Package("python_abi", minor, build, noarch="generic", constrains=[f"python {minor}.* *_cpython"])


def _sources() -> Iterator[tuple[Path, str]]:
    """Yield the files of the interpreter and their places in the package."""
    base, library = Path(sys.base_prefix), Path(os.__file__).parent
    yield base / "bin" / f"python{MINOR}", f"bin/python{MINOR}"
    for folder, folders, names in os.walk(library, followlinks=True):
        folders[:] = sorted(set(folders) - _LEFT_OUT)
        for name in sorted(set(names) - _LEFT_OUT):
            path = Path(folder, name)
            if path.suffix not in {".a", ".o"} and not name.startswith(("_test", "_ctypes_test", "xx")):
                yield path, f"lib/python{MINOR}/{path.relative_to(library).as_posix()}"
    headers = Path(sysconfig.get_path("include"))
    for path in sorted(headers.rglob("*.h")):
        yield path, f"include/python{MINOR}/{path.relative_to(headers).as_posix()}"
    for path in sorted((base / "lib" / "pkgconfig").glob(f"python-{MINOR}*.pc")):
        yield path, f"lib/pkgconfig/{path.name}"


def _copy(scratch: Path) -> None:
    for path, place in _sources():
        # A distribution's links may lead to what is not installed.
        if path.is_file():
            (scratch / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, scratch / place)
    # What the program is linked with, where that is a library of its own.
    for name in _needed(scratch / "bin" / f"python{MINOR}"):
        folders = (Path(sys.base_prefix, "lib"), Path(str(sysconfig.get_config_var("LIBDIR"))))
        found = [folder / name for folder in folders if name.startswith("libpython") and (folder / name).is_file()]
        if found:
            shutil.copy(found[0], scratch / "lib" / name)


def _needed(program: Path) -> list[str]:
    command = [tool("patchelf"), "--print-needed", str(program)]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.split()


def _make_relocatable(scratch: Path) -> None:
    programs = [scratch / "bin" / f"python{MINOR}", *sorted((scratch / "lib").glob("libpython*.so*"))]
    modules = sorted((scratch / f"lib/python{MINOR}/lib-dynload").glob("*.so"))
    # Debugging symbols are nine tenths of some, and a distribution's files may be read-only.
    for path in (*programs, *modules):
        path.chmod(0o755)
    subprocess.run([tool("strip"), "--strip-unneeded", *map(str, (*programs, *modules))], check=True)
    for run_path, paths in (("$ORIGIN/../lib", programs), ("$ORIGIN/../..", modules)):
        subprocess.run([tool("patchelf"), "--set-rpath", run_path, *map(str, paths)], check=True)
    library = scratch / f"lib/python{MINOR}"
    if "dist-packages" in (library / "site.py").read_text(encoding="utf-8"):
        (library / "sitecustomize.py").write_text(_SITECUSTOMIZE, encoding="utf-8")
        (scheme,) = {*library.glob("sysconfig.py"), *library.glob("sysconfig/__init__.py")}
        scheme.write_text(scheme.read_text(encoding="utf-8").replace(*_DISTRIBUTION_SCHEME), encoding="utf-8")
    texts = [*library.glob("_sysconfigdata*.py"), *library.glob("config-*/*"), *scratch.glob("lib/pkgconfig/*.pc")]
    for path in texts:
        _replace_prefix(path)


def _replace_prefix(path: Path) -> None:
    """Put the placeholder where a file names the interpreter's folder; that may be /usr, and /usr/bin/gcc stays."""
    own = rf"{re.escape(sys.base_prefix)}(?=['\"\s:]|$|/(?:lib|include|share)(?:['\"\s/]|$)|/bin/?(?:python|['\"\s]|$))"
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    path.write_text(re.sub(own, PLACEHOLDER, text, flags=re.MULTILINE), encoding="utf-8", errors="surrogateescape")


def _compile(scratch: Path) -> None:
    """Compile everything, with neither times nor this machine's folders in it; nothing for what holds a placeholder."""
    compileall.compile_dir(
        scratch / "lib",
        maxlevels=20,
        quiet=2,
        stripdir=str(scratch),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    for path in scratch.rglob("*.py"):
        if PLACEHOLDER.encode() in path.read_bytes():
            for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
                compiled.unlink()
