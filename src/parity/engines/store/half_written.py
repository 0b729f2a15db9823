"""What a process that was killed left in the folder of a project: half a lock or manifest, half a link."""

import os
from contextlib import suppress

_MANIFESTS = (".toml", ".txt", ".in", ".yml", ".yaml")  # what `parity add` writes


def left_in(project: str, environments: str) -> list[str]:
    """Return the paths of what was left there, whoever may still be at work with it; none where there is no folder.

    `environments` is the folder to which a link of parity's leads. Raises OSError.
    """
    try:
        there = sorted(os.listdir(project))
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = [f"{project}/{name}" for name in there if _is_half_written(name, there)]
    half = f"{project}/.venv.parity-new"
    with suppress(OSError):
        if os.readlink(half).startswith(environments):
            found.append(half)
    return found


def tidy(project: str, environments: str) -> None:
    """Remove what was left by a process that is no more. The caller holds the project's lock. Raises OSError."""
    for path in left_in(project, environments):
        if not _is_writer_alive(path):
            with suppress(FileNotFoundError):
                os.unlink(path)


def _is_half_written(name: str, there: list[str]) -> bool:
    """Say whether a name is that of a lock or manifest that was being written (`.NAME.PID.tmp`)."""
    whole, _, number = name.removeprefix(".").removesuffix(".tmp").rpartition(".")
    written = name.startswith(".") and name.endswith(".tmp") and number.isdecimal()
    return written and (whole == "parity.lock" or (whole in there and whole.endswith(_MANIFESTS)))


def _is_writer_alive(path: str) -> bool:
    """Say whether a process has the number in a name: not everybody who writes a manifest holds the project's lock."""
    number = path.removesuffix(".tmp").rpartition(".")[2]
    if not number.isdecimal():
        return False
    with suppress(PermissionError):  # somebody else's is alive too
        try:
            os.kill(int(number), 0)
        except (ProcessLookupError, OverflowError):
            return False
    return True
