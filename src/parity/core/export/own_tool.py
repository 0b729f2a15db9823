"""How parity itself comes to where an exported file is used: a container, a machine of a CI service."""

from parity.core.export.model import Subject
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedPython

#: Where the two differ, this minor version runs parity and the environment has another one.
MINORS = ("3.13", "3.12")


def own_requirement(subject: Subject) -> str:
    """Return the requirement that installs the parity which made the lock."""
    version = subject.lock.made_with.get("parity", "")
    return f"parity=={version}" if version else "parity"


def python_request(python: LockedPython) -> str:
    """Return the word with which `parity python install` brings the interpreter of a lock."""
    kind = "" if python.implementation == "cpython" else python.implementation
    return f"{kind}{python.version}{'t' if python.free_threaded else ''}"


def unpublished(how: str) -> Finding:
    """Return that an index may not have parity; `how` says what else can be named in its place."""
    return Finding(
        code="parity-elsewhere",
        severity="warning",
        subject="parity",
        message="the file installs parity with pip, from an index that has to have it",
        hint=how,
    )
