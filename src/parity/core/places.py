"""Where in a user's file something stands."""

from parity.core.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A spot in a file that a person can find: the file as the user knows it, and a key path or a line.

    `file` is relative to the project, with forward slashes. `key` reads like `dependencies[3].pip[0]`.
    `line` counts from 1.
    """

    file: str
    key: str = ""
    line: int | None = None

    def __str__(self) -> str:
        """Return `file:line: key`, leaving out what is not known."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}" if self.key else where

    def child(self, key: str) -> "Place":
        """Return the place of a part: a name is joined by a dot, an index (`[2]`) directly."""
        if not self.key or key.startswith("["):
            return Place(file=self.file, key=f"{self.key}{key}", line=self.line)
        return Place(file=self.file, key=f"{self.key}.{key}", line=self.line)
