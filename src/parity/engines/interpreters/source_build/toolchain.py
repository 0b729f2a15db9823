"""The programs of this machine that building needs: the compiler, `make`, the package manager that brings headers."""

import os
import shlex
import shutil
from collections.abc import Mapping, Sequence

from parity.core.builds.errors import PythonBuildFailed
from parity.core.builds.recipe import FLAGS
from parity.engines.system.process import run

# in the order in which `configure` looks
_COMPILERS = ("gcc", "cc", "clang")
_MANAGERS = {"apt-get": "apt", "dnf": "dnf", "apk": "apk", "pacman": "pacman", "zypper": "zypper", "brew": "brew"}
_DROPPED = frozenset({"CONFIG_SITE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "DESTDIR", *FLAGS})


def compiler_of(flags: Mapping[str, str], environ: Mapping[str, str], version: str) -> str:
    """Return what the compiler that `configure` will take says it is. Raises PythonBuildFailed where there is none."""
    search = environ.get("PATH", os.defpath)
    named = shlex.split(flags.get("CC", ""))
    found = named or [name for name in _COMPILERS if shutil.which(name, path=search)][:1]
    absent = [name for name in [*found[:1], "make"] if shutil.which(name, path=search) is None]
    if absent or not found:
        cause = f"there is no `{absent[0]}`" if found else "there is no C compiler"
        hint = "install a C compiler (`gcc` or `clang`) and `make`"
        raise PythonBuildFailed(version, "looking for tools", cause=cause, hint=hint)
    said = run([*found, "--version"], env=dict(environ)).stdout.splitlines()
    return said[0].strip() if said else found[0]


def package_manager(environ: Mapping[str, str]) -> str:
    """Return the name of this machine's package manager, or nothing where it has none that is known."""
    search = environ.get("PATH", os.defpath)
    return next((name for program, name in _MANAGERS.items() if shutil.which(program, path=search)), "")


def surroundings(environ: Mapping[str, str], flags: Mapping[str, str], released: int) -> dict[str, str]:
    """Return the variables to build in: what would change the outcome left out, the recipe's flags put in.

    `released` (seconds since 1970) takes the place of the time of day in what is built.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if name not in _DROPPED and not name.startswith(("PYTHON", "PIP_", "LC_"))
    }
    return {**kept, **flags, "LC_ALL": "C", "LANG": "C", "SOURCE_DATE_EPOCH": str(released)}


def jobs() -> str:
    """Return how many compilers to run at a time, as an argument of make's."""
    return f"-j{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1}"


def has_header(header: str, compiler: Sequence[str], flags: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Say whether the compiler finds a header, whatever else that one includes: CPython's build knows where that is."""
    asked = f"#if !__has_include(<{header}>)\n#error absent\n#endif\n"
    return run([*compiler, *flags, "-E", "-x", "c", "-"], env=dict(environ), text=asked).status == 0
