"""How reading locks, and going back to old ones, says no; core/errors.py has the whole tree."""

from collections.abc import Sequence

from parity.core.amounts import counted
from parity.core.errors import Fault, UserError


class LockfileError(UserError):
    """A lockfile cannot be taken at its word."""

    code = "lockfile-invalid"


class LockfileFuture(LockfileError):
    """A lockfile was written by a later parity."""

    code = "lockfile-future"


class LockfileConflict(LockfileError):
    """A lockfile still has the markers of a merge in it."""

    code = "lockfile-conflict"


class LockfileDamaged(LockfileError):
    """A lockfile is not TOML, or not of the shape of its version; all faults are reported together."""

    code = "lockfile-damaged"

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        count = counted(len(faults), "fault")
        super().__init__(
            f"`{file}` is damaged: {count}",
            hint="take the last version that was committed, or delete it and run `parity lock`",
        )
        self._faults = tuple(faults)

    @property
    def faults(self) -> Sequence[Fault]:
        """Every fault, in the order of the file."""
        return self._faults


class LockfileMissing(LockfileError):
    """There is no lockfile where one is needed."""

    code = "lockfile-missing"


class LockfileOutdated(LockfileError):
    """A lockfile no longer answers the manifests."""

    code = "lockfile-outdated"


class GenerationUnknown(UserError):
    """A project's history does not have the generation that is asked for."""

    code = "generation-unknown"


class LockTextLost(UserError):
    """The lock of a generation is no longer in the store, or not what it was."""

    code = "lock-text-lost"
