"""Platform selectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.manifests.selectors import SUBDIRS, SelectorSyntaxError, canonical_selector, selects

PLATFORMS = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("linux64", ["linux-64"]),
        ("linux", ["linux-64", "linux-aarch64"]),
        ("osx", ["osx-64", "osx-arm64"]),
        ("arm64", ["osx-arm64"]),
        ("win", ["win-64"]),
        ("unix", ["linux-64", "linux-aarch64", "osx-64", "osx-arm64"]),
        ("x86_64", ["linux-64", "osx-64", "win-64"]),
        ("linux and not aarch64", ["linux-64"]),
        ("not win and (arm64 or aarch64)", ["linux-aarch64", "osx-arm64"]),
        ("win or linux and aarch64", ["linux-aarch64", "win-64"]),
        ("not not osx64", ["osx-64"]),
    ],
)
def test_selector_holds_on_its_platforms(expression: str, expected: list[str]) -> None:
    """Words, `and`, `or`, `not` and parentheses mean what they mean in conda-build."""
    assert expected == [platform for platform in PLATFORMS if selects(expression, platform)]


@pytest.mark.parametrize("expression", ["", "and", "linux and", "linux osx", "(linux", "linux)", "py>=38", "not"])
def test_what_is_no_selector_is_refused(expression: str) -> None:
    """A remark in brackets is not taken for a selector."""
    with pytest.raises(SelectorSyntaxError) as caught:
        selects(expression, "linux-64")

    assert not caught.value.unknown


def test_unknown_word_is_named() -> None:
    """What reads like a selector but names no platform says which word."""
    with pytest.raises(SelectorSyntaxError) as caught:
        canonical_selector("linux and linx")

    assert "linx" == caught.value.unknown


def test_canonical_selector_has_single_spaces() -> None:
    """Spaces do not tell two selectors apart."""
    assert canonical_selector("(linux  and not aarch64)") == canonical_selector(" ( linux and not  aarch64 ) ")


@given(st.text(alphabet="linuxosadt ()and or not", max_size=30), st.sampled_from(sorted(SUBDIRS)))
def test_any_text_is_a_selector_or_refused(expression: str, platform: str) -> None:
    """Nothing but SelectorSyntaxError ever leaves, however deep it nests."""
    for text in (expression, "(" * 500 + expression, "not " * 500 + expression):
        try:
            selects(text, platform)
        except SelectorSyntaxError:
            continue
