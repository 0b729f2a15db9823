"""pyenv's folder: which versions lie in it, and the files that say which is meant."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from parity.engines.system.files import write_atomic


def root_folder(environ: Mapping[str, str]) -> str:
    """Return where pyenv keeps its versions: `PYENV_ROOT`, else `~/.pyenv`."""
    chosen = environ.get("PYENV_ROOT") or os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".pyenv")
    return chosen.rstrip("/") or "/"


class PyenvRoot:
    """pyenv's folder. Every path is text."""

    def __init__(self, path: str) -> None:
        self.path = path

    def versions(self) -> dict[str, str]:
        """Return the prefixes of what is installed, by name: versions, aliases, environments (`3.12.4/envs/work`)."""
        folder = os.path.join(self.path, "versions")
        found = {}
        for name in _folders(folder):
            found[name] = os.path.join(folder, name)
            inner = os.path.join(folder, name, "envs")
            found.update({f"{name}/envs/{each}": os.path.join(inner, each) for each in _folders(inner)})
        return found

    def read(self, path: str) -> str | None:
        """Return what is in a file, whatever its encoding; None where there is no file that can be read."""
        try:
            return Path(path).read_text(encoding="utf-8", errors="surrogateescape") if os.path.isfile(path) else None
        except OSError:
            return None

    def is_there(self, path: str) -> bool:
        """Say whether there is anything at a path, a link that leads nowhere included."""
        return os.path.lexists(path)

    def is_file(self, path: str) -> bool:
        """Say whether a path is a file."""
        return os.path.isfile(path)

    def is_folder(self, path: str) -> bool:
        """Say whether a path is a folder."""
        return os.path.isdir(path)

    def is_program(self, path: str) -> bool:
        """Say whether a path is a file that can be executed."""
        return os.path.isfile(path) and os.access(path, os.X_OK)

    def leads_to(self, path: str) -> str:
        """Return what a link says; nothing where there is none."""
        try:
            return os.readlink(path)
        except OSError:
            return ""

    def real(self, path: str) -> str:
        """Return a path with every link resolved."""
        return os.path.realpath(path)

    def write(self, path: str, lines: Iterable[str]) -> None:
        """Write a file in one step, a line each. Raises OSError."""
        write_atomic(Path(path), "".join(f"{line}\n" for line in lines))

    def remove_file(self, path: str) -> None:
        """Remove a file; nothing happens where there is none. Raises OSError."""
        with suppress(FileNotFoundError):
            os.unlink(path)

    def hook_scripts(self, folders: Sequence[str], command: str) -> list[str]:
        """Return the scripts of pyenv's plugins for a command, links resolved, in the order of their folders."""
        found = []
        for folder in folders:
            with suppress(OSError):
                names = sorted(os.listdir(os.path.join(folder, command)))
                found += [
                    os.path.realpath(os.path.join(folder, command, each)) for each in names if each.endswith(".bash")
                ]
        return found

    def plugin_hooks(self) -> list[str]:
        """Return the folders of hook scripts that pyenv's plugins bring."""
        plugins = os.path.join(self.path, "plugins")
        return [os.path.join(plugins, name, "etc", "pyenv.d") for name in _folders(plugins)]

    def link(self, target: str, path: str) -> None:
        """Make a link in pyenv's folder; one that is there is replaced. Raises OSError."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        beside = f"{path}.parity-new"
        with suppress(FileNotFoundError):
            os.unlink(beside)
        os.symlink(target, beside)
        os.rename(beside, path)

    def remove(self, path: str) -> None:
        """Remove a version or a link to one. Raises OSError."""
        if os.path.islink(path):
            os.unlink(path)
        elif os.path.isdir(path):
            shutil.rmtree(path)


def _folders(folder: str) -> list[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir())
    return []
