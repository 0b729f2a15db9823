"""What the files around an executable say about it, without starting it."""

import os
import re
from collections.abc import Iterable
from contextlib import suppress

from parity.core.dataclass import dataclass
from parity.engines.interpreters.binaries import Binary

_HEADERS = re.compile(r"(?P<kind>python|pypy)(?P<minor>\d+\.\d+)(?P<flags>[a-z]*)")
_EXECUTABLE = re.compile(r"(?:python|pypy)(?P<major>\d+)?(?P<minor>\.\d+)?(?P<flags>[a-z]*)(?:\.exe)?")
_VERSION = re.compile(r'^#define\s+(PY_VERSION|PYPY_VERSION)\s+"([^"+]+)', re.MULTILINE)
_CONDA_RECORD = re.compile(r"(?:python|pypy)-(?P<version>[^-]+)-(?P<build>[^-]+)\.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about an interpreter apart from where it was found; empty text means that nobody knows."""

    implementation: str
    version: str
    free_threaded: bool = False
    debug: bool = False
    build: str = ""
    platform: str = ""
    libc: str = ""
    cache_tag: str = ""
    abi: str = ""


def read_facts(real_path: str, binary: Binary) -> Facts | None:
    """Return what the headers beside an executable say, or None where they say nothing or more than one thing.

    None too where the executable's own head does not say for which machine it was made.
    Only headers of the very version and flavour that the executable's name has are believed. Raises OSError where
    a header cannot be read.
    """
    if not binary.platform:
        return None
    prefix = os.path.dirname(os.path.dirname(real_path))
    headers = _matching_headers(prefix, os.path.basename(real_path))
    if headers is None:
        return None
    defined = _read_versions(os.path.join(prefix, "include", headers.string, "patchlevel.h"))
    if not defined.get("PY_VERSION", "").startswith(headers["minor"] + "."):
        return None
    digits, flags = headers["minor"].replace(".", ""), headers["flags"]
    pypy = defined.get("PYPY_VERSION", "")
    if (headers["kind"] == "pypy") != bool(pypy):
        return None
    return Facts(
        implementation="pypy" if pypy else "cpython",
        version=defined["PY_VERSION"],
        free_threaded="t" in flags,
        debug="d" in flags,
        build=_conda_build(prefix) or _uv_build(prefix),
        platform=binary.platform,
        libc=binary.libc,
        cache_tag=f"pypy{digits}" if pypy else "" if digits.startswith("2") else f"cpython-{digits}",
        abi=_pypy_abi(digits, pypy) if pypy else "" if digits.startswith("2") else f"cp{digits}{flags}",
    )


def _matching_headers(prefix: str, executable: str) -> re.Match[str] | None:
    named = _EXECUTABLE.fullmatch(executable)
    if named is None:
        return None
    version = f"{named['major'] or ''}{named['minor'] or ''}"
    found = []
    for headers in _matches(os.path.join(prefix, "include"), _HEADERS):
        same_version = not version or headers["minor"] == version or headers["minor"].startswith(f"{version}.")
        # the `m` of 3.7 and before stands on the headers, not always on the executable
        if same_version and (not named["minor"] or named["flags"].strip("m") == headers["flags"].strip("m")):
            found.append(headers)
    return found[0] if len(found) == 1 else None


def _matches(folder: str, pattern: re.Pattern[str]) -> Iterable[re.Match[str]]:
    names: list[str] = []
    with suppress(FileNotFoundError, NotADirectoryError):
        names = os.listdir(folder)
    return [match for name in sorted(names) if (match := pattern.fullmatch(name))]


def _read_versions(path: str) -> dict[str, str]:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return dict(_VERSION.findall(file.read()))
    except (FileNotFoundError, NotADirectoryError):
        return {}


def _conda_build(prefix: str) -> str:
    records = [*_matches(os.path.join(prefix, "conda-meta"), _CONDA_RECORD)]
    return str(records[0]["build"]) if len(records) == 1 else ""


def _uv_build(prefix: str) -> str:
    """Return the build that uv writes beside each interpreter it installs."""
    try:
        with open(os.path.join(prefix, "BUILD"), encoding="ascii", errors="replace") as file:
            return file.read(64).strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""


def _pypy_abi(digits: str, version: str) -> str:
    return f"pypy{digits}_pp{''.join(version.split('.')[:2])}"
