"""`parity python pin`: which Python a folder is for, written where pyenv reads it too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.interpreters import choose, missing
from parity.core.manifests.python_version import VARIABLES, parse_python_version, parse_versions, with_versions
from parity.core.python_names import is_definition
from parity.workflows.python import pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.workflows.python import Discovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What is pinned, in which file; whether this call changed it; remarks."""

    path: str
    versions: tuple[str, ...]
    changed: bool = False
    findings: tuple[Finding, ...] = ()


def pin_python(
    path: Path,
    texts: Sequence[str],
    *,
    read: Callable[[Path], str | None],
    write: Callable[[Path, str], None],
    found: Discovered,
) -> Pinned:
    """Have a file name these versions, in this order; its comments and blank lines stay.

    A version that is not installed is a remark, not an error: it can be installed next. Raises ManifestError for what
    is no version and no name, PythonMissing for a name that neither anything here has nor a version could have; the
    file is as it was then. Raises OSError.
    """
    requests = parse_versions(texts)
    for request in requests:
        known = request.text in found.environments or choose([request], found.interpreters)
        if request.kind == "name" and not known and not is_definition(request.text):
            raise missing([request], found.interpreters, environments=found.environments)
    before = read(path)
    after = with_versions(before or "", texts)
    if after != before:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, after)
    absent = [request for request in requests if choose([request], found.interpreters) is None]
    findings = []
    for request in absent:
        error = missing([request], found.interpreters, environments=found.environments)
        findings.append(
            Finding(
                code="python-pin", severity="warning", subject="interpreter", message=error.message, hint=error.hint
            )
        )
    return Pinned(path=str(path), versions=tuple(texts), changed=after != before, findings=tuple(findings))


def read_pin(
    path: Path,
    directory: Path,
    read: Callable[[Path], str | None],
    environ: Mapping[str, str],
    *,
    everywhere: bool,
) -> Pinned:
    """Return what is pinned for a directory, or `everywhere` (then `path` is the file of that).

    Raises ManifestError where that is no version.
    """
    if everywhere:
        text = read(path)
        requests = parse_python_version(text, str(path)) if text is not None else ()
    else:
        requests = pinned(directory, read=read, environ=environ)
    where = requests[0].place.file if requests else ""
    is_path = where not in {"", *VARIABLES}
    return Pinned(
        path=os.path.normpath(directory / where) if is_path else where,
        versions=tuple(request.text for request in requests),
    )
