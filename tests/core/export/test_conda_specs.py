"""Requirements as MatchSpecs that are read back as what they were, by parity and by rattler."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rattler import MatchSpec

from parity.core.export.conda_specs import pinned, spec_text
from parity.core.lockfile.model import LockedConda
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place

PLACE = Place(file="environment.yml")
versions = st.from_regex(r"([0-9]!)?[0-9]{1,3}(\.[0-9a-z]{1,4}){0,3}(_[0-9]|\+[a-z0-9]{1,3})?", fullmatch=True)
packages = st.builds(
    LockedConda,
    name=st.from_regex(r"[a-z0-9_][a-z0-9_-]{0,6}[a-z0-9]", fullmatch=True),
    version=versions,
    build=st.from_regex(r"[A-Za-z0-9_.+]{0,8}", fullmatch=True),
    channel=st.sampled_from(
        ["", "conda-forge", "a/label/b", "https://host.example/t/x", "./my folder", "/odd [#] one"]
    ),
    subdir=st.just("noarch"),
    file=st.just("x.conda"),
    sha256=st.just("0" * 64),
    targets=st.just(("linux-64",)),
)


@given(package=packages, build=st.booleans())
def test_a_pin_is_read_back(package: LockedConda, build: bool) -> None:
    """Name, channel, version and build, whatever stands in them; the shortest form where that is enough."""
    requirement = pinned(package, channel=package.channel, build=build)
    assert requirement == replace(parse_match_spec(spec_text(requirement), PLACE), place=requirement.place)


@given(package=packages)
def test_rattler_reads_the_same(package: LockedConda) -> None:
    """The version is one version, and the build that build."""
    read = MatchSpec(spec_text(pinned(package, channel="", build=True)))
    assert package.name == read.name.normalized
    assert package.build == (read.build or "")
    assert str(read.version).startswith("==")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("numpy", "numpy"),
        ("numpy=1.26", "numpy=1.26"),
        ("numpy 1.26.4 py311_0", "numpy=1.26.4=py311_0"),
        ("numpy >=1.2, <2", "numpy>=1.2,<2"),
        ("numpy=1.26=py*", "numpy=1.26=py*"),
        ("numpy 1.26.* py*", 'numpy[version="1.26.*", build="py*"]'),
        ("numpy 1.2|>3", "numpy==1.2|>3"),
        ("conda-forge/linux-64::numpy", "conda-forge/linux-64::numpy"),
        ("numpy[build_number=2, license=MIT]", 'numpy[build_number="2", license="MIT"]'),
    ],
)
def test_a_requirement_is_written_as_people_do(given: str, text: str) -> None:
    """Brackets only for what has no other form."""
    assert text == spec_text(parse_match_spec(given, PLACE))
