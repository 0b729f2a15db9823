"""Python on the conda route: what is asked of the channels for it, and what a lock says of the one that was taken."""

import re
from collections.abc import Sequence

from packaging.version import InvalidVersion, Version

from parity.core.lockfile.model import LockedConda, LockedPython
from parity.core.lockfile.pythons import request_text
from parity.core.places import Place
from parity.core.python_request import PythonRequest
from parity.core.spec import CondaRequirement, Spec
from parity.core.translation.conda_versions import VersionSyntaxError, parse_version, version_text
from parity.core.translation.pythons import build_word

PYTHON = "python"


def with_python(spec: Spec) -> tuple[CondaRequirement, ...]:
    """Return what is asked of the channels, with the Python that other files pin or that wheels need."""
    asked = spec.conda
    entries = {entry.place for entry in asked if entry.name == PYTHON}
    request = next((one for one in spec.python if one.kind in {"prefix", "range"}), None)
    if request is not None and request.place not in entries:
        return (*asked, _requirement(request))
    if not entries and (spec.wheels or spec.project):
        place = spec.wheels[0].place if spec.wheels else Place(file=next(iter(spec.manifests)))
        return (*asked, CondaRequirement(name=PYTHON, place=place))
    return asked


def unread_pins(spec: Spec) -> list[PythonRequest]:
    """Return the requests that say nothing to a channel: a path, a name of pyenv's, `system`."""
    return [request for request in spec.python if request.kind in {"path", "name", "system"}]


def locked_python(packages: Sequence[LockedConda], spec: Spec) -> LockedPython:
    """Return what a lock says of the Python among the packages; nothing where there is none."""
    package = next((each for each in packages if each.name == PYTHON), None)
    if package is None:
        return LockedPython(implementation="", version="", request="", source="conda")
    word = build_word(package.build)
    entry = next((each for each in spec.conda if each.name == PYTHON and each.version), None)
    minor = ".".join(package.version.split(".")[:2])
    return LockedPython(
        implementation="pypy" if word.startswith("pypy") else "cpython",
        version=package.version,
        request=request_text(spec.python) or (entry.version if entry else minor),
        source="conda",
        free_threaded=bool(re.fullmatch(r"cp\d+t", word)),
    )


def _requirement(request: PythonRequest) -> CondaRequirement:
    build = "*pypy*" if request.implementation == "pypy" else "*_cp*t" if request.free_threaded else ""
    return CondaRequirement(name=PYTHON, place=request.place, version=_version(request), build=build)


def _version(request: PythonRequest) -> str:
    if request.kind == "prefix":
        whole = len(request.version.split(".")) > len(("3", "11")) or _is_prerelease(request.version)
        return f"=={request.version}" if whole else f"{request.version}.*"
    try:
        return version_text(parse_version(request.version))
    except VersionSyntaxError:  # `===`, which conda has no word for
        return request.version.replace("===", "==")


def _is_prerelease(text: str) -> bool:
    try:
        return Version(text).is_prerelease
    except InvalidVersion:
        return False
