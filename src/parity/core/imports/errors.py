"""What is said of other tools' files that are to be taken over."""

from collections.abc import Sequence

from parity.core.amounts import counted
from parity.core.errors import Fault, UserError


class ForeignDamaged(UserError):
    """A file of another tool is not of the shape that its tool gives it; all faults are reported together."""

    code = "foreign-damaged"

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        count = counted(len(faults), "fault")
        super().__init__(f"`{file}` cannot be read: {count}", hint="have its own tool write it anew")
        self._faults = tuple(faults)

    @property
    def faults(self) -> Sequence[Fault]:
        """Every fault, in the order of the file."""
        return self._faults


class ForeignUnknown(UserError):
    """A file is of no format that parity takes over, or of a version of it that parity does not know."""

    code = "foreign-unknown"


class ImportImpossible(UserError):
    """What another tool has locked cannot be locked here just so."""

    code = "import-impossible"
