"""How a look ahead says no; core/errors.py has the whole tree."""

from collections.abc import Sequence

from parity.core.errors import Fault, ManifestError, UserError


class ProfileInvalid(ManifestError):
    """A file is not the profile of a machine, or has facts that cannot be; all of them are reported together."""

    code = "profile-invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.hint = "`parity probe` on that machine writes one"


class OverrideInvalid(UserError):
    """A variable says that this machine is to be taken for one that there cannot be."""

    code = "override-invalid"
