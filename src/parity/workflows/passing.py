"""Environments that are needed in passing: of a script that says what it needs, or of a project and something more.

Each has a root in the store, found again by everything that decides it; nothing of it is written into a project.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from parity.core.conda.errors import PackageMissing
from parity.core.dataclass import dataclass
from parity.core.distributions.errors import DistributionUnknown
from parity.core.editing.requests import Terms, read_request
from parity.core.errors import Fault, ManifestError
from parity.core.lockfile import v1
from parity.core.lockfile.select import select
from parity.core.places import Place
from parity.workflows.edit import neither
from parity.workflows.env_create import made
from parity.workflows.env_ingredients import Asked, Reader
from parity.workflows.env_packages import as_environment
from parity.workflows.lock import Wish
from parity.workflows.lock_text import lock_of
from parity.workflows.project import held_as_named
from parity.workflows.quick import PIN_NAME, settled_at
from parity.workflows.quick_script import root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parity.engines.store.roots import Roots
    from parity.workflows.env_create import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """What is needed in passing: what it is made of, and a lock of which stays what still fits."""

    root: Path
    asked: Asked
    wish: Wish = field(default_factory=Wish)
    lock: str = ""


def environment_for(tools: Tools, passing: Passing, environ: Mapping[str, str]) -> str:
    """Return the environment of what is needed in passing, made if it was not, or is not in the store any more.

    Raises what locking and syncing raise.
    """
    named, root = tools.roots.named, str(passing.root)
    with held_as_named(tools.roots, passing.root, tools.reporter):
        there = settled_at(tools.roots, root, environ) if named.exists(root) else None
        if there is None:
            ingredients = Reader(cache(tools.read), passing.asked, passing.wish).ingredients(passing.root)
            there = made(tools, passing.root, ingredients, "", passing.wish, lock=passing.lock).ready.synced.environment
        named.touch(root)
    return there


def of_script(root: str, script: Path) -> Passing:
    """Return what a script needs that says so (PEP 723)."""
    return Passing(root=Path(root), asked=Asked(files=(script,)))


def with_more(tools: Tools, project: Path, words: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the environment of a project that is in sync and some packages more; the project stays as it is.

    Raises ManifestError for a word that asks for nothing, and what locking and syncing raise.
    """
    lock = lock_of(tools.roots, project)
    text = v1.dump(lock)
    lock_tools = tools.lock_tools(project)
    target = select(lock, lock_tools.host, lock_tools.targets).name
    base = Passing(
        root=Path(tools.roots.named.passing_root("with", str(project), target, text, *words)),
        asked=Asked(files=files_of(project, lock.manifests)),
        wish=Wish(route=lock.route, targets=(target,), groups=lock.groups, extras=lock.extras),
        lock=v1.dump(replace(lock, project="")),
    )
    return environment_with(tools, base, words, environ, own=project if lock.project else None)


def environment_with(
    tools: Tools, base: Passing, words: Sequence[str], environ: Mapping[str, str], *, own: Path | None = None
) -> str:
    """Return the environment of what is needed in passing and some packages more, and of a project that is `own`.

    On the conda route a bare name is conda's where a channel has it. Raises ManifestError for a word that asks for
    nothing, and what locking and syncing raise.
    """
    wanted = {word: read_request(word, Terms(), conda_first=base.wish.route == "conda") for word in words}
    conda = [word for word, request in wanted.items() if request.kind == "conda"]
    pip = [*([f"-e {own}"] if own else []), *(word for word, request in wanted.items() if request.kind == "pypi")]
    lacking: PackageMissing | None = None
    while True:
        try:
            return environment_for(tools, _more(base, conda, pip), environ)
        except DistributionUnknown as error:
            raise neither(error, lacking) from error
        except PackageMissing as error:
            lacking = error
            absent = [word for word in conda if wanted[word].bare and wanted[word].name in error.names]
            if not absent:
                raise
            conda, pip = [word for word in conda if word not in absent], [*pip, *absent]


def files_of(project: Path, manifests: Iterable[str]) -> tuple[Path, ...]:
    """Return the manifests of a project as files; a pin is found beside them."""
    return tuple(project / name for name in manifests if not name.endswith(PIN_NAME))


def _more(base: Passing, conda: Sequence[str], pip: Sequence[str]) -> Passing:
    return replace(base, asked=replace(base.asked, text=as_environment(conda, channels=[], pip=pip)))


def script_root(roots: Roots, script: str) -> str:
    """Return the root of the environment that a script asks for; nothing where it asks for none.

    Raises ManifestError for a script that asks twice, or is no text.
    """
    try:
        return root_of(roots, script)
    except UnicodeDecodeError:
        fault = Fault(place=Place(file=script), message=f"`{script}` is not UTF-8 text", hint="save it as UTF-8")
    except ValueError as error:
        fault = Fault(
            place=Place(file=script), message=str(error), hint="a script has one, between `# /// script` and `# ///`"
        )
    raise ManifestError([fault])
