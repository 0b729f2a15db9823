"""Manifests of trees: what is written is what is read, whatever the names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.contents import Entry, content_lines, dump, parse, placed

# bytes of file names that are no UTF-8 come in as surrogates
_NAMES = st.binary(min_size=1, max_size=12).map(
    lambda data: data.replace(b"\0", b"\\").decode("utf-8", "surrogateescape")
)
_TRICKY = st.text("\\\t\n\rtna /", min_size=1)

ENTRIES = st.builds(
    Entry,
    st.sampled_from("fl"),
    st.integers(0, 0o7777),
    st.integers(0, 1 << 60),
    st.integers(-(1 << 62), 1 << 62),
    st.one_of(st.just(""), st.just("ab" * 32), _TRICKY),
    st.one_of(_NAMES, _TRICKY),
)


@given(st.lists(ENTRIES, unique_by=lambda entry: entry.path))
def test_what_is_written_is_read_again(entries: list[Entry]) -> None:
    """Any name a file system allows comes back, links too, sorted by path; the text travels as bytes."""
    text = dump(entries).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    assert sorted(entries, key=lambda entry: entry.path) == parse(text)


@given(st.lists(ENTRIES, unique_by=lambda entry: entry.path))
def test_the_order_of_finding_does_not_show(entries: list[Entry]) -> None:
    """A folder is read in the order that the disk likes; its manifest has one."""
    assert dump(entries) == dump(reversed(entries))
    assert content_lines(entries) == content_lines(reversed(entries))


def test_content_is_the_same_whenever_it_was_made() -> None:
    """Times and sizes are left out of what names a built tree, modes are not."""
    entry = Entry("f", 0o444, 1, 5, "aa", "@/a.py")
    assert content_lines([entry]) == content_lines([entry._replace(mtime=6, size=1)])
    assert content_lines([entry]) != content_lines([entry._replace(mode=0o555)])
    assert content_lines([entry]) != content_lines([entry._replace(digest="ab")])


def test_a_name_with_a_line_break_does_not_pass_for_two_files() -> None:
    """One file whose name reads like the next line of a manifest is other content than two files."""
    one = [Entry("l", 0o777, 0, 0, "x", "a\nf\t444\tdd\tb")]
    two = [Entry("l", 0o777, 0, 0, "x", "a"), Entry("f", 0o444, 0, 0, "dd", "b")]
    assert content_lines(one) != content_lines(two)


@pytest.mark.parametrize(
    "text", ["f\t444\t1\n", "f\t9\t1\t1\ta\tb\n", "f\t444\tx\t1\ta\tb\n", "\t\n", "f\t1\t1\t1\ta\tb\tc\n"]
)
def test_damage_is_a_value_error(text: str) -> None:
    """A manifest that is not one is not half believed."""
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_only_site_paths_depend_on_the_interpreter() -> None:
    """`@/` stands for site-packages; `@` alone is an ordinary letter."""
    assert "lib/python3.12/site-packages/a.py" == placed("@/a.py", "lib/python3.12/site-packages")
    assert "bin/@" == placed("bin/@", "lib/python3.12/site-packages")
    assert "@a" == placed("@a", "x")
