"""How accelerators say no; core/errors.py has the whole tree."""

from parity.core.errors import UserError


class TargetImpossible(UserError):
    """A target has an accelerator that there cannot be on such a machine."""

    code = "target-impossible"


class CpuRefused(UserError):
    """A lock has targets with an accelerator, this machine satisfies none of them, and nobody allowed less."""

    code = "cpu-refused"


class BuildUnfit(UserError):
    """A distribution that was taken is a build for another accelerator than the target's."""

    code = "build-unfit"
