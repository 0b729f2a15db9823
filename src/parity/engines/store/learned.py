"""What packages were found to bring when they were unpacked, and the name table did not know."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from parity.core.dataclass import dataclass
from parity.engines.store import records
from parity.engines.store.home import home_folder
from parity.engines.system.files import write_atomic


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The record in the store of this user: conda's name, and PyPI's names of what the package brings."""

    home: str

    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Return what was learned. Raises OSError."""
        return {name: tuple(found) for name, *found in records.read(self._path) or []}

    def learn(self, package: str, distributions: Sequence[str]) -> None:
        """Remember what a package brings. Raises OSError."""
        known = {**self.names(), package: tuple(sorted(distributions))}
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        rows = [[name, *found] for name, found in sorted(known.items())]
        write_atomic(Path(self._path), records.encode(rows).decode())

    @property
    def _path(self) -> str:
        return os.path.join(self.home, "learned", "names-v1")


def learned(environ: Mapping[str, str]) -> Learned:
    """Return what was learned in this user's store."""
    return Learned(home=home_folder(environ))
