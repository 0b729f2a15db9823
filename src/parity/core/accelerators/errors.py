"""How builds for accelerators say no; core/errors.py has the whole tree."""

from parity.core.errors import UserError


class BuildUnfit(UserError):
    """A distribution that was taken is a build for another accelerator than the target's."""

    code = "build-unfit"
