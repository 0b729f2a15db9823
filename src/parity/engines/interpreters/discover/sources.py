"""What each source of interpreters has to offer, unseen."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress

from parity.core.dataclass import dataclass
from parity.core.interpreters import Source
from parity.engines.interpreters.discover.surroundings import Surroundings
from parity.engines.interpreters.marker import is_complete

_EXECUTABLE = re.compile(r"python(\d+(\.\d+)?t?)?|pypy(\d+(\.\d+)?)?|graalpy")
_IN_A_PREFIX = ("python", "python3", "pypy3", "pypy", "graalpy", "python2")
_SYSTEM = frozenset({"/usr/bin", "/bin", "/usr/sbin", "/sbin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that may be an interpreter. `path` is empty where a manager's folder has no executable."""

    path: str
    source: Source
    prefix: str
    name: str = ""


def candidates(surroundings: Surroundings) -> Iterator[Candidate]:
    """Yield what every source offers: parity's own, pyenv's, uv's, PATH in its order, conda's."""
    yield from _parity(surroundings.parity)
    yield from _pyenv(surroundings.pyenv)
    yield from _uv(surroundings.uv)
    for folder in surroundings.search_path:
        yield from _path(folder)
    yield from _conda(surroundings)


def is_environment(prefix: str) -> bool:
    """Say whether a prefix is a virtual environment: something on top of an interpreter, not one itself."""
    return os.path.lexists(os.path.join(prefix, "pyvenv.cfg"))


def executable_in(prefix: str) -> str:
    """Return the interpreter of a prefix under its plainest name, or nothing where there is none."""
    paths = (os.path.join(prefix, "bin", executable) for executable in _IN_A_PREFIX)
    return next((path for path in paths if os.path.lexists(path)), "")


def conda_name(prefix: str) -> str:
    """Return the name of a conda environment: its folder's, `base` for the installation of conda itself."""
    return "base" if os.path.isdir(os.path.join(prefix, "condabin")) else os.path.basename(prefix)


def _parity(folder: str) -> Iterator[Candidate]:
    for name in _folders(folder):
        if is_complete(os.path.join(folder, name)):
            for inner in _folders(os.path.join(folder, name)):
                yield _in_prefix(os.path.join(folder, name, inner), "parity")


def _pyenv(folder: str) -> Iterator[Candidate]:
    for name in _folders(folder, links=True):
        yield _in_prefix(os.path.join(folder, name), "pyenv", name)


def _uv(folder: str) -> Iterator[Candidate]:
    for name in _folders(folder):
        yield _in_prefix(os.path.join(folder, name), "uv", name)


def _path(folder: str) -> Iterator[Candidate]:
    """Yield the executables of one folder of PATH, the most telling name first: `python3.11` outlives an upgrade."""
    names: list[str] = []
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        names = [name for name in os.listdir(folder) if _EXECUTABLE.fullmatch(name)]
    source: Source = "system" if folder in _SYSTEM else "path"
    # the plain name decides which of several interpreters of one folder is the first
    plain = os.path.realpath(os.path.join(folder, "python3"))
    ordered = sorted(names, key=lambda name: (os.path.realpath(os.path.join(folder, name)) != plain, -len(name), name))
    for name in ordered:
        path = os.path.join(folder, name)
        yield Candidate(path=path, source=source, prefix=os.path.dirname(folder))


def _conda(surroundings: Surroundings) -> Iterator[Candidate]:
    for root in surroundings.conda_roots:
        if os.path.isdir(os.path.join(root, "conda-meta")):
            yield _in_prefix(root, "conda", conda_name(root))
            for name in _folders(os.path.join(root, "envs")):
                yield from _conda_environment(os.path.join(root, "envs", name))
    with suppress(FileNotFoundError), open(surroundings.conda_list, encoding="utf-8") as file:
        for line in file:
            yield from _conda_environment(line.strip())


def _conda_environment(prefix: str) -> Iterator[Candidate]:
    """Yield the Python of a conda environment; many have none, which is no fault."""
    if not os.path.isdir(os.path.join(prefix, "conda-meta")):
        return
    candidate = _in_prefix(prefix, "conda", conda_name(prefix))
    if candidate.path:
        yield candidate


def _in_prefix(prefix: str, source: Source, name: str = "") -> Candidate:
    return Candidate(path=executable_in(prefix), source=source, prefix=prefix, name=name)


def _folders(folder: str, *, links: bool = False) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir() and (links or not entry.is_symlink())
            )
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
