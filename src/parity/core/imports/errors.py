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


class ImportMismatch(UserError):
    """What another tool has locked is there under the same name and version, as another file; all are told together."""

    code = "import-mismatch"

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        count = counted(len(faults), "package")
        super().__init__(
            f"`{file}` has another hash than the file that there is, for {count}",
            hint="a file that was put in the place of another, or a mirror that gives something else: find out which "
            "one is right; where it is the new one, have its own tool lock again",
        )
        self._faults = tuple(faults)

    @property
    def faults(self) -> Sequence[Fault]:
        """Every package whose file is another, in the order of the file."""
        return self._faults
