"""Why there is no answer and what would help, held against the oracle; why an answer is not another one."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from parity.core.negotiation.explain import Contradiction, contradiction, exclusions
from parity.core.negotiation.joint import Demand
from parity.core.negotiation.negotiate import Negotiation
from parity.core.negotiation.remedies import remedies
from parity.core.negotiation.shelves import Shelves
from tests.support.drawing import draw
from tests.support.oracle import Oracle
from tests.support.universes import FakeConda, FakeWheels, Universe

_PARTS = {"dependencies": "conda", "pip": "pypi", "constraints": "constraints"}


def shelves_of(universe: Universe) -> Shelves:
    """Return the shelves of a universe."""
    return Shelves(
        conda=FakeConda(universe),
        wheels=FakeWheels(universe),
        claims=universe.claims,
        question=universe.question,
    )


def contradicted(universe: Universe) -> tuple[Contradiction, Shelves] | None:
    """Return the contradiction in a universe, None where it has an answer."""
    shelves = shelves_of(universe)
    negotiation = Negotiation(universe.question, shelves)
    return (contradiction(negotiation), shelves) if negotiation.agree() is None else None


def asking(universe: Universe, demands: Sequence[Demand]) -> Universe:
    """Return a universe in which only these things are required, and any Python."""
    ask: dict[str, list[str]] = {"conda": [], "pypi": [], "constraints": []}
    for demand in demands:
        assert demand.place
        part, number = demand.place.key.removesuffix("]").split("[")
        ask[_PARTS[part]].append(universe.ask[_PARTS[part]][int(number)])
    if not any(text.startswith("python") for text in ask["conda"]):
        ask["conda"].append("python")
    return replace(universe, ask=ask)


@pytest.mark.parametrize("part", range(4))
def test_nothing_can_be_left_out_of_a_contradiction(part: int) -> None:
    """Only its requirements: no answer. With any one of them less: an answer. By the oracle's word."""
    seen = 0
    for seed in range(part * 40, (part + 1) * 40):
        universe = draw(seed)
        if found := contradicted(universe):
            seen += 1
            demands = found[0].requirements
            assert Oracle(asking(universe, demands)).best() is None, seed
            for number, left_out in enumerate(demands):
                rest = [*demands[:number], *demands[number + 1 :]]
                if not left_out.needs.startswith("python"):
                    assert Oracle(asking(universe, rest)).best() is not None, seed
    assert seen > 5


def test_every_change_that_is_told_leads_to_an_answer() -> None:
    """Each remedy is applied to the question and given to the solver anew."""
    seen = 0
    for seed in range(120):
        universe = draw(seed)
        if found := contradicted(universe):
            told = remedies(found[0].requirements, found[1])
            assert len({len(remedy.changes) for remedy in told}) <= 1
            for remedy in told:
                seen += 1
                assert Oracle(_changed(universe, remedy.changes)).best() is not None, (seed, remedy)
    assert seen > 20


def _changed(universe: Universe, changes: Sequence[str]) -> Universe:
    """Apply changes as a reader would, from their words alone."""
    ask = {part: list(texts) for part, texts in universe.ask.items()}
    for change in changes:
        words = change.split("`")
        place = change.split("environment.yml: ")[1].split(")")[0]
        part, number = place.removesuffix("]").split("[")
        texts = ask[_PARTS[part]]
        extras = f"[{words[3].split('[')[1].split(']')[0]}]" if "[" in words[3 if "write" in change else 1] else ""
        marker = f" ;{texts[int(number)].partition(';')[2]}" if ";" in texts[int(number)] else ""
        texts[int(number)] = f"{words[1]}{extras}{marker}" if change.startswith("write") else ""
    return replace(universe, ask={part: [text for text in texts if text] for part, texts in ask.items()})


SCIENCE = Universe(
    conda=[
        {"name": "python", "version": "3.12.4", "build": "h0_0_cpython"},
        *(
            {"name": "numpy", "version": version, "build": "py312_0", "depends": ["python 3.12.*"]}
            for version in ("1.26.4", "2.1.3")
        ),
        {"name": "scipy", "version": "1.13.1", "depends": ["python >=3.9", "numpy >=1.26"]},
        {"name": "scipy", "version": "1.15.3", "depends": ["python >=3.9", "numpy >=2"]},
    ],
    wheels=[
        {"name": "oldlib", "version": "1.2", "requires": ["numpy<2"]},
        {"name": "oldlib", "version": "1.3", "requires": ["numpy<1.0"]},
    ],
    ask={"conda": ["python", "numpy", "scipy"], "pypi": ["oldlib"]},
    own={"python": "3.12.4", "numpy": "2.1.3", "scipy": "1.15.3"},
)


def test_every_version_that_was_not_taken_has_its_reason() -> None:
    """Who excluded it; what it would have needed itself; of wheels too."""
    shelves = shelves_of(SCIENCE)
    agreement = Negotiation(SCIENCE.question, shelves).agree()
    assert agreement
    assert {
        ("numpy", "1.26.4", "2.1.3", ("oldlib 1.2 needs numpy<2",)),
        ("scipy", "1.13.1", "1.15.3", ("scipy 1.15.3 needs numpy >=2, and numpy is 1.26.4",)),
        ("oldlib", "1.2", "1.3", ("oldlib 1.3 needs numpy<1.0, and numpy is 1.26.4",)),
    } == {(each.name, each.version, each.instead, each.because) for each in exclusions(agreement, shelves)}


def test_many_versions_that_want_the_same_are_one_line() -> None:
    """The first, the second and the last of them."""
    wheels = [{"name": "new", "version": f"1.{number}", "requires": ["numpy>=3"]} for number in range(9)]
    found = contradicted(replace(SCIENCE, wheels=wheels, ask={"conda": ["python", "numpy"], "pypi": ["new"]}))
    assert found
    assert "new 1.8, 1.7 … 1.0 needs numpy>=3" in found[0].lines()
