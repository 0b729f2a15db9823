"""`@EXPLICIT`: conda's list of package files, as `conda list --explicit` writes it, as data.

A line is the address of a file, perhaps with `#` and its hash behind: `#sha256:HEX`, or the digits alone. Without a
hash, or with an MD5, the channel's own index says the SHA-256 that is locked.
"""

from typing import Any

from parity.core.conda.channels import without_secrets
from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place
from parity.core.python_request import PythonRequest
from parity.core.spec import CondaRequirement
from parity.core.translation.pythons import python_requests

_MARK = "@EXPLICIT"
_FORMATS = (".conda", ".tar.bz2")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplicitList:
    """What such a list says. `channels` are the addresses in front of its files, in the order of their first one."""

    conda: tuple[CondaRequirement, ...] = ()
    channels: tuple[str, ...] = ()
    python: tuple[PythonRequest, ...] = ()
    faults: tuple[Fault, ...] = ()
    content: Any = None


def is_explicit(text: str) -> bool:
    """Say whether a text is such a list, by the mark that conda looks for."""
    return any(line.strip() == _MARK for line in text.splitlines())


def parse_explicit(text: str, file: str) -> ExplicitList:
    """Take a list apart. Raises nothing: faults are returned, all together."""
    found: list[CondaRequirement] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.strip()
        if entry and entry != _MARK and not entry.startswith("#"):
            try:
                found.append(_read(entry, Place(file=file, line=number)))
            except ManifestError as error:
                faults += error.faults
    faults += _twice(found)
    addresses = [dict(each.others)["url"] for each in found]
    return ExplicitList(
        conda=tuple(found),
        channels=tuple(dict.fromkeys(address.rsplit("/", 2)[0] for address in addresses)),
        python=python_requests(tuple(found)),
        faults=tuple(faults),
        content={"explicit": sorted(without_secrets(address) for address in addresses)},
    )


def _read(entry: str, place: Place) -> CondaRequirement:
    address, _, _ = entry.partition("#")
    if not address.endswith(_FORMATS) or address.count("/") < len(("channel", "subdir")):
        hint = "write `https://…/CHANNEL/SUBDIR/NAME-VERSION-BUILD.conda`, one a line"
        raise ManifestError([Fault(place=place, message=f"`{entry}` is no address of a package's file", hint=hint)])
    return parse_match_spec(entry, place)


def _twice(found: list[CondaRequirement]) -> list[Fault]:
    first: dict[str, Place] = {}
    return [
        Fault(place=each.place, message=f"`{each.name}` stands here and in line {before.line}", hint="keep one of them")
        for each in found
        if (before := first.setdefault(each.name, each.place)) is not each.place
    ]
