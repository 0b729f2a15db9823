"""conda's version expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.translation.conda_versions import VersionSyntaxError, parse_version, version_text


def canonical(text: str) -> str:
    """Return an expression's canonical text."""
    return version_text(parse_version(text))


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("", "*"),
        ("", ">=1|*"),
        (">=1", ">=1,*"),
        ("1.2.*", "=1.2"),
        ("1.2.*", "==1.2.*"),
        ("!=1.1.*", "!=1.1*"),
        ("==1.0_1", "1.0_1"),
        ("==1!2.0+3", "1!2.0+3"),
        ("==2.0alpha", "2.0ALPHA"),
        (">=1", ">=1|>=1,<2"),
        ("~=1.2,>=1.2.5", ">=1.2.5,~=1.2"),
        ("^1\\.(2|3)$", "^1\\.(2|3)$"),
    ],
)
def test_canonical_text(expected: str, text: str) -> None:
    """Fuzzy, exact, epoch, local and pattern keep their meaning; what is covered is dropped."""
    assert expected == canonical(text)


@pytest.mark.parametrize(
    "text", ["", ",", "1..2", "1.", "==", "1.2 3", "<>1", "()", "1|", "é", "!=*", ">1.*.3", "~=1.*"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(VersionSyntaxError):
        parse_version(text)


@given(st.text(alphabet="01.*=<>!~|,() ab_+^$-", max_size=20))
def test_text_survives_its_own_reading(text: str) -> None:
    """What parses has a text that parses to the same."""
    try:
        found = parse_version(text)
    except VersionSyntaxError:
        return
    again = version_text(found)
    assert found == parse_version(again or "*")
