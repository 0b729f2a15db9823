"""What every format of manifests comes to once it is read."""

from typing import Any

from parity.core.dataclass import dataclass
from parity.core.errors import Fault
from parity.core.spec import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed(Asked):
    """What one manifest says, and what is wrong in it.

    `wheels` holds the requirements of all groups and extras, each with its group; `groups` and `extras` are the names
    there are. `content` is plain data that is equal where the meaning is equal: comments, places and the order of
    requirements are not in it.
    """

    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    content: Any = None


def said(**parts: Any) -> dict[str, Any]:
    """Return the parts that say something, so that a part parity learns to read later outdates no lock."""
    return {name.replace("_", "-"): value for name, value in parts.items() if value}
