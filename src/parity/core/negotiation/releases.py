"""Which files of an index may be taken, as versions, the newest first.

Pre-releases follow uv: taken where they are allowed for all, where the user names one, or where there is nothing else
(PEP 440 leaves the last to the tool). Yanked files are for those who pin just them (PEP 592).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from parity.core.negotiation.joint import JointQuestion, PublishedFile, Release
from parity.core.negotiation.worlds import Flavour, allows_python, takes
from parity.core.spec import WheelRequirement

_SDISTS = (".tar.gz", ".zip", ".tar.bz2", ".tgz")


def releases_of(name: str, files: Iterable[PublishedFile], question: JointQuestion) -> list[Release]:
    """Return the versions of a distribution that may be taken, the newest first."""
    asked = [each for each in (*question.wheels, *question.constraints) if each.name == name]
    hashes = {text.removeprefix("sha256:") for each in asked for text in each.hashes}
    pinned = {version for each in asked for version in _pinned(each)}
    by_version: dict[Version, list[PublishedFile]] = {}
    for file in files:
        version = _version(name, file.name)
        fits = version and _is_of_a_kind(file, name, question) and (not hashes or file.sha256 in hashes)
        if fits and version and (not file.yanked or version in pinned):
            by_version.setdefault(version, []).append(file)
    early = question.prereleases or any(_names_a_prerelease(each) for each in asked)
    versions = sorted(by_version, reverse=True)
    stable = [version for version in versions if not version.is_prerelease]
    return [
        Release(name=name, version=str(version), files=tuple(sorted(by_version[version], key=lambda file: file.name)))
        for version in (versions if early or not stable else stable)
    ]


def suits(release: Release, question: JointQuestion, flavours: Iterable[Flavour]) -> frozenset[Flavour]:
    """Return the Pythons on which a version can be installed."""
    if release.given:
        return frozenset(flavours)
    return frozenset(each for each in flavours if any(_fitting(release, question, each)))


def file_for(release: Release, question: JointQuestion, flavour: Flavour) -> PublishedFile | None:
    """Return a file whose metadata speaks for a version on a Python: a wheel that fits, else a source distribution."""
    return next(_fitting(release, question, flavour), None)


def fitting(release: Release, question: JointQuestion, flavour: Flavour) -> Release:
    """Return a version with those files only that a Python can take."""
    return replace(release, files=tuple(_fitting(release, question, flavour)))


def _fitting(release: Release, question: JointQuestion, flavour: Flavour) -> Iterator[PublishedFile]:
    allowed = [each for each in release.files if allows_python(each.requires_python, flavour.version)]
    yield from (each for each in allowed if each.name.endswith(".whl") and takes(each.name, question.target, flavour))
    yield from (each for each in allowed if not each.name.endswith(".whl"))


def _is_of_a_kind(file: PublishedFile, name: str, question: JointQuestion) -> bool:
    """Say whether a wheel may be taken, or a source distribution built."""
    forced = bool({":all:", name} & set(question.no_binary))
    if file.name.endswith(".whl"):
        return not forced
    return file.name.endswith(_SDISTS) and (forced or bool({"*", name} & set(question.sdists)))


def _version(name: str, file: str) -> Version | None:
    """Return the version in a file's name, where that is one of this distribution (PEP 427, PEP 625)."""
    if file.endswith(".whl"):
        stem, _, rest = file.partition("-")
        text = rest.partition("-")[0]
    else:
        stem, _, text = file.removesuffix(next((end for end in _SDISTS if file.endswith(end)), "")).rpartition("-")
    try:
        return Version(text) if canonicalize_name(stem) == name else None
    except InvalidVersion:
        return None


def _pinned(requirement: WheelRequirement) -> Sequence[Version]:
    specifiers = list(SpecifierSet(requirement.specifier))
    return [Version(each.version) for each in specifiers if each.operator == "==" and not each.version.endswith(".*")]


def _names_a_prerelease(requirement: WheelRequirement) -> bool:
    return any(each.prereleases for each in SpecifierSet(requirement.specifier))
