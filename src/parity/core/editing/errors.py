"""How manifests and tools say no to what a user adds and removes; core/errors.py has the whole tree."""

from parity.core.errors import UserError


class ManifestUneditable(UserError):
    """A manifest is written in a way in which one entry cannot be changed without touching others."""

    code = "manifest-uneditable"


class RequirementUnknown(UserError):
    """What is to be taken out of a manifest is not asked for there."""

    code = "requirement-unknown"


class ManifestExists(UserError):
    """There is a manifest already; none is ever written over."""

    code = "manifest-exists"


class ToolUnknown(UserError):
    """There is no command-line tool of this name."""

    code = "tool-unknown"


class ProgramTaken(UserError):
    """Where a tool's program is to be linked something stands that is not parity's."""

    code = "program-taken"
