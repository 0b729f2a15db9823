"""`@EXPLICIT`: conda's list of package files."""

from parity.core.imports.conda_files import NOARCH, channel_of, package_at
from parity.core.imports.errors import ForeignDamaged
from parity.core.imports.model import Foreign
from parity.core.imports.reading import Beside
from parity.core.manifests.explicit import parse_explicit


def read_explicit(text: str, file: str, beside: Beside) -> Foreign:
    """Return the packages of a list. Raises ForeignDamaged."""
    del beside
    listed = parse_explicit(text, file)
    if listed.faults:
        raise ForeignDamaged(file, listed.faults)
    others = [(each, dict(each.others)) for each in listed.conda]
    packages = [
        package_at(
            said["url"],
            each.place,
            digests=tuple(f"{kind}:{said[kind]}" for kind in ("sha256", "md5") if kind in said),
            platforms=(),
        )
        for each, said in others
    ]
    subdirs = dict.fromkeys(each.url.rsplit("/", 2)[1] for each in packages)
    return Foreign(
        file=file,
        route="conda",
        whole=True,
        packages=tuple(packages),
        channels=tuple(dict.fromkeys(channel_of(each.url) for each in packages)),
        platforms=tuple(each for each in subdirs if each != NOARCH),
    )
