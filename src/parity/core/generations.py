"""A project's history: a generation for every switch of its environment, numbered from 1."""

from collections.abc import Iterable, Sequence

from parity.core.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One switch: to which environment (`key`), when (seconds since 1970), for which lock (its digest), and why.

    `origin` is the number of the generation that a rollback went back to, 0 for every other switch.
    """

    number: int
    key: str
    time: int
    lock: str
    reason: str
    origin: int = 0

    @property
    def is_private(self) -> bool:
        """Whether its environment was the project's own, to be written to."""
        return self.key.startswith("private/")


def parse(rows: Iterable[Sequence[str]]) -> tuple[Generation, ...]:
    """Return generations from the rows of a record: number, key, time, lock, reason and, of a rollback, its origin."""
    return tuple(
        Generation(
            number=int(row[0]),
            key=row[1],
            time=int(row[2]),
            lock=row[3],
            reason=row[4],
            origin=int(row[5]) if len(row) > 5 else 0,  # noqa: PLR2004 - a row's length
        )
        for row in rows
    )


def current(generations: Sequence[Generation], key: str) -> Generation | None:
    """Return the generation that a project is at when its link leads to the environment of a key.

    A switch is noted before the link moves, so the last one is not always it.
    """
    return next((each for each in reversed(generations) if each.key == key), None)


def before(generations: Sequence[Generation], now: Generation | None) -> Generation | None:
    """Return the generation to go back to from where a project is (None: from where it last was).

    From a rollback one goes back further: to what stood before its origin.
    """
    start = now or (generations[-1] if generations else None)
    if start is None:
        return None
    number = start.origin or start.number
    return next((each for each in reversed(generations) if each.number < number), None)


def kept(
    generations: Sequence[Generation], now: Generation | None, keep: int, always: Iterable[Generation] = ()
) -> tuple[Generation, ...]:
    """Return the newest generations, `keep` of them, the one that a project is at, and those that are kept `always`."""
    staying = {*generations[-max(keep, 1) :], *always}
    return tuple(each for each in generations if each in staying or each == now)
