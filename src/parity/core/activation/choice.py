"""What a shell with the integration evaluates when its user chooses an environment by himself."""

from parity.core.activation.posix import quoted

VARIABLE = "PARITY_CHOSEN"


def chosen(shell: str, root: str) -> str:
    """Return what has the shell stay in the environment of a folder, wherever it goes.

    Nushell and PowerShell, which evaluate nothing that is printed, take the folder itself.
    """
    if shell in {"nu", "powershell"}:
        return root
    if shell == "fish":
        return "set -gx {} '{}'".format(VARIABLE, root.replace("\\", "\\\\").replace("'", "\\'"))
    return f"export {VARIABLE}={quoted(root)}"


def unchosen(shell: str) -> str:
    """Return what has the shell do as the working directory says."""
    return f"set -e {VARIABLE}" if shell == "fish" else f"unset {VARIABLE}"
