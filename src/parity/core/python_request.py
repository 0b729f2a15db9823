"""Which Python is asked for: `3.12`, `3.12.4`, `>=3.10,<3.13`, `pypy3.10`, `3.13t`, `system`, a path, a pyenv name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from packaging.version import Version

from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

    from parity.core.places import Place

Kind = Literal["prefix", "range", "system", "path", "name", "any"]

IMPLEMENTATIONS = {"python": "cpython", "cpython": "cpython", "py": "cpython", "cp": "cpython", "pypy": "pypy",
                   "pp": "pypy", "graalpy": "graalpy"}  # fmt: skip
_PREFIX = re.compile(
    r"(?:(?P<implementation>[a-z]+)[-@]?)?(?P<version>\d+(?:\.\d+){0,2}(?:(?:a|b|rc)\d+)?)(?:\.\*)?(?P<threads>t)?",
    re.ASCII,
)
# DESIGN, trust: a name becomes part of a path only in this shape
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonRequest:
    """One request, taken apart.

    `kind` says which of the fields speaks: `prefix` (`version` is `3`, `3.12`, `3.12.4` or a pre-release),
    `range` (`version` is a PEP 440 set), `path`, `name` (a folder of pyenv's, such as `miniconda3-4.7.12`),
    `system`, or `any`. `text` is what the user wrote.
    """

    text: str
    kind: Kind
    place: Place
    implementation: str = "cpython"
    version: str = ""
    free_threaded: bool = False

    @property
    def exactness(self) -> Literal["patch", "minor", "loose"]:
        """How much another machine may differ: in nothing, in the patch release, or as far as the range goes."""
        if self.kind != "prefix":
            return "loose"
        return ("loose", "loose", "minor", "patch")[min(len(re.split(r"\.", self.version)), 3)]

    @property
    def specifiers(self) -> SpecifierSet:
        """The PEP 440 set of a `range`."""
        from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - what asks for no range does without

        return SpecifierSet(self.version)

    def matches(self, version: str, *, implementation: str = "cpython", free_threaded: bool = False) -> bool:
        """Say whether an interpreter of this version answers; `3.1` is not answered by 3.12.

        Requests by path, name or `system` are about a place, not a version, and match any.
        """
        if self.kind in {"path", "name", "system"}:
            return True
        if (implementation, free_threaded) != (self.implementation, self.free_threaded):
            return False
        if self.kind == "any":
            return True
        if self.kind == "range":
            return self.specifiers.contains(Version(version), prereleases=True)
        wanted, found = Version(self.version), Version(version)
        if wanted.pre:
            return wanted == found
        length = len(self.version.split("."))
        return found.release[:length] == wanted.release


def parse_request(text: str, place: Place) -> PythonRequest:
    """Take a request apart.

    Raises ManifestError, with the place, where the text is no request in any of the accepted forms.
    """
    text = text.strip()
    if text in {"", "any", "*"}:
        return PythonRequest(text=text, kind="any", place=place)
    if text == "system":
        return PythonRequest(text=text, kind="system", place=place)
    if text.startswith(("/", "./", "../", "~/")):
        return PythonRequest(text=text, kind="path", place=place)
    if match := _PREFIX.fullmatch(text.lower()):
        implementation = IMPLEMENTATIONS.get(match["implementation"] or "cpython")
        if implementation:
            return PythonRequest(
                text=text,
                kind="prefix",
                place=place,
                implementation=implementation,
                version=match["version"],
                free_threaded=bool(match["threads"]),
            )
    if text[0] in "<>=!~":
        return _parse_range(text, place)
    if _NAME.fullmatch(text) and ".." not in text:
        return PythonRequest(text=text, kind="name", place=place)
    raise ManifestError([_fault(text, place)])


def _parse_range(text: str, place: Place) -> PythonRequest:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - what asks for no range does without

    try:
        version = str(SpecifierSet(text))
    except InvalidSpecifier:
        raise ManifestError([_fault(text, place)]) from None
    return PythonRequest(text=text, kind="range", place=place, version=version)


def _fault(text: str, place: Place) -> Fault:
    return Fault(
        place=place,
        message=f"`{text}` is not a Python version",
        hint="write a version such as `3.12`, a range such as `>=3.10,<3.13`, or a path",
    )
