"""A project's history: where it is, and what stood before."""

import pytest

from parity.core.generations import Generation, before, current, kept, parse

# 3 went back to 1
ROWS = [
    ["1", "aa", "100", "lock1", "lock"],
    ["2", "bb", "200", "lock2", "sync"],
    ["3", "aa", "300", "lock1", "rollback", "1"],
    ["4", "private/cc", "400", "lock2", "sync"],
]
PAST = parse(ROWS)


def numbers(generations: tuple[Generation, ...]) -> list[int]:
    return [each.number for each in generations]


def test_rows_become_generations() -> None:
    """With the origin of a rollback, and private environments known by their key."""
    assert Generation(number=1, key="aa", time=100, lock="lock1", reason="lock") == PAST[0]
    assert [0, 0, 1, 0] == [each.origin for each in PAST]
    assert [False, False, False, True] == [each.is_private for each in PAST]


def test_the_current_one_is_the_newest_that_the_link_leads_to() -> None:
    """Not the last one noted: the switch may have been stopped before the link moved."""
    assert PAST[2] == current(PAST, "aa")
    assert PAST[1] == current(PAST, "bb")
    assert None is current(PAST, "")


@pytest.mark.parametrize(
    ("now", "expected"), [(PAST[3], PAST[2]), (PAST[1], PAST[0]), (PAST[2], None), (PAST[0], None), (None, PAST[2])]
)
def test_before_a_rollback_is_what_stood_before_its_origin(now: Generation | None, expected: Generation | None) -> None:
    """So that going back twice goes back two steps, not to and fro."""
    assert expected == before(PAST, now)


def test_nothing_is_before_no_history() -> None:
    """An empty history has no generation to go back to."""
    assert None is before((), None)


def test_the_newest_are_kept_and_the_current_one() -> None:
    """At least one, however few are asked for."""
    assert [3, 4] == numbers(kept(PAST, PAST[3], 2))
    assert [1, 4] == numbers(kept(PAST, PAST[0], 1))
    assert [4] == numbers(kept(PAST, None, 0))
    assert [1, 2, 3, 4] == numbers(kept(PAST, None, 9))
