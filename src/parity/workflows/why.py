"""Why a package is in a lock, and why in this version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.core.chains import chains_to
from parity.workflows.lock_text import not_locked, read_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.core.chains import Chain
    from parity.core.lockfile.model import LockedConda, LockedWheel, Negotiated
    from parity.core.translation.names import NameTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A package, the chains that lead to it, and what was negotiated about its version."""

    package: LockedConda | LockedWheel
    chains: tuple[Chain, ...]
    negotiated: tuple[Negotiated, ...] = ()


def why(
    root: Path, name: str, read: Callable[[Path], str | None], names: Callable[[], NameTable]
) -> tuple[Reason, ...]:
    """Return the reasons for everything that goes by a name in a project's lock.

    Raises LockfileMissing, LockfileError, PackageUnknown, OSError.
    """
    lock = read_lock(read, root)
    found = chains_to(lock, name, names())
    if not found:
        raise not_locked(name, lock)
    return tuple(
        Reason(
            package=package,
            chains=chains,
            negotiated=tuple(
                each for each in lock.negotiated if each.name == package.name and {*each.targets} & {*package.targets}
            ),
        )
        for package, chains in found.items()
    )
