"""conda's versions in the words of PEP 440."""

import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from parity.core.translation.versions import UntranslatableError, to_pep440


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("", ""),
        ("", "*"),
        ("==1.26.*", "=1.26"),
        ("==1.26.*", "1.26.*"),
        ("==1.26.0.*", "=1.26.0"),
        ("==1.26", "==1.26"),
        ("==1.26", "1.26"),
        ("<2,>=1.2", ">=1.2,<2"),
        ("!=1.1.*", "!=1.1.*"),
        ("~=1.2", "~=1.2"),
        (">=1.2a0", ">=1.2a0"),
        ("<3.0.4a0,>=3.0.0", ">=3.0.0,<3.0.4a0"),
        (">1.2", ">1.2.*"),
        (">=14.2.4.post0", ">=14.2.4.post0"),
        ("==1!2.0", "==1!2.0"),
    ],
)
def test_what_both_can_say(expected: str, text: str) -> None:
    """The set of PEP 440 means what the expression means."""
    assert expected == to_pep440(text)


@pytest.mark.parametrize(
    "text",
    ["1.2|1.3", "1.2.*|1.3.*", "1.0alpha", "=2024a", "1.0_1", "^1.2$", "1.*.3", "~=1", "1.0+cpu", "1.2 3", "=1a0"],
)
def test_what_has_no_equal_is_refused(text: str) -> None:
    """Alternatives, patterns and versions of another shape are not guessed at."""
    with pytest.raises(UntranslatableError):
        to_pep440(text)


RELEASES = st.lists(st.integers(0, 3), min_size=1, max_size=3)
ORDERS: dict[str, Callable[[list[int], list[int]], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def padded(release: list[int], length: int = 4) -> list[int]:
    """Return a release as conda compares it: missing numbers are zero."""
    return release + [0] * (length - len(release))


@given(st.lists(st.tuples(st.sampled_from(["=", *ORDERS]), RELEASES), min_size=1, max_size=3), RELEASES)
def test_same_versions_match(clauses: list[tuple[str, list[int]]], version: list[int]) -> None:
    """A version is in the set exactly when conda's rules, written out plainly here, let it in."""
    text = ",".join(f"{sign}{'.'.join(map(str, release))}" for sign, release in clauses)
    allowed = all(
        padded(version)[: len(release)] == release if sign == "=" else ORDERS[sign](padded(version), padded(release))
        for sign, release in clauses
    )

    assert allowed == SpecifierSet(to_pep440(text)).contains(".".join(map(str, version)))
