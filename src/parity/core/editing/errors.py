"""How manifests and tools say no to what a user adds and removes; core/errors.py has the whole tree."""

from collections.abc import Sequence

from parity.core.errors import Fault, UserError


class ManifestUneditable(UserError):
    """A manifest is written in a way in which one entry cannot be changed without touching others."""

    code = "manifest-uneditable"


class RequirementUnknown(UserError):
    """What is to be taken out of a manifest is not asked for there."""

    code = "requirement-unknown"


class ManifestExists(UserError):
    """There is a manifest already; none is ever written over."""

    code = "manifest-exists"


class RequirementAmbiguous(UserError):
    """A manifest asks for a name several times, under conditions, and nobody said which of these is meant."""

    code = "requirement-ambiguous"

    def __init__(self, name: str, entries: Sequence[Fault]) -> None:
        super().__init__(
            f"`{name}` is asked for {len(entries)} times already, each time under a condition",
            hint="repeat the condition of the one that is meant (a marker, or `--target`), "
            f"or take them out first: `parity remove {name}`",
        )
        self._entries = tuple(entries)

    @property
    def faults(self) -> Sequence[Fault]:
        """Every entry, in the order of the manifest."""
        return self._entries


class ToolUnknown(UserError):
    """There is no command-line tool of this name."""

    code = "tool-unknown"


class ProgramTaken(UserError):
    """Where a tool's program is to be linked something stands that is not parity's."""

    code = "program-taken"
