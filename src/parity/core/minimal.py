"""The least of many things that is enough for something."""

from collections.abc import Callable, Sequence
from typing import TypeVar

_Thing = TypeVar("_Thing")


def least(things: Sequence[_Thing], enough: Callable[[Sequence[_Thing]], bool]) -> tuple[_Thing, ...]:
    """Return things of which none can be left out if the rest is still to be enough, in their order.

    All of them together are enough; more are never less so. Halves are tried before single ones (QuickXplain, Junker
    2004): for k things out of n, `enough` is asked about k·log(n/k) times. What stands first stays rather than what
    stands last.
    """
    if enough(()):
        return ()
    found = _least((), things, enough, changed=False)
    return tuple(each for each in things if each in found)


def _least(
    ground: Sequence[_Thing], things: Sequence[_Thing], enough: Callable[[Sequence[_Thing]], bool], *, changed: bool
) -> list[_Thing]:
    if changed and enough(ground):
        return []
    if len(things) == 1:
        return [*things]
    middle = len(things) // 2
    first, second = things[:middle], things[middle:]
    of_second = _least([*ground, *first], second, enough, changed=bool(first))
    return _least([*ground, *of_second], first, enough, changed=bool(of_second)) + of_second
