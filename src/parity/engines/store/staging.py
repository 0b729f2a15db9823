"""What an installer put into a scratch environment, taken apart again by distribution.

Every installed distribution lists its files in RECORD (PEP 376, PEP 427: path, `sha256=` urlsafe base64, size). That
list says what belongs to it, and what each file must be.
"""

import csv
import io
import json
import os
from base64 import urlsafe_b64decode
from dataclasses import replace

from packaging.utils import canonicalize_name

from parity.core.contents import SITE
from parity.core.dataclass import dataclass
from parity.core.errors import ArtifactCorrupt

# uv's notes to itself: they carry times, so that no two machines would have the same bytes
_NOTES = ("uv_cache.json", "uv_build.json")
_ORIGIN = "direct_url.json"  # PEP 610


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """One distribution in a scratch environment: its normalised name and its files, by manifest path.

    The value is the SHA-256 that RECORD states for the file, or empty where it states none. `info` is its
    `.dist-info` folder.
    """

    name: str
    info: str
    files: dict[str, str]


def collect(environment: str, site: str) -> dict[str, Staged]:
    """Return every distribution of a scratch environment by name; `site` is relative to it.

    Raises ArtifactCorrupt where a distribution has no RECORD that can be read, or lists a file that is not inside the
    environment.
    """
    folder = os.path.join(environment, site)
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".dist-info"):
            staged = _read_record(folder, name, site)
            found[staged.name] = staged
    return found


def move(environment: str, site: str, staged: Staged, tree: str) -> None:
    """Move a distribution's files from a scratch environment into a prepared tree (`site/`, `prefix/`).

    Raises ArtifactCorrupt where a file that RECORD lists is not there.
    """
    made = set()
    for path in staged.files:
        source, target = _source(environment, site, path), _target(tree, path)
        parent = os.path.dirname(target)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        try:
            os.rename(source, target)
        except FileNotFoundError:
            raise ArtifactCorrupt(staged.name, path) from None


def without_origin(environment: str, site: str, staged: Staged, *, built: bool) -> Staged:
    """Return a distribution without what says how it came here and not what it is; its RECORD is rewritten.

    A wheel is the same from an index, a folder or an address. What was `built` keeps its PEP 610 origin, unless that
    is a folder of this machine whose files were copied.
    """
    folder = os.path.join(environment, site, staged.info)
    names = {*_NOTES, *(() if built and _is_telling(os.path.join(folder, _ORIGIN)) else (_ORIGIN,))}
    gone = {f"{SITE}{staged.info}/{name}" for name in names} & set(staged.files)
    if not gone:
        return staged
    kept = [row for row in _rows(folder, staged.info) if _manifest_path(row[0], site, staged.info) not in gone]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(kept)
    os.unlink(os.path.join(folder, "RECORD"))  # it may be a hard link into the installer's cache
    with open(os.path.join(folder, "RECORD"), "w", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
    return replace(staged, files={path: said for path, said in staged.files.items() if path not in gone})


def _is_telling(path: str) -> bool:
    try:
        with open(path, encoding="utf-8") as file:
            origin = json.load(file)
    except FileNotFoundError:
        return False
    return not origin["url"].startswith("file:") or bool(origin.get("dir_info", {}).get("editable"))


def _rows(folder: str, info: str) -> list[list[str]]:
    try:
        with open(os.path.join(folder, "RECORD"), encoding="utf-8", newline="") as file:
            return [row for row in csv.reader(file) if row]
    except (FileNotFoundError, UnicodeDecodeError, csv.Error):
        raise ArtifactCorrupt(info, f"{info}/RECORD") from None


def _read_record(folder: str, info: str, site: str) -> Staged:
    files = {}
    for row in _rows(os.path.join(folder, info), info):
        path = _manifest_path(row[0], site, info)
        if not _is_folder(_source(folder.removesuffix(site), site, path)) and not _is_cached_bytecode(path):
            files[path] = _recorded_digest(row[1] if len(row) > 1 else "")
    files[f"{SITE}{info}/RECORD"] = ""
    name = info.removesuffix(".dist-info").rsplit("-", 1)[0]
    return Staged(name=canonicalize_name(name), info=info, files=files)


def _is_folder(path: str) -> bool:
    """Say whether a folder is there: some old wheels list theirs too."""
    return os.path.isdir(path) and not os.path.islink(path)


def _is_cached_bytecode(path: str) -> bool:
    """Say whether a file is bytecode that is made anew; what stands in its module's place has no source to be."""
    return path.endswith(".pyc") and "__pycache__" in path.split("/")


def _manifest_path(recorded: str, site: str, info: str) -> str:
    path = os.path.normpath(os.path.join(site, recorded)).replace(os.sep, "/")
    if path.startswith(("../", "/")):
        raise ArtifactCorrupt(info, recorded)
    return SITE + path[len(site) + 1 :] if path.startswith(f"{site}/") else path


def _recorded_digest(recorded: str) -> str:
    algorithm, _, value = recorded.partition("=")
    if algorithm != "sha256" or not value:
        return ""
    try:
        found = urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except ValueError:
        found = b""
    return found.hex() or recorded  # what is no digest is no file's


def _source(environment: str, site: str, path: str) -> str:
    return os.path.join(environment, site, path[2:]) if path.startswith(SITE) else os.path.join(environment, path)


def _target(tree: str, path: str) -> str:
    part = f"site/{path[2:]}" if path.startswith(SITE) else f"prefix/{path}"
    return os.path.join(tree, part)
