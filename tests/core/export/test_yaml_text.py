"""Plain data as YAML: what any reader takes for something else than text stands in quotes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from parity.core.export.yaml_text import scalar, yaml_text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
tricky = st.text(st.sampled_from("aY1.:- #'\"\\[]{}!&*?|>%@`~=,\n\t\x85\u2028"), max_size=8)
values = st.recursive(
    texts | tricky | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | tricky, inner, max_size=4),
    max_leaves=12,
)


def read(text: str, version: str) -> Any:
    """Read YAML as a tool of either time does: conda speaks 1.1, others 1.2."""
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    return reader.load(text)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@given(data=st.dictionaries(texts | tricky, values, min_size=1, max_size=4))
def test_any_data_is_read_back_as_it_was(version: str, data: dict[str, Any]) -> None:
    """Both versions of YAML agree on every text, key, number and structure."""
    assert data == read(yaml_text(data), version)


@pytest.mark.parametrize(
    "plain",
    ["numpy=1.26.4=py311_0", "conda-forge::x=1!2.0=0", "app==1.0 --hash=sha256:ab", "https://host.example/a", "a, b"],
)
def test_what_is_nothing_but_text_stays_plain(plain: str) -> None:
    """A file is read by people too."""
    assert plain == scalar(plain)


@pytest.mark.parametrize("text", ["", "1.0", "yes", "No", "null", "a: b", "a #b", "a:", "-e ./lib", "~", "1e3", "é"])
def test_what_could_mean_something_is_quoted(text: str) -> None:
    """Versions stay texts, and so do words that some readers take for true or false."""
    assert scalar(text).startswith('"')
