"""The Python of these tests, packed as the conda packages `python` and `python_abi` by parity's own packing.

Any CPython from 3.11 on, a distribution's too. Where the program looks for a library of its own, its run path is set by
`patchelf`: a Python that finds it in the system's folders has none that could be made relative.
"""

import subprocess
import sys
from pathlib import Path

from parity.core.conda.packages import Package
from parity.engines.interpreters import packing
from tests.support.conda.programs import tool

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
VERSION = ".".join(map(str, sys.version_info[:3]))
#: The build string's part for this Python, `py312`.
TAG = f"py{sys.version_info.major}{sys.version_info.minor}"
SITE = f"lib/python{MINOR}/site-packages"

# What no test starts, and half of the time that packing and installing would take
_LEFT_OUT = {"ensurepip", "idlelib", "lib2to3", "pydoc_data", "tkinter", "turtledemo"}


def build() -> str:
    """Return the build string of the packed interpreter."""
    return "h1a2b3c4_0_cpython"


def interpreter(scratch: Path, subdir: str) -> Package:
    """Return the Python that runs these tests as a package; `scratch` is an empty folder to prepare it in."""
    layout = packing.layout_of(sys.executable)
    packing.lay_out(layout, scratch, left_out=packing.LEFT_OUT | _LEFT_OUT)
    programs = [scratch / "bin" / layout.name, *sorted((scratch / "lib").glob("libpython*.so*"))]
    modules = sorted((scratch / f"lib/{layout.name}/lib-dynload").glob("*.so"))
    for run_path, paths in (("$ORIGIN/../lib", programs), ("$ORIGIN/../..", modules)):
        subprocess.run([tool("patchelf"), "--set-rpath", run_path, *map(str, paths)], check=True)
    return packing.to_package(layout, scratch, build=build().removeprefix("h"), subdir=subdir)


def python_abi(minor: str) -> Package:
    """Return the empty package that ties what is compiled for a minor version of Python to it."""
    build = f"0_cp{minor.replace('.', '')}"
    return Package("python_abi", minor, build, noarch="generic", constrains=[f"python {minor}.* *_cpython"])
