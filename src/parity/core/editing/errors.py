"""How a manifest says no to an edit; core/errors.py has the whole tree."""

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
