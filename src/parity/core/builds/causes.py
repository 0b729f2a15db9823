"""What probably went wrong, from the end of a build's log."""

import re
from collections.abc import Mapping

from parity.core.builds.modules import Modules

#: How much of a log is worth showing: lines.
SHOWN = 12

# The first that is found counts: what is seldom said by accident stands first
_CAUSES: Mapping[str, tuple[str, str]] = {
    r"No space left on device": ("the disk is full", "make room where the store and temporary files are"),
    r"Killed signal terminated|: Killed$|virtual memory exhausted|out of memory|memory exhausted": (
        "the compiler was killed, probably for want of memory",
        "leave `--optimize` out, or give the machine more memory",
    ),
    r"no acceptable C compiler found": ("there is no C compiler", "install one: `gcc` or `clang`, and `make`"),
    r"C compiler cannot create executables": (
        "the C compiler does not work",
        "look at CC, CFLAGS and LDFLAGS, and whether the C library's headers are installed",
    ),
    r"unrecogni[sz]ed (?:command[- ]line )?option": ("the compiler does not know an option", "look at CC and CFLAGS"),
    r"unknown architecture|unsupported option '-flto|lto-wrapper failed|LTO support": (
        "the compiler cannot optimise at link time",
        "leave `--optimize` out, or install the compiler's plug-ins",
    ),
    r"cannot find -l(?P<what>\S+?):? ?(?:No such file|$)": (
        "the library `{what}` cannot be linked with",
        "install the package with its headers",
    ),
    r"fatal error: (?P<what>\S+): No such file or directory": (
        "the header `{what}` is not installed",
        "install the package that brings it",
    ),
    r"'(?P<what>[^']+\.h)' file not found": (
        "the header `{what}` is not installed",
        "install the package that brings it",
    ),
    r"\[\d+/\d+\] (?P<what>test_\w+) failed": (
        "Python's own `{what}` failed while the profile was made",
        "try again on an idle machine, or leave `--optimize` out",
    ),
    r"recompile with -fPIC": ("a static library stands in the way", "name the shared one with LDFLAGS"),
    r"(?P<what>make|gcc|cc|clang): (?:command )?not found": ("`{what}` is not installed", "install it"),
    r"configure: error: (?P<what>.+)": ("`configure` says: {what}", "look at the arguments given with `--with`"),
    r"undefined reference to [`'](?P<what>[^']+)'": (
        "`{what}` is in no library that is linked with",
        "look at LIBS and LDFLAGS; the headers of a library may be newer than the library",
    ),
    r"error: (?P<what>[^\n]+)": ("the compiler says: {what}", "look at CC and CFLAGS, or try a newer patch release"),
}


def likely_cause(log: str, table: Modules) -> tuple[str, str]:
    """Return what probably went wrong and what to do about it; nothing where nobody can tell."""
    for pattern, (cause, remedy) in _CAUSES.items():
        if match := re.search(pattern, log, re.MULTILINE):
            what = match.groupdict().get("what", "")
            return cause.format(what=what), _packaged(what, table) or remedy
    return "", ""


def end_of(log: str) -> str:
    """Return the last lines of a log that say something."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    return "\n".join(lines[-SHOWN:])


def _packaged(header: str, table: Modules) -> str:
    """Return the packages that bring a header, where it is one that a standard module needs."""
    module = next((each for each in table.modules if header in each.headers), None)
    if module is None:
        return ""
    named = ", ".join(f"{package} ({manager})" for manager, package in module.packages.items() if package)
    return f"install {named}"
