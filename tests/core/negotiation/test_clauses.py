"""Answers and failures of the clauses' solver, against trying every assignment."""

import itertools
import random
from collections.abc import Sequence

import pytest

from parity.core.negotiation.clauses import TRUE, Clauses

Clause = Sequence[int]


def made(count: int, clauses: Sequence[Clause]) -> Clauses:
    """Return a solver with variables 2 … count + 1."""
    solver = Clauses()
    for _ in range(count):
        solver.variable()
    for clause in clauses:
        solver.add(clause)
    return solver


def possible(count: int, clauses: Sequence[Clause]) -> bool:
    """Say by trial whether some assignment satisfies all clauses."""
    for values in itertools.product([False, True], repeat=count):
        held = {TRUE, *(number + 2 if value else -number - 2 for number, value in enumerate(values))}
        if all(any(literal in held for literal in clause) for clause in clauses):
            return True
    return False


def drawn(random_: random.Random) -> tuple[int, list[list[int]]]:
    """Return a random question near the border between possible and not."""
    count = random_.randint(2, 8)
    literals = [sign * number for number in range(2, count + 2) for sign in (1, -1)]
    width = random_.choice([2, 3])
    return count, [random_.sample(literals, width) for _ in range(random_.randint(count, 5 * count))]


@pytest.mark.parametrize("seed", range(3))
def test_verdicts_and_cores_equal_those_of_trying_everything(seed: int) -> None:
    """Clauses come one at a time; every verdict is right, an answer satisfies all, a core fails by itself."""
    random_ = random.Random(seed)  # noqa: S311 - universes for a test
    for _ in range(30):
        count, clauses = drawn(random_)
        assumed = [random_.choice([1, -1]) * each for each in random_.sample(range(2, count + 2), 2)]
        solver = made(count, [])
        for number, clause in enumerate(clauses):
            solver.add(clause)
            if number % 5 and number < len(clauses) - 1:
                continue
            so_far = [*clauses[: number + 1], *([literal] for literal in assumed)]
            if solver.solve(assumed):
                assert all(any(map(solver.is_true, each)) for each in so_far)
            else:
                assert not possible(count, so_far)
                assert solver.core <= set(assumed)
                assert not possible(count, [*clauses[: number + 1], *([literal] for literal in solver.core)])


def test_pigeons_do_not_fit() -> None:
    """A failure that needs many conclusions: five pigeons, four holes."""
    solver = Clauses()
    place = [[solver.variable() for _ in range(4)] for _ in range(5)]
    for pigeon in place:
        solver.add(pigeon)
    for one, other in itertools.combinations(place, 2):
        for here, there in zip(one, other, strict=True):
            solver.add([-here, -there])
    assert not solver.solve()
    assert not solver.solve([place[0][0]])


def test_what_nobody_asks_for_is_false_and_the_first_comes_first() -> None:
    """The best of what is asked for is taken, and nothing beside it."""
    solver = Clauses()
    asked, best, second, idle = (solver.variable() for _ in range(4))
    solver.add([-asked, best, second])
    assert solver.solve([asked])
    assert [True, False, False] == [solver.is_true(each) for each in (best, second, idle)]
    solver.add([-best])
    assert solver.solve([asked])
    assert [False, True, False] == [solver.is_true(each) for each in (best, second, idle)]
