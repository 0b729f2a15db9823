"""Sizes and numbers of things, in words."""

import pytest

from parity.core.amounts import counted, size_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (48_200_000, "48.2 MB"),
        (999_960_000, "1.0 GB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_a_size_has_the_unit_in_which_it_is_read(size: int, text: str) -> None:
    """Nothing but nothing is nothing, and a thousand of a unit is one of the next."""
    assert text == size_text(size)


def test_one_thing_is_not_several() -> None:
    """Where an `s` does not make the plural, the caller says what does."""
    assert ["0 files", "1 file", "2 files"] == [counted(number, "file") for number in range(3)]
    assert "2 entries are" == counted(2, "entry is", "entries are")
