"""What an installer put into a scratch environment, taken apart again by distribution.

Every installed distribution lists its files in RECORD (PEP 376, PEP 427: path, `sha256=` urlsafe base64, size). That
list says what belongs to it, and what each file must be.
"""

import csv
import os
from base64 import urlsafe_b64decode
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from parity.core.contents import SITE
from parity.core.errors import ArtifactCorrupt


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """One distribution in a scratch environment: its normalised name and its files, by manifest path.

    The value is the SHA-256 that RECORD states for the file, or empty where it states none.
    """

    name: str
    files: dict[str, str]


def collect(environment: str, site: str) -> dict[str, Staged]:
    """Return every distribution of a scratch environment by name; `site` is relative to it.

    Raises ArtifactCorrupt where a distribution has no RECORD or lists a file that is not inside the environment.
    """
    folder = os.path.join(environment, site)
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".dist-info"):
            staged = _read_record(folder, name, site)
            found[staged.name] = staged
    return found


def move(environment: str, site: str, staged: Staged, tree: str) -> None:
    """Move a distribution's files from a scratch environment into a prepared tree (`site/`, `prefix/`)."""
    made = set()
    for path in staged.files:
        source, target = _source(environment, site, path), _target(tree, path)
        parent = os.path.dirname(target)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        os.rename(source, target)


def _read_record(folder: str, info: str, site: str) -> Staged:
    try:
        with open(os.path.join(folder, info, "RECORD"), encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except FileNotFoundError:
        raise ArtifactCorrupt(info, f"{info}/RECORD") from None
    files = {}
    for row in rows:
        path = _manifest_path(row[0], site, info)
        if os.path.lexists(_source(folder.removesuffix(site), site, path)) and not path.endswith(".pyc"):
            files[path] = _recorded_digest(row[1] if len(row) > 1 else "")
    files[f"{SITE}{info}/RECORD"] = ""
    name = info.removesuffix(".dist-info").rsplit("-", 1)[0]
    return Staged(name=canonicalize_name(name), files=files)


def _manifest_path(recorded: str, site: str, info: str) -> str:
    path = os.path.normpath(os.path.join(site, recorded)).replace(os.sep, "/")
    if path.startswith(("../", "/")):
        raise ArtifactCorrupt(info, recorded)
    return SITE + path[len(site) + 1 :] if path.startswith(f"{site}/") else path


def _recorded_digest(recorded: str) -> str:
    algorithm, _, value = recorded.partition("=")
    return urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex() if algorithm == "sha256" else ""


def _source(environment: str, site: str, path: str) -> str:
    return os.path.join(environment, site, path[2:]) if path.startswith(SITE) else os.path.join(environment, path)


def _target(tree: str, path: str) -> str:
    part = f"site/{path[2:]}" if path.startswith(SITE) else f"prefix/{path}"
    return os.path.join(tree, part)
