"""Which environments of a store stand on an interpreter, and whose they are."""

import os
from collections.abc import Iterator

from parity.engines.store import records
from parity.engines.store.environments import PRIVATE, Environments


def standing_on(home: str, folder: str) -> list[tuple[str, str]]:
    """Return each complete environment whose interpreter is below a folder, with the project that it is linked from.

    The project is empty where no `.venv` leads to the environment. Raises OSError.
    """
    environments, below = Environments(home), os.path.realpath(folder) + os.sep
    projects = {link: project for project, link in _links(home)}
    found = []
    for key in _keys(environments.path("")):
        recorded = environments.recorded(environments.path(key))
        if recorded and any(os.path.realpath(word).startswith(below) for word in recorded.interpreter if "/" in word):
            found.append((environments.path(key), projects.get(environments.path(key), "")))
    return found


def _keys(folder: str) -> Iterator[str]:
    for prefix in ("", PRIVATE):
        above = os.path.join(folder, prefix)
        if os.path.isdir(above):
            yield from (prefix + name for name in sorted(os.listdir(above)) if prefix + name + "/" != PRIVATE)


def _links(home: str) -> Iterator[tuple[str, str]]:
    """Yield every project that the store knows, with where its `.venv` leads to."""
    folder = os.path.join(home, "roots", "v1")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        rows = records.read(os.path.join(folder, name)) if os.path.isfile(os.path.join(folder, name)) else None
        for row in rows or ():
            link = os.path.join(row[1], ".venv") if row[:1] == ["project"] else ""
            if link and os.path.islink(link):
                yield row[1], os.readlink(link)
