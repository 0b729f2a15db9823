"""Whose environment is meant: the project around a folder, or an environment with a name or address of its own.

Either has a *root*: a folder with a lock, a link to the environment and a history. Everything else is the same.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from parity.core.environment_names import check_name
from parity.core.errors import (
    EnvironmentExists,
    EnvironmentMissing,
    EnvironmentUnknown,
    ProjectMissing,
    StoreUntrusted,
    VenvForeign,
)
from parity.core.places import Place
from parity.core.spelling import did_you_mean
from parity.workflows.quick import LOCK_NAME, MANIFEST_NAMES, meant

if TYPE_CHECKING:
    from parity.core.ports import Reporter
    from parity.engines.store.roots import Roots
    from parity.engines.system.locks import Lock


def find_root(roots: Roots, directory: Path, *, name: str = "", prefix: str = "", unlinked: bool = False) -> Path:
    """Return the root that is meant: of a named environment, of one at an address, else the project's around a folder.

    A `prefix` is relative to the folder. `unlinked`: also one whose link at its address is gone. Raises
    ProjectMissing, EnvironmentUnknown, NameInvalid.
    """
    if name:
        return _named(roots, check_name(name))
    if prefix:
        return _at(roots, address_of(directory, prefix), unlinked=unlinked)
    found = roots.find_project(str(directory), (LOCK_NAME, *MANIFEST_NAMES))
    if not found:
        raise ProjectMissing(
            f"there is no project here: no `{LOCK_NAME}` and no manifest in `{directory}` or above it",
            hint="`parity init` begins one here; `-C` names the folder of another",
        )
    return Path(found)


def address_of(directory: Path, prefix: str) -> str:
    """Return the whole path of an address that was typed in a folder."""
    return posixpath.normpath(directory / prefix)


def put_link_right(roots: Roots, root: Path, address: str = "") -> None:
    """Have a named environment be found by its name, or at its address; where its link was moved, at the new one.

    `address` is the one by which it was named. Raises EnvironmentExists where something else is there.
    """
    if address:
        roots.named.adopt(str(root), address)
    try:
        roots.named.publish(str(root))
    except FileExistsError:
        raise EnvironmentExists(
            f"`{roots.named.address(str(root))}` is here already and parity did not make it",
            hint="move it away, and run it again: the link to the environment belongs there",
        ) from None


def chosen_root(roots: Roots, directory: Path, word: str) -> Path:
    """Return the root that one word means: a name, or a path, which has a `/` in it or begins with a dot.

    A path is that of a project, of its `.venv`, or an environment's address; it is relative to the folder. Raises
    EnvironmentUnknown, NameInvalid, EnvironmentMissing where there is no environment of parity's.
    """
    if "/" not in word and not word.startswith("."):
        return _named(roots, check_name(word))
    path = posixpath.normpath(directory / word)
    root = roots.named.root_at(path)
    if roots.named.exists(root) and roots.named.is_published(root, path):
        return Path(root)
    folder = Path(path).parent if posixpath.basename(path) == ".venv" else Path(path)
    if not roots.vouched(str(folder.resolve())):
        raise EnvironmentMissing(
            f"there is no environment of parity's at `{path}`", hint=f"run `parity sync -C {folder}` first"
        )
    return folder.resolve()


def current_environment(roots: Roots, root: Path) -> str:
    """Return the environment that a root's `.venv` leads to. Raises EnvironmentMissing where it leads to none."""
    environment = roots.linked(str(root))
    if environment and roots.is_complete(environment):
        return environment
    if roots.named.is_root(str(root)):
        raise EnvironmentMissing(
            f"the environment `{roots.named.title(str(root))}` is not in the store any more",
            hint=f"run `parity sync{options_of(roots, root)}`",
        )
    raise EnvironmentMissing(f"`{root}` has no environment of parity's yet", hint="run `parity sync`")


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


def options_of(roots: Roots, root: Path) -> str:
    """Return the options that mean a root on a command line, with a space before them; nothing for a project's."""
    return meant(roots, str(root))


def title_of(roots: Roots, root: Path) -> str:
    """Return what a message calls the link of a root: `.venv`, or the name or address of the environment."""
    return roots.named.title(str(root)) if roots.named.is_root(str(root)) else ".venv"


def held(roots: Roots, root: Path, reporter: Reporter) -> Lock:
    """Return the lock of a root, under which its lock, link and history change; who waits for it is told why."""
    return roots.lock(str(root), waiting=lambda: reporter.phase("waiting for another parity in this project"))


def held_as_named(roots: Roots, root: Path, reporter: Reporter) -> Lock:
    """Return the lock under which a named environment, a tool's or one in passing is made, changed as a whole, removed.

    It goes outside of the root's own. Who waits for it is told why.
    """
    return roots.named.lock(str(root), lambda: reporter.phase("waiting for another parity in this environment"))


def _named(roots: Roots, name: str) -> Path:
    root = roots.named.root_of(name)
    if roots.named.exists(root):
        return Path(root)
    names = [known for each in roots.named.roots() if "/" not in (known := roots.named.title(each))]
    hint = did_you_mean(name, names, "`parity env list` shows those that are there")
    raise EnvironmentUnknown(f"there is no environment `{name}`", hint=hint)


def _at(roots: Roots, prefix: str, *, unlinked: bool) -> Path:
    root = roots.named.root_at(prefix)
    exists = roots.named.exists(root)
    if exists and (unlinked or roots.named.is_published(root, prefix)):
        return Path(root)
    hint = "`parity env list` shows those that are there, `parity env create -p` makes one"
    if exists:
        address = quote(prefix)
        hint = f"its link is gone: `parity sync -p {address}` puts it back, `parity env remove -p {address}` removes it"
    raise EnvironmentUnknown(f"there is no environment of parity's at `{prefix}`", hint=hint)
