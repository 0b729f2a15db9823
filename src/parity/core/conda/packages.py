"""Conda packages that are made here, from contents in memory: what is in one, and what it says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

from parity.core.dataclass import dataclass

#: The folder that packages believe to be installed in, as long as what conda-build takes: most real ones are shorter.
PLACEHOLDER = ("/opt/made/elsewhere" + "/_placehold" * 22)[:254]

#: 2024-01-01: when a package was made that says nothing else. Not now: the same contents are the same package.
MADE = 1704067200

Json = dict[str, Any]


# content, name and version come first wherever they are written: they need no keywords
@dataclass(frozen=True, slots=True)
class File:
    """One file of a package: its content, or the target of the symbolic link that it is."""

    content: bytes = b""
    executable: bool = False
    link: str = ""


Files = Mapping[str, str | bytes | File]


@dataclass(frozen=True, slots=True)
class Package:
    """One conda package. `files`: path → text, bytes or `File`; text and bytes under `bin/` are executable.

    `subdir` is forgotten where `noarch` says that the package is for all. `entry_points`: name → `module:function`,
    for noarch Python packages. `made`: seconds since 1970, the record's timestamp. `form`: the archive's suffix.
    """

    name: str
    version: str = "1.0"
    build: str = "0"
    build_number: int = 0
    subdir: str = "noarch"
    noarch: Literal["", "python", "generic"] = ""
    depends: Sequence[str] = ()
    constrains: Sequence[str] = ()
    track_features: str = ""
    files: Files = field(default_factory=dict)
    entry_points: Mapping[str, str] = field(default_factory=dict)
    python_site_packages_path: str = ""
    placeholder: str = PLACEHOLDER
    made: int = MADE
    form: Literal[".conda", ".tar.bz2"] = ".conda"
    license: str = "MIT"
    summary: str = ""

    @property
    def stem(self) -> str:
        """The archive's name without its suffix."""
        return f"{self.name}-{self.version}-{self.build}"

    @property
    def file(self) -> str:
        """The archive's name."""
        return self.stem + self.form

    @property
    def folder(self) -> str:
        """The channel's folder that the package is in."""
        return "noarch" if self.noarch else self.subdir

    def index(self) -> Json:
        """Return what `info/index.json` and the channel's record have in common."""
        said: Json = {
            "name": self.name,
            "version": self.version,
            "build": self.build,
            "build_number": self.build_number,
            "depends": list(self.depends),
            "constrains": list(self.constrains),
            "license": self.license,
            "subdir": self.folder,
            "timestamp": self.made * 1000,
        }
        told = {
            "noarch": self.noarch,
            "track_features": self.track_features,
            "python_site_packages_path": self.python_site_packages_path,
        }
        return said | {key: value for key, value in told.items() if value}
