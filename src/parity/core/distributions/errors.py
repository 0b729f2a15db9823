"""How indexes say that they lack something; core/errors.py has the whole tree."""

from collections.abc import Sequence

from parity.core.amounts import counted
from parity.core.errors import Fault, UserError


class DistributionUnknown(UserError):
    """No index has a distribution of a name that is asked for; all such `names` are reported together."""

    code = "distribution-unknown"

    def __init__(self, faults: Sequence[Fault], *, names: Sequence[str] = ()) -> None:
        super().__init__(f"no index has {counted(len(faults), 'distribution')} that the manifest asks for")
        self.names = tuple(names)
        self._faults = tuple(faults)

    @property
    def faults(self) -> Sequence[Fault]:
        """Every name, in the order of the manifest."""
        return self._faults
