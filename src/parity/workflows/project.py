"""The project around a folder: where it begins, and what its environment is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from parity.core.errors import EnvironmentMissing, ProjectMissing, StoreUntrusted, VenvForeign
from parity.core.places import Place
from parity.workflows.quick import LOCK_NAME, MANIFEST_NAMES

if TYPE_CHECKING:
    from parity.engines.store.roots import Roots


def find_root(roots: Roots, directory: Path) -> Path:
    """Return the nearest folder with a lock or a manifest, from here up. Raises ProjectMissing where there is none."""
    found = roots.find_project(str(directory), (LOCK_NAME, *MANIFEST_NAMES))
    if not found:
        raise ProjectMissing(
            f"there is no project here: no `{LOCK_NAME}` and no manifest in `{directory}` or above it",
            hint="write a `requirements.txt`, `pyproject.toml` or `environment.yml`, or name the folder with `-C`",
        )
    return Path(found)


def current_environment(roots: Roots, root: Path) -> str:
    """Return the environment that a project's `.venv` leads to. Raises EnvironmentMissing where it leads to none."""
    environment = roots.linked(str(root))
    if not environment or not roots.is_complete(environment):
        raise EnvironmentMissing(f"`{root}` has no environment of parity's yet", hint="run `parity sync`")
    return environment


def refuse_foreign(roots: Roots, root: str) -> None:
    """Raise StoreUntrusted where the store is not this user's alone, VenvForeign where `.venv` is not parity's."""
    if not roots.trusted():
        raise StoreUntrusted(
            f"the store `{roots.home}` is not yours alone: {roots.distrust()}",
            hint="make it yours (`chown`, `chmod go-w`), or name another with `PARITY_HOME`",
        )
    if not roots.owns_link(root):
        raise VenvForeign(
            "`.venv` is here already and parity did not make it",
            hint="run `parity sync --move-aside` to keep it as `.venv.aside` and continue",
            place=Place(file=".venv"),
        )
