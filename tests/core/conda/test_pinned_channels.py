"""Requirements that name where they come from."""

import pytest

from parity.core.conda.channels import AddressBook
from parity.core.conda.pinned_channels import in_channel
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place

BOOK = AddressBook(alias="https://alias.example", root="/project")
CHANNELS = BOOK.channels(["conda-forge", "./mine"])


@pytest.mark.parametrize(
    ("text", "expected", "channel"),
    [
        ("numpy", "numpy", None),
        ("conda-forge::numpy", "conda-forge::numpy", "conda-forge"),
        ("pytorch::numpy=2", 'pytorch::numpy[version="2.*"]', "pytorch"),
        ("https://alias.example/conda-forge::numpy", "conda-forge::numpy", "conda-forge"),
        ("https://u:p@alias.example/conda-forge::numpy", "conda-forge::numpy", "conda-forge"),
        (
            "https://alias.example/conda-forge/linux-64/numpy-2.0-0.conda",
            'conda-forge/linux-64::numpy[version="==2.0", build="0"]',
            "conda-forge",
        ),
        (
            "https://u:p@other.example/c/noarch/x-1-0.tar.bz2#sha256:" + "a" * 64,
            f'https://other.example/c/noarch::x[version="==1", build="0", sha256="{"a" * 64}"]',
            "https://other.example/c",
        ),
        ("mine/noarch/x-1-0.conda", './mine/noarch::x[version="==1", build="0"]', "./mine"),
        ("/srv/c/noarch/x-1-0.conda", '/srv/c/noarch::x[version="==1", build="0"]', "/srv/c"),
    ],
)
def test_a_channel_is_known_by_its_name(text: str, expected: str, channel: str | None) -> None:
    """However it is given; a file is a package of the channel around it, and secrets go no further."""
    requirement, found = in_channel(parse_match_spec(text, Place(file="environment.yml")), CHANNELS, BOOK)
    assert (expected, channel) == (requirement.to_text(), found.name if found else None)
