"""How conda's packages and channels say no; core/errors.py has the whole tree."""

from collections.abc import Sequence

from parity.core.amounts import counted
from parity.core.errors import Fault, UserError


class ChannelInvalid(UserError):
    """A channel is named in a way that leads nowhere."""

    code = "channel-invalid"


class ChannelUnreachable(UserError):
    """A conda channel could not be read, and nothing of it is in the cache."""

    code = "channel-unreachable"


class CondaSettingsInvalid(UserError):
    """A configuration file of conda's, which says where channels are, cannot be read."""

    code = "conda-settings-invalid"


class PackageMissing(UserError):
    """The channels have no package of a name that is asked for, or none that answers; all are reported together.

    `names` are those that no channel has at all.
    """

    code = "package-missing"

    def __init__(self, faults: Sequence[Fault], *, names: Sequence[str] = (), hint: str = "") -> None:
        count = counted(len(faults), "package")
        super().__init__(f"the channels do not have {count} that the manifest asks for", hint=hint)
        self.names = tuple(names)
        self._faults = tuple(faults)

    @property
    def faults(self) -> Sequence[Fault]:
        """Every package, in the order of the manifest."""
        return self._faults


class PackageUnhashed(UserError):
    """A channel does not say what a package must be."""

    code = "package-unhashed"


class SolveImpossible(UserError):
    """No set of conda packages answers the requirements."""

    code = "solve-impossible"


class PackageMismatch(UserError):
    """A conda package is not the file that was locked."""

    code = "package-mismatch"

    def __init__(self, name: str, file: str, channel: str, *, expected: str, found: str) -> None:
        place = f" of the channel `{channel}`" if channel else ""
        super().__init__(
            f"`{file}`{place} is not what was locked: its SHA-256 is {found}, and should be {expected}",
            hint="run it again: a proxy or a mirror may have given something else; where the channel has put another "
            f"file in its place, `parity lock --upgrade {name}` takes that",
        )


class PackageUnplaceable(UserError):
    """A conda package cannot be put where an environment is."""

    code = "package-unplaceable"


class LinkScriptFailed(UserError):
    """A script that a conda package wants to run, and that the project allows, failed."""

    code = "link-script-failed"


class CredentialsUnreadable(UserError):
    """Where rattler keeps the credentials of channels cannot be read."""

    code = "credentials-unreadable"
