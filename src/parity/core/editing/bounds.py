"""The bound that `parity add NAME` writes: what was locked, or anything newer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from parity.core.editing.wanted import Kind
    from parity.core.lockfile.model import Lockfile

_RELEASE = re.compile(r"(\d+)(?:\.(\d+))?(?:\.\d+)*")


def bound_for(lock: Lockfile, kind: Kind, name: str) -> str:
    """Return a lower bound (`>=2.1`) that every target's version answers, to the minor release; nothing if none has it.

    Where a version is more than numbers (a pre-release, conda's `9e`), all of it is the bound.
    """
    if kind == "conda":
        versions = [package.version for package in lock.conda if package.name == name]
        versions = versions or [wheel.version for wheel in lock.wheels if wheel.name == name]  # the route without conda
    else:
        versions = [wheel.version for wheel in lock.wheels if wheel.name == name and not (wheel.path or wheel.url)]
        versions = versions or [package.version for package in lock.conda if package.name == name]  # conda brings it
    try:
        lowest = min(versions, key=Version, default="") if len(set(versions)) > 1 else "".join(versions[:1])
    except InvalidVersion:  # conda's own, of which one is not like the other
        return ""
    if not lowest:
        return ""
    if match := _RELEASE.fullmatch(lowest):
        return f">={match[1]}.{match[2]}" if match[2] else f">={match[1]}"
    return f">={lowest.partition('+')[0]}"
