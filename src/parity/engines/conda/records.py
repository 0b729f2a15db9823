"""rattler's records as entries of a lock, and what rattler is told of a machine."""

from collections.abc import Callable, Iterable

from rattler import GenericVirtualPackage, PackageName, RepoDataRecord, Version
from rattler.package import BuildString

from parity.core.conda.errors import PackageUnhashed
from parity.core.lockfile.model import LockedConda, Noarch
from parity.core.spec import CondaRequirement


def locked(
    record: RepoDataRecord, called: Callable[[str], str], target: str, requirements: Iterable[CondaRequirement]
) -> LockedConda:
    """Return a record as a lock has it; `called` says what a lock calls a channel of some address.

    Raises PackageUnhashed.
    """
    name = record.name.normalized
    channel = called(record.channel or "")
    sha256, kind = record.sha256, record.noarch  # each is made anew for every look at it
    if sha256 is None:
        raise PackageUnhashed(
            f"`{record.file_name}` of the channel `{channel}` has no SHA-256 in its repodata",
            hint="whoever runs the channel can index it anew: nothing is locked that cannot be checked",
        )
    noarch: Noarch = "python" if kind.python else "generic" if kind.generic else ""
    return LockedConda(
        name=name,
        version=str(record.version),
        build=str(record.build),
        build_number=record.build_number,
        channel=channel,
        subdir=record.subdir,
        file=record.file_name,
        sha256=sha256.hex(),
        size=record.size or 0,
        depends=tuple(record.depends),
        constrains=tuple(record.constrains),
        noarch=noarch,
        python_site_packages_path=record.python_site_packages_path or "",
        requested=any(name == requirement.name for requirement in requirements),
        targets=(target,),
    )


def virtual(text: str) -> GenericVirtualPackage:
    """Return a virtual package from a target's text (`__archspec=1=x86_64`)."""
    name, _, rest = text.partition("=")
    number, _, build = rest.partition("=")
    return GenericVirtualPackage(PackageName(name), Version(number or "0"), BuildString(build or "0"))
