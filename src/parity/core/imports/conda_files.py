"""Addresses of conda packages, taken apart: which package, for which platform, of which channel."""

from parity.core.errors import ManifestError
from parity.core.imports.model import ForeignPackage
from parity.core.lockfile.tables import Table
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place

NOARCH = "noarch"


def package_at(
    url: str, place: Place, *, digests: tuple[str, ...], platforms: tuple[str, ...], requires: tuple[str, ...] = ()
) -> ForeignPackage:
    """Return the package of an address. Raises ManifestError where it is that of none."""
    spec = parse_match_spec(url, place)
    return ForeignPackage(
        name=spec.name,
        version=spec.version.removeprefix("=="),
        build=spec.build,
        place=place,
        conda=True,
        url=url,
        channel=channel_of(url),
        digests=digests,
        platforms=platforms,
        requires=requires,
    )


def channel_of(url: str) -> str:
    """Return the address of the channel that a package's address is below."""
    return url.rsplit("/", 2)[0]


def digests_in(table: Table) -> tuple[str, ...]:
    """Return the hashes that a table has under their own names."""
    found = ((kind, table.text(kind, "")) for kind in ("sha256", "md5"))
    return tuple(f"{kind}:{value.lower()}" for kind, value in found if value)


def taken(table: Table, error: ManifestError) -> None:
    """Make the faults of a single address those of its table."""
    for fault in error.faults:
        table.fault("", fault.message)
