"""Why a package is in a lock, and why in this version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from parity.core.chains import chains_to
from parity.core.dataclass import dataclass
from parity.core.errors import ManifestError, ManifestMissing
from parity.core.negotiation.changes import requirements, words
from parity.core.spec import CondaRequirement
from parity.workflows.lock import Wish, manifests_of
from parity.workflows.lock_text import not_locked, read_lock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from parity.core.chains import Chain
    from parity.core.graph import Key
    from parity.core.lockfile.model import LockedConda, LockedWheel, Lockfile, Negotiated
    from parity.core.places import Place
    from parity.workflows.lock import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A package, the chains that lead to it, and what was negotiated about its version.

    `written` is what the manifests say of the first link of each chain and where, empty where they do not say it so.
    """

    package: LockedConda | LockedWheel
    chains: tuple[Chain, ...]
    written: tuple[tuple[tuple[str, Place], ...], ...]
    negotiated: tuple[Negotiated, ...] = ()


def why(root: Path, name: str, tools: Tools) -> tuple[Reason, ...]:
    """Return the reasons for everything that goes by a name in a project's lock.

    Raises LockfileMissing, LockfileError, PackageUnknown, OSError.
    """
    lock = read_lock(tools.read, root)
    found = chains_to(lock, name, tools.names())
    if not found:
        raise not_locked(name, lock)
    written = _written(root, lock, tools)
    return tuple(
        Reason(
            package=package,
            chains=chains,
            written=tuple(tuple(written.get((chain[0].kind, chain[0].name), ())) for chain in chains),
            negotiated=tuple(
                each for each in lock.negotiated if each.name == package.name and {*each.targets} & {*package.targets}
            ),
        )
        for package, chains in found.items()
    )


def _written(root: Path, lock: Lockfile, tools: Tools) -> Mapping[Key, list[tuple[str, Place]]]:
    """Return what the manifests ask for, in which words and where, by package."""
    try:
        spec = manifests_of(root, Wish(groups=lock.groups, extras=lock.extras), tools).spec
    except (ManifestMissing, ManifestError):  # the lock alone says who asked for what
        return {}
    found: dict[Key, list[tuple[str, Place]]] = {}
    for each in requirements(spec):
        # an `environment.yml` on the light route asks for distributions of an index
        conda = isinstance(each, CondaRequirement) and lock.route == "conda"
        key: Key = ("conda", each.name.lower()) if conda else ("pypi", canonicalize_name(each.name))
        found.setdefault(key, []).append((words(each), each.place))
    return found
