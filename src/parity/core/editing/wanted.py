"""What is to be written into a manifest, and what an edit did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.errors import ManifestError
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.manifests.wheel_requirements import parse_requirement

if TYPE_CHECKING:
    from parity.core.places import Place

Kind = Literal["conda", "pypi"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One entry to write.

    `text` is a MatchSpec or a requirement (PEP 508) without a condition; for what stands in a folder it is that folder,
    `editable`. `condition` is what it holds under: a selector (`linux64`) for a conda package, else a marker. `group`
    is a dependency group. `bare` says that no version was asked for.
    """

    kind: Kind
    name: str
    text: str
    condition: str = ""
    group: str = ""
    editable: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One entry that is different now, in which list of the file; empty before: new, empty after: gone."""

    place: Place
    name: str
    before: str
    after: str


def conda_name(text: str, place: Place) -> str:
    """Return the name that a MatchSpec is about; nothing where it is none."""
    try:
        return parse_match_spec(text, place).name
    except ManifestError:
        return ""


def wheel_name(text: str, place: Place) -> tuple[str, str]:
    """Return the name that a requirement is about, else its path, and its marker; nothing where it is none."""
    words = text.split()
    editable = words[:1] in (["-e"], ["--editable"])
    line = text.strip().split(None, 1)[1] if editable and len(words) > 1 else text
    line = line.split(" --")[0].split(" #")[0].replace("\\\n", " ").replace("\\\r\n", " ")
    try:
        found = parse_requirement(line, place, locate=str, editable=editable)
    except ManifestError:
        return "", ""
    return canonicalize_name(found.name or found.path), found.marker


def with_marker(text: str, marker: str) -> str:
    """Return a requirement with a marker behind it."""
    return f"{text} ; {marker}" if marker else text
