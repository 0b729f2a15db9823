"""Why a package is in a lock, and why in this version."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from parity.core.chains import chains_to
from parity.core.errors import PackageUnknown
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileMissing
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME

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
    text = lock_text(read, root)
    if text is None:
        raise LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}`", hint="run `parity lock`")
    lock = v1.parse(text, LOCK_NAME)
    found = chains_to(lock, name, names())
    if not found:
        near = get_close_matches(name, [*(each.name for each in lock.conda), *(each.name for each in lock.wheels)], 1)
        hint = f"did you mean `{near[0]}`?" if near else "`parity list` shows what is in the environment"
        raise PackageUnknown(f"`{name}` is not in `{LOCK_NAME}`", hint=hint)
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
