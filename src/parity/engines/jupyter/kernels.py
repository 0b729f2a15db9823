"""The folder in which Jupyter looks for kernels of a user, or of an installation of its own.

<data>/kernels/<name>/kernel.json, where <data> is Jupyter's data folder (jupyter_core's documentation, "Common
Directories and File Locations").
"""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from parity.core.kernels import Kernel, parse_kernel
from parity.engines.system.files import read_text, write_atomic

_SPEC = "kernel.json"
_KEPT = ("PARITY_HOME", "PARITY_CACHE_DIR")


class Kernels:
    """The kernels of one data folder. Every method raises OSError."""

    def __init__(self, environ: Mapping[str, str], prefix: str = "") -> None:
        """Take the user's own folder, or that of the installation in `prefix`."""
        self._environ = environ
        self.folder = (Path(prefix, "share", "jupyter") if prefix else _user_folder(environ)) / "kernels"

    def all(self) -> list[Kernel]:
        """Return the kernels that parity has made, by name."""
        specs = sorted(self.folder.glob(f"*/{_SPEC}"))
        found = (parse_kernel(path.parent.name, read_text(path) or "") for path in specs)
        return [kernel for kernel in found if kernel]

    def is_foreign(self, name: str) -> bool:
        """Say whether another program has a kernel of this name."""
        folder = self.folder / name
        return folder.exists() and name not in {kernel.name for kernel in self.all()}

    def write(self, kernel: Kernel) -> Path:
        """Make a kernel, or make it anew, and return its folder."""
        folder = self.folder / kernel.name
        folder.mkdir(parents=True, exist_ok=True)
        variables = {name: self._environ[name] for name in _KEPT if self._environ.get(name)}
        write_atomic(folder / _SPEC, kernel.to_text([sys.executable, "-P", "-m", "parity"], variables))
        return folder

    def remove(self, name: str) -> None:
        """Remove a kernel."""
        shutil.rmtree(self.folder / name)


def _user_folder(environ: Mapping[str, str]) -> Path:
    if named := environ.get("JUPYTER_DATA_DIR"):
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Jupyter"
    data = environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "jupyter"
