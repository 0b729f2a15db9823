"""`parity init`: a small manifest in a folder that has none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parity.core.editing.beginnings import environment_text, name_for, pyproject_text
from parity.core.editing.errors import ManifestExists
from parity.core.errors import UsageError
from parity.core.places import Place
from parity.workflows.quick import MANIFEST_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PYTHON = re.compile(r"\d+\.\d+(\.\d+)?")


def init(
    folder: Path,
    *,
    conda: bool,
    name: str,
    python: str,
    read: Callable[[Path], str | None],
    write: Callable[[Path, str], None],
) -> Path:
    """Write a manifest and return its path. Without a `name` it has that of the folder.

    Raises ManifestExists where there is one of any kind: nothing is written over; UsageError for a `python` that is no
    version.
    """
    if python and not _PYTHON.fullmatch(python):
        raise UsageError(f"`{python}` is no version of Python", hint="write a version such as `3.12`")
    for file in MANIFEST_NAMES:
        if read(folder / file) is not None:
            raise ManifestExists(
                f"there is a `{file}` here already",
                hint="`parity add` adds to it, `parity sync` makes its environment",
                place=Place(file=file),
            )
    begin, file = (environment_text, "environment.yml") if conda else (pyproject_text, "pyproject.toml")
    path = folder / file
    write(path, begin(name or name_for(folder.name), python))
    return path
