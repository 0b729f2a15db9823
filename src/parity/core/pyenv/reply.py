"""What one of pyenv's commands answers: lines for standard output, lines for standard error, an exit code."""

from parity.core.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer in pyenv's own form, which scripts read."""

    out: tuple[str, ...] = ()
    err: tuple[str, ...] = ()
    code: int = 0


class Refused(Exception):
    """One of pyenv's commands ends here, with what it says."""

    def __init__(self, *lines: str, code: int = 1) -> None:
        super().__init__("\n".join(lines))
        self.reply = Reply(err=lines, code=code)


def failed(*lines: str, code: int = 1) -> Reply:
    """Return an answer that says no."""
    return Reply(err=lines, code=code)


def answered(*lines: str) -> Reply:
    """Return an answer that says yes."""
    return Reply(out=lines)
