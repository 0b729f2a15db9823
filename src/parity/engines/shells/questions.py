"""Asking the user at the terminal."""

import sys


def confirm(question: str) -> bool:
    """Ask a question on standard error and say whether the answer, a line of standard input, is yes."""
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip() in {"y", "Y", "yes", "YES"}
