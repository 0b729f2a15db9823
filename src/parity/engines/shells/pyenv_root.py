"""pyenv's folder: which versions lie in it, and the files that say which is meant."""

import os
from collections.abc import Mapping
from contextlib import suppress


def root_folder(environ: Mapping[str, str]) -> str:
    """Return where pyenv keeps its versions: `PYENV_ROOT`, else `~/.pyenv`."""
    chosen = environ.get("PYENV_ROOT") or os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".pyenv")
    return chosen.rstrip("/") or "/"


def versions(root: str) -> dict[str, str]:
    """Return the prefixes of what is installed by name: versions, aliases, and environments (`3.12.4/envs/work`)."""
    folder = os.path.join(root, "versions")
    found = {}
    for name in _folders(folder):
        found[name] = os.path.join(folder, name)
        inner = os.path.join(folder, name, "envs")
        found.update({f"{name}/envs/{each}": os.path.join(inner, each) for each in _folders(inner)})
    return found


def _folders(folder: str) -> list[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir())
    return []
