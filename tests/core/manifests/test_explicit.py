"""`@EXPLICIT` lists as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.manifests.explicit import is_explicit, parse_explicit

FILE = "https://conda.example/conda-forge/noarch/tzdata-2024a-0.conda"


@pytest.mark.parametrize(
    ("ending", "others"),
    [
        ("", {}),
        (f"#{'0a' * 16}", {"md5": "0a" * 16}),
        (f"#{'0A' * 32}", {"sha256": "0a" * 32}),
        (f"#sha256:{'0a' * 32}", {"sha256": "0a" * 32}),
    ],
)
def test_a_line_is_a_package_of_a_channel(ending: str, others: dict[str, str]) -> None:
    """Name, version, build and hash; its channel is what stands in front of the platform."""
    found = parse_explicit(f"# platform: linux-64\n\n@EXPLICIT\n{FILE}{ending}\n", "explicit.txt")
    (one,) = found.conda
    assert ("tzdata", "==2024a", "0", 4) == (one.name, one.version, one.build, one.place.line)
    assert {"url": FILE, **others} == dict(one.others)
    assert (("https://conda.example/conda-forge",), ()) == (found.channels, found.faults)


def test_channels_are_in_the_order_of_their_first_package() -> None:
    """Each once."""
    lines = [FILE, FILE.replace("conda-forge", "other").replace("tzdata", "two"), FILE.replace("tzdata", "three")]
    found = parse_explicit("\n".join(["@EXPLICIT", *lines]), "explicit.txt")
    assert ("https://conda.example/conda-forge", "https://conda.example/other") == found.channels


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tzdata=2024a", "`tzdata=2024a` is no address of a package's file"),
        ("tzdata-2024a-0.conda", "`tzdata-2024a-0.conda` is no address of a package's file"),
        (f"{FILE}#abc", f"`{FILE}#abc`: `abc` is neither an MD5 nor a SHA-256"),
        (FILE.replace("-2024a-0", ""), "a package file is named `name-version-build.conda`"),
        (FILE, "`tzdata` stands here and in line 2"),
    ],
)
def test_every_fault_has_its_line(line: str, message: str) -> None:
    """All of them together."""
    found = parse_explicit(f"@EXPLICIT\n{FILE}\n{line}\n{line}\n", "explicit.txt")
    assert [3, 4] == [fault.place.line for fault in found.faults]
    assert message in found.faults[0].message


def test_secrets_are_not_in_the_content() -> None:
    """A token in an address does not outdate a lock, and is not digested into it."""
    secret = FILE.replace("example/", "example/t/a-token/")
    assert parse_explicit(f"@EXPLICIT\n{FILE}", "a").content == parse_explicit(f"@EXPLICIT\n{secret}", "a").content


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing is raised."""
    assert "@EXPLICIT" in text or not is_explicit(text)
    parse_explicit(text, "explicit.txt")
