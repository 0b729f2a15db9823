"""Moments as users write them."""

import pytest

from parity.core.moments import end_of, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01", "2026-11-02T00:00:00Z"),
        ("2026-12-31", "2027-01-01T00:00:00Z"),
        ("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"),
        ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00Z"),
        ("2026-11-01T10:00:00", "2026-11-01T10:00:00Z"),
    ],
)
def test_a_moment_is_the_same_everywhere(text: str, expected: str) -> None:
    """A day is a day in UTC, included whole; the machine's time zone has no say."""
    assert expected == end_of(text)


def test_anything_else_is_refused() -> None:
    """A word is no moment."""
    with pytest.raises(ValueError, match="yesterday"):
        end_of("yesterday")


def test_a_time_is_written_in_utc() -> None:
    """As RFC 3339 has it."""
    assert "2026-11-22T16:58:48Z" == written(1795366728)
