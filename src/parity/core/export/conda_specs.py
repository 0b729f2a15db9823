"""conda packages and requirements → MatchSpecs, in the shortest form that is read back as what it was."""

import re
from dataclasses import replace

from parity.core.errors import ManifestError
from parity.core.lockfile.model import LockedConda
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place
from parity.core.spec import CondaRequirement
from parity.core.translation.conda_versions import VersionSyntaxError, parse_version, version_text

_NOWHERE = Place(file="")
_FUZZY = re.compile(r"[^\s=<>!~|,()*^$]+\.\*")


def pinned(package: LockedConda, *, channel: str, build: bool) -> CondaRequirement:
    """Return the requirement that a locked package alone answers: its version, perhaps its build, in a channel.

    `channel` is empty where any of the file's will do.
    """
    return CondaRequirement(
        name=package.name,
        place=_NOWHERE,
        channel=channel,
        version=_exactly(package.version),
        build=package.build if build else "",
    )


def spec_text(requirement: CondaRequirement) -> str:
    """Return a requirement as one writes it: `name=1.2`, `channel::name=1.2.3=build`, in brackets what needs them.

    With a build string behind it, `=` is exact for everyone who reads MatchSpecs.
    """
    channel = f"{requirement.channel}/{requirement.subdir}" if requirement.subdir else requirement.channel
    prefix = f"{channel}::" if channel else ""
    version = requirement.version
    if requirement.build and re.fullmatch(r"==[^=,|*]+", version):
        version = f"={version[2:]}={requirement.build}"
    elif _FUZZY.fullmatch(version):
        version = f"={version[:-2]}"
    short = f"{prefix}{requirement.name}{version}"
    return short if _says(short, requirement) else _in_brackets(requirement)


def _in_brackets(requirement: CondaRequirement) -> str:
    text = requirement.to_text()
    if _says(text, requirement):
        return text
    pairs = (("channel", requirement.channel), ("subdir", requirement.subdir))
    inside = tuple((key, value) for key, value in pairs if value)
    return replace(requirement, channel="", subdir="", others=(*inside, *requirement.others)).to_text()


def _says(text: str, requirement: CondaRequirement) -> bool:
    try:
        return replace(parse_match_spec(text, _NOWHERE), place=requirement.place) == requirement
    except ManifestError:
        return False


def _exactly(version: str) -> str:
    try:
        return version_text(parse_version(f"=={version}"))
    except VersionSyntaxError:  # nothing that conda would have built; whoever reads the file says what is wrong with it
        return f"=={version}"
