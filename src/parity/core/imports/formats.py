"""Every file of another tool that parity takes over, and how it is known."""

import posixpath
import re
from collections.abc import Callable

from parity.core.dataclass import dataclass
from parity.core.export.json_form import is_json_form
from parity.core.imports.conda_lock_yml import read_conda_lock_yml
from parity.core.imports.errors import ForeignUnknown
from parity.core.imports.explicit import read_explicit
from parity.core.imports.model import Foreign
from parity.core.imports.pipfile_lock import read_pipfile_lock
from parity.core.imports.pixi_lock import read_pixi_lock
from parity.core.imports.pixi_toml import read_pixi_toml
from parity.core.imports.poetry_lock import read_poetry_lock
from parity.core.imports.pylock_toml import read_pylock_toml
from parity.core.imports.reading import Beside
from parity.core.imports.uv_lock import read_uv_lock
from parity.core.manifests.explicit import is_explicit


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What reads a format: its text, the name of its file, and what gives the texts of files beside it."""

    read: Callable[[str, str, Beside], Foreign]
    named: re.Pattern[str]


SOURCES = {
    "Pipfile.lock": Source(read=read_pipfile_lock, named=re.compile(r"Pipfile\.lock")),
    "conda-lock.yml": Source(read=read_conda_lock_yml, named=re.compile(r".*conda-lock\.ya?ml")),
    "explicit": Source(read=read_explicit, named=re.compile(r"(?!)")),
    "pixi.lock": Source(read=read_pixi_lock, named=re.compile(r"pixi\.lock")),
    "pixi.toml": Source(read=read_pixi_toml, named=re.compile(r"pixi\.toml")),
    "poetry.lock": Source(read=read_poetry_lock, named=re.compile(r"poetry\.lock")),
    "pylock.toml": Source(read=read_pylock_toml, named=re.compile(r"pylock(\.[^.]+)?\.toml")),
    "uv.lock": Source(read=read_uv_lock, named=re.compile(r"uv\.lock")),
}


def format_of(path: str, text: str) -> str:
    """Return the name of a file's format: by its own name, or by conda's mark in it. Raises ForeignUnknown."""
    if is_json_form(text):
        raise ForeignUnknown(
            f"`{path}` is a lock that parity itself has exported",
            hint=f"`parity env create -f {path}` makes the same environment of it",
        )
    name = posixpath.basename(path)
    for kind, source in SOURCES.items():
        if source.named.fullmatch(name):
            return kind
    if is_explicit(text):
        return "explicit"
    known = ", ".join(f"`{kind}`" for kind in SOURCES if kind != "explicit")
    raise ForeignUnknown(
        f"`{path}` is no file that parity takes over by its name",
        hint=f"it takes {known} and lists with `@EXPLICIT`; `--format` says which one it is",
    )
