"""Every way in which parity says no.

    ParityError
    ├── UserError              exit 1: the answer is no, and the user can change that
    │   ├── ManifestError      faults in a manifest, all of them together
    │   ├── ManifestMissing, ProjectMissing, GroupUnknown, ExtraUnknown, PackageUnknown
    │   ├── ManifestUneditable, ManifestExists, RequirementUnknown, RequirementAmbiguous (core/editing/errors.py)
    │   ├── ToolUnknown, ProgramTaken (the same)
    │   ├── LockfileError      LockfileFuture, LockfileConflict, LockfileDamaged, LockfileMissing, LockfileOutdated
    │   ├── TargetUnknown, TargetImpossible, TargetNone, CpuRefused, BuildUnfit
    │   ├── ProfileInvalid     faults in a profile, all of them together; OverrideInvalid (core/preflight/errors.py)
    │   ├── WheelNone, PathMissing, RouteUnavailable
    │   ├── ResolutionImpossible, DistributionUnknown, NetworkFailed, UvFailed, UvSettingsInvalid
    │   ├── ChannelInvalid, ChannelUnreachable, CondaSettingsInvalid, CredentialsUnreadable
    │   ├── PackageMissing, PackageUnhashed, SolveImpossible
    │   ├── AgreementImpossible, NegotiationStopped, DistributionTwice
    │   ├── PythonMissing, PythonUnavailable, PythonDownloadsInvalid, PythonDownloadUnhashed, PythonBroken
    │   ├── BuildOptionRefused, PythonSourceUnknown, PythonSourceCorrupt, PythonModulesMissing, PythonBuildFailed
    │   ├── PythonForeign, PythonInUse, PythonUnpackable (these and the line above: core/builds/errors.py)
    │   ├── EnvironmentMissing, EnvironmentUnknown, EnvironmentExists, NameInvalid, CopyDamaged
    │   ├── ShellUnknown, ShellIntegrationMissing, KernelForeign, KernelUnknown
    │   ├── VenvForeign, StoreUntrusted, ArtifactCorrupt, ProgramMissing
    │   ├── PackageMismatch, PackageUnplaceable, LinkScriptFailed
    │   ├── GitFailed
    │   ├── GenerationUnknown, LockTextLost, EditsKept, SideUnknown
    │   ├── ExportImpossible
    │   ├── ForeignDamaged, ForeignUnknown, ImportImpossible, ImportMismatch (core/imports/errors.py)
    │   └── SystemRefused      what the operating system says
    ├── UsageError             exit 2: the command line is not one
    └── InternalError          exit 3: a fault of parity's own

Each class has a stable kebab-case `code`; each error has one sentence without a full stop and a hint that says
what to do. docs/reference/errors.md lists them all; a test compares.
"""

import errno
from collections.abc import Sequence

from parity.core.amounts import counted
from parity.core.dataclass import dataclass
from parity.core.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file: where, what was expected and found, and what to do."""

    place: Place
    message: str
    hint: str = ""


class ParityError(Exception):
    """The root: a code, a sentence, a hint, a place, an exit code."""

    code = "error"
    exit_code = 3
    said = ""  # what another program said last, lines for people to read

    def __init__(self, message: str, *, hint: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    @property
    def faults(self) -> Sequence[Fault]:
        """The single faults that this error stands for; empty when it stands for itself."""
        return ()


class UserError(ParityError):
    """The answer is no, and it is the user who can change that."""

    code = "user-error"
    exit_code = 1


class UsageError(ParityError):
    """The command line does not say something parity understands."""

    code = "usage"
    exit_code = 2


class InternalError(ParityError):
    """parity contradicts itself; never the user's fault."""

    code = "internal"
    exit_code = 3

    @classmethod
    def from_error(cls, error: Exception) -> "InternalError":
        """Return the error that stands for something nobody expected."""
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return cls(f"parity met what it did not expect: {what}", hint="run it again with `--debug` and report it")


class ManifestError(UserError):
    """A manifest has faults; all of them are reported together."""

    code = "manifest-invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        count = counted(len(faults), "fault")
        files = ", ".join(f"`{name}`" for name in dict.fromkeys(fault.place.file for fault in faults))
        super().__init__(f"{count} in {files}")
        self._faults = tuple(faults)

    @property
    def faults(self) -> Sequence[Fault]:
        """Every fault, in the order of the file."""
        return self._faults


_ROOM = "make room on the disk that is full (of the store, the caches, the project or the output); nothing is lost"
_LEAVE = "make it writable, or name other folders with `PARITY_HOME` and `PARITY_CACHE_DIR`"
_REMEDIES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: "allow larger files (`ulimit -f`) and run it again; nothing is lost",
    errno.EACCES: _LEAVE,
    errno.EPERM: _LEAVE,
    errno.EROFS: _LEAVE,
    errno.EIO: "the disk may be failing: look at the system's log, then run it again; nothing is lost",
}


class SystemRefused(UserError):
    """The operating system said no: a file that cannot be read or written, a full disk, a missing program."""

    code = "system-refused"

    @classmethod
    def from_error(cls, error: OSError) -> "SystemRefused":
        """Return the error for what the system said. Of a link or a move both ends are named: either may be refused."""
        names = [f"`{name}`" for name in (error.filename, error.filename2) if name]
        about = f": {' to '.join(names)}" if names else ""
        said = (error.strerror or str(error)).lower()
        return cls(f"the system refused{about}: {said}", hint=_REMEDIES.get(error.errno or 0, ""))


class TargetUnknown(UserError):
    """A target is named that nobody has described."""

    code = "target-unknown"


class TargetImpossible(UserError):
    """A target has an accelerator that there cannot be on such a machine, or the name of another."""

    code = "target-impossible"


class CpuRefused(UserError):
    """A machine satisfies no target with an accelerator of a lock that has some, and nobody allowed less."""

    code = "cpu-refused"


class TargetNone(UserError):
    """None of a lock's targets fits a machine."""

    code = "target-none"


class WheelNone(UserError):
    """A distribution has no file that a target takes."""

    code = "wheel-none"


class ResolutionImpossible(UserError):
    """No set of distributions answers the requirements. `unbuilt`: those that would have to be built for one."""

    code = "resolution-impossible"
    unbuilt: tuple[str, ...] = ()


class NetworkFailed(UserError):
    """An index, a repository or an address could not be reached, or said no."""

    code = "network"


class UvFailed(UserError):
    """uv stopped for a reason of its own."""

    code = "uv-failed"


class PathMissing(UserError):
    """A manifest names a file or folder that is not there."""

    code = "path-missing"


class RouteUnavailable(UserError):
    """An environment is asked for on a route that does not reach it."""

    code = "route-unavailable"


class ArtifactCorrupt(UserError):
    """A cached artifact is not what it was when it was checked, or not what its own record says."""

    code = "artifact-corrupt"

    def __init__(self, name: str, path: str) -> None:
        super().__init__(
            f"`{path}` of a cached artifact is not what was recorded for it",
            hint="run the command again: the artifact is fetched anew",
        )
        self.name = name
        self.path = path


class VenvForeign(UserError):
    """The project has a `.venv` that parity did not make; it is never deleted."""

    code = "venv-foreign"


class GitFailed(UserError):
    """git is not there, or says no."""

    code = "git-failed"


class ProgramMissing(UserError):
    """What is chosen here has not the program that is to be run, and no other of its name will do."""

    code = "program-missing"
    exit_code = 127


class StoreUntrusted(UserError):
    """The store belongs to another user, or others may write to it."""

    code = "store-untrusted"


class PythonMissing(UserError):
    """No interpreter of this machine answers what is asked for; the system's is never taken instead."""

    code = "python-missing"


class PythonUnavailable(UserError):
    """No prebuilt interpreter answers what is asked for."""

    code = "python-unavailable"

    def __init__(self, request: str, nearest: Sequence[str] = ()) -> None:
        near = ", ".join(f"`{version}`" for version in nearest)
        super().__init__(
            f"no prebuilt Python answers `{request}`", hint=f"the nearest that there are: {near}" if near else ""
        )


class PythonDownloadsInvalid(UserError):
    """A download list for prebuilt interpreters cannot be read."""

    code = "python-downloads-invalid"

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(
            f"`{source}` is not a download list for Pythons: {reason}",
            hint="`uv help python install` describes the format of `--python-downloads-json-url`",
        )


class PythonDownloadUnhashed(UserError):
    """A download list does not say what an archive must be."""

    code = "python-download-unhashed"

    def __init__(self, name: str, source: str) -> None:
        super().__init__(
            f"`{name}` has no SHA-256 in `{source}`", hint="add its `sha256`: nothing is installed that was not checked"
        )


class PythonBroken(UserError):
    """An interpreter does not run here, or is another one than it was said to be."""

    code = "python-broken"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"`{name}` cannot be used: {reason}")


class ManifestMissing(UserError):
    """A folder has no file that says what is wanted, or not the one that was named."""

    code = "manifest-missing"


class GroupUnknown(UserError):
    """A group is asked for that the manifests do not define."""

    code = "group-unknown"


class ExtraUnknown(UserError):
    """An extra is asked for that the project does not define."""

    code = "extra-unknown"


class ProjectMissing(UserError):
    """There is neither a lock nor a manifest here or above."""

    code = "project-missing"


class ShellUnknown(UserError):
    """A shell is named, or runs, that there is no integration for."""

    code = "shell-unknown"


class ShellIntegrationMissing(UserError):
    """A command is to change the shell it is called from, and that shell does not evaluate what it answers."""

    code = "shell-integration-missing"


class KernelForeign(UserError):
    """Jupyter has a kernel of this name that parity has not made."""

    code = "kernel-foreign"


class KernelUnknown(UserError):
    """parity has made no kernel of this name."""

    code = "kernel-unknown"


class EnvironmentMissing(UserError):
    """The project has no environment yet."""

    code = "environment-missing"


class EnvironmentUnknown(UserError):
    """There is no environment of this name, or at this address."""

    code = "environment-unknown"


class EnvironmentExists(UserError):
    """There is an environment of this name, or something at this address, already."""

    code = "environment-exists"


class CopyDamaged(UserError):
    """The copy of a file that a named environment is made of is gone, or not what it was."""

    code = "copy-damaged"


class NameInvalid(UserError):
    """An environment cannot be called so: its name becomes a folder."""

    code = "name-invalid"


class UvSettingsInvalid(UserError):
    """A configuration file of uv's, which says where to fetch from, cannot be read."""

    code = "uv-settings-invalid"


class PackageUnknown(UserError):
    """A package is named that the lock does not have."""

    code = "package-unknown"


class EditsKept(UserError):
    """What would put a private environment right would also discard what was changed in it on purpose."""

    code = "edits-kept"


class SideUnknown(UserError):
    """One of two things to compare is nothing that can be compared."""

    code = "side-unknown"


class ExportImpossible(UserError):
    """A format cannot hold an environment of this kind at all."""

    code = "export-impossible"
