"""What an environment may be called: its name becomes a folder of the store."""

import re

from parity.core.errors import NameInvalid
from parity.core.places import Place

_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._+-]*")
_LONGEST = 200  # file systems take 255 bytes, and names get endings

_RESERVED = ("base", "root")  # conda means its own installation


def check_new_name(name: str, place: Place | None = None) -> str:
    """Return a name that an environment may be given, as it is. Raises NameInvalid, as `check_name` does."""
    if name in _RESERVED:
        raise NameInvalid(
            f"`{name}` is reserved: conda calls its own installation so", hint="choose another name", place=place
        )
    return check_name(name, place)


def check_name(name: str, place: Place | None = None) -> str:
    """Return a name that may become a folder, as it is. Raises NameInvalid, with the place where it stands."""
    if _NAME.fullmatch(name) and len(name) <= _LONGEST:
        return name
    if len(name) > _LONGEST:
        reason, hint = f"has more than {_LONGEST} characters", "choose a shorter one"
    else:
        reason = "is no name for an environment"
        hint = "use letters, digits, `.`, `_`, `+` and `-`, a letter or digit first"
        hint += "; an address is given with `-p`" if "/" in name else ""
    raise NameInvalid(f"`{name}` {reason}", hint=hint, place=place)
