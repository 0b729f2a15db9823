"""The least of many things that is enough."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from parity.core.minimal import least


@given(st.integers(1, 40), st.lists(st.sets(st.integers(0, 39), min_size=1, max_size=4), min_size=1, max_size=4))
def test_none_of_it_can_be_left_out(count: int, ways: list[set[int]]) -> None:
    """Enough is whatever holds all of one of several sets; what is found is one of them."""
    things = range(count)

    def enough(some: Sequence[int]) -> bool:
        return any({each % count for each in way} <= {*some} for way in ways)

    found = least(things, enough)
    assert enough(found)
    assert not any(enough([each for each in found if each != out]) for out in found)


def test_few_questions_are_asked() -> None:
    """A single culprit among many, and none at all."""
    asked: list[int] = []

    def enough(some: Sequence[int]) -> bool:
        asked.append(len(some))
        return 700 in some

    assert (700,) == least(range(1000), enough)
    assert 40 > len(asked)
    assert () == least(range(1000), lambda _: True)
