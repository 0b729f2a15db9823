"""Ranges in the words of Poetry and pixi, as PEP 440 has them."""

import pytest

from parity.core.imports.poetry_versions import pep440


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^1.2.3", "<2,>=1.2.3"),
        ("^0.2.3", "<0.3,>=0.2.3"),
        ("^0.0.3", "<0.0.4,>=0.0.3"),
        ("^0.0", "<0.1,>=0.0"),
        ("~1.2.3", "<1.3,>=1.2.3"),
        ("~1", "<2,>=1"),
        ("~=1.4", "~=1.4"),
        ("1.2.*", "==1.2.*"),
        ("2.0.0", "==2.0.0"),
        ("*", ""),
        (">=1,<2 , !=1.5", "!=1.5,<2,>=1"),
        (">= 1.0", ">=1.0"),
        ("^a", None),
        ("latest", None),
    ],
)
def test_a_range_means_the_same(text: str, expected: str | None) -> None:
    """The caret keeps the first part that is not zero, the tilde the first two; what is no range is none."""
    assert expected == pep440(text)
