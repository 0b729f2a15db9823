"""Verdicts and answers against an oracle that tries everything, and universes that are worth keeping."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from parity.core.negotiation.joint import Agreement
from tests.support.drawing import draw
from tests.support.oracle import Oracle
from tests.support.universes import Universe, smaller

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
_PARTS = 10


def differs(universe: Universe) -> str:
    """Return how parity's answer differs from the best one; nothing where it does not."""
    agreement, _ = universe.negotiate()
    oracle = Oracle(universe)
    best = oracle.best()
    if agreement is None or best is None:
        return "" if (agreement, best) == (None, None) else f"parity: {agreement}, the oracle: {best}"
    found = oracle.whole(agreement)
    if found not in oracle.valid():
        return f"what parity took is no answer: {found}"
    ranks = oracle.ranks(found)
    return "" if best[0] == ranks else f"parity's ranks are {ranks}, the best {best}"


def least(universe: Universe) -> Universe:
    """Return the smallest part of a universe that still shows a difference."""
    for part in smaller(universe):
        if any(text.startswith("python") for text in part.ask["conda"]) and differs(part):
            return least(part)
    return universe


def check(seeds: range) -> None:
    """Compare the universes of these numbers."""
    for seed in seeds:
        universe = draw(seed)
        if difference := differs(universe):
            raise AssertionError(f"seed {seed}: {difference}\nthe least: {asdict(least(universe))}")


@pytest.mark.parametrize("part", range(_PARTS))
def test_every_verdict_is_right_and_no_answer_is_worse_than_the_best(part: int) -> None:
    """600 universes, about half of them with an answer."""
    check(range(part * 60, (part + 1) * 60))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_the_same_holds_for_twenty_thousand(part: int) -> None:
    """Other universes than those of the normal run."""
    check(range(10_000 + part * 1_000, 10_000 + (part + 1) * 1_000))


def test_universes_are_neither_easy_nor_hopeless() -> None:
    """Enough of them have an answer, and enough have none; else the comparison would prove little."""
    answers = [draw(seed).negotiate()[0] for seed in range(200)]
    there = [answer for answer in answers if answer]
    assert 60 <= len(there) <= 140
    assert 20 <= sum(len(answer.wheels) > 1 for answer in there)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_has_its_answer(path: Path) -> None:
    """What the file says is taken, which is also the best that there is."""
    said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    answer = said.pop("answer")
    assert said.pop("why")
    universe = Universe(**said)
    agreement, wheels = universe.negotiate()
    assert answer.get("impossible", False) == (agreement is None)
    if agreement:
        assert answer == {**shown(agreement), **({"unread": answer["unread"]} if "unread" in answer else {})}
    assert set() == {*answer.get("unread", ())} & {*wheels.asked}
    if said.get("oracle", True):
        assert "" == differs(universe)


def shown(agreement: Agreement) -> dict[str, dict[str, str]]:
    """Return the versions of an answer."""
    return {
        "conda": {package.name: package.version for package in agreement.conda},
        "pypi": {release.name: release.version for release in agreement.wheels},
    }
