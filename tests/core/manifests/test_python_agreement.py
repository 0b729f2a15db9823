"""Pins and ranges of Python that several files give."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from parity.core.errors import ManifestError
from parity.core.manifests.python_agreement import Agreement, agree
from parity.core.places import Place
from parity.core.python_request import PythonRequest, parse_request

PIN = Place(file=".python-version", line=1)
RANGE = Place(file="pyproject.toml", key="project.requires-python")
# every border that the generated ranges draw, and versions on both sides of it
VERSIONS = [f"3.{minor}.{patch}" for minor, patch in product(range(7, 15), range(8))]
BORDERS = [f"3.{minor}{patch}" for minor, patch in product(range(9, 13), ("", ".0", ".3", ".5"))]
SETS = st.lists(
    st.tuples(st.sampled_from([">=", "<", "<=", ">", "!=", "~="]), st.sampled_from(BORDERS)).map("".join)
    | st.sampled_from(["==3.10.*", "!=3.11.*", "==3.10", "!=3.*"]),
    min_size=1,
    max_size=3,
).map(",".join)


def joined(pins: list[str], wants: list[str]) -> Agreement:
    """Join requests as texts."""
    return agree([parse_request(pin, PIN) for pin in pins], [parse_request(want, RANGE) for want in wants])


@pytest.mark.parametrize(
    ("pins", "wants", "expected"),
    [
        ([], [], []),
        (["3.12"], [], ["3.12"]),
        ([], [">=3.10"], [">=3.10"]),
        (["3.12"], [">=3.10"], ["3.12"]),
        (["3.12"], [">=3.12.4"], ["==3.12.*,>=3.12.4"]),
        (["3.12"], [">3.12.3,<3.12.5"], ["<3.12.5,==3.12.*,>3.12.3"]),
        (["3"], ["<3.13,>=3.10"], ["<3.13,==3.*,>=3.10"]),
        (["3.12.4"], [">=3.10", "!=3.11.*"], ["3.12.4"]),
        (["3.13.0rc1"], [">=3.13"], ["3.13.0rc1"]),
        (["3.12", "2.7"], [">=3.10"], ["3.12"]),
        (["miniconda3-4.7.12", "system"], [">=3.10"], ["miniconda3-4.7.12", "system"]),
        ([], ["3.10", ">=3.9"], ["3.10"]),
        ([], [">=3.9", "<3.12"], ["<3.12,>=3.9"]),
        (["3.10.4"], ["3.10"], ["3.10.4"]),
        (["any"], [">=3.10"], [">=3.10"]),
        (["pypy3.10"], [">=3.10"], ["pypy3.10"]),
    ],
)
def test_pins_and_wants_become_requests(pins: list[str], wants: list[str], expected: list[str]) -> None:
    """The first request that is answered counts, so each holds all that is wanted."""
    assert expected == [request.text for request in joined(pins, wants).requests]


@pytest.mark.parametrize(
    ("pins", "wants"),
    [
        (["3.9"], [">=3.10"]),
        (["3.12"], ["<3.12"]),
        (["3.12"], ["!=3.12.*"]),
        (["3.12"], [">3.12.3,<3.12.4"]),
        (["3.11"], ["3.10"]),
        (["pypy3.10"], ["3.10"]),
        ([], ["3.9", ">=3.10"]),
        ([], ["<3.9", ">=3.10"]),
        (["3.9", "2.7"], [">=3.10"]),
    ],
)
def test_what_contradicts_is_refused(pins: list[str], wants: list[str]) -> None:
    """No Python can be both, and none is taken."""
    with pytest.raises(ManifestError):
        joined(pins, wants)


def test_a_contradiction_names_both_places() -> None:
    """One of the two has to change, and only the user knows which."""
    with pytest.raises(ManifestError) as caught:
        joined(["3.9"], ["<3.14", ">=3.10"])
    assert [(PIN, "`3.9` contradicts `>=3.10` of `pyproject.toml: project.requires-python`")] == [
        (fault.place, fault.message) for fault in caught.value.faults
    ]


def test_a_pin_that_is_left_out_is_noted() -> None:
    """Another pin of the same file answers."""
    assert [".python-version:1"] == [finding.subject for finding in joined(["2.7", "3.12"], [">=3.10"]).findings]


@given(st.sampled_from(["3", "3.9", "3.10", "3.11", "3.12", "3.10.3", "3.11.0"]), SETS)
def test_an_agreement_allows_exactly_what_both_allow(pin: str, want: str) -> None:
    """Against trying every version there could be."""
    pinned, allowed = parse_request(pin, PIN), SpecifierSet(want)
    both = [version for version in VERSIONS if pinned.matches(version) and allowed.contains(version)]
    requests: tuple[PythonRequest, ...] = ()
    try:
        requests = joined([pin], [want]).requests
    except ManifestError:
        assert [] == both
    assert both == [version for version in VERSIONS if any(request.matches(version) for request in requests)]
