"""What `script/bench` makes of figures: which budgets are missed, and the table in the page."""

from pathlib import Path

import pytest

from benchmarks.measuring import LEDGER, Figure, judged, kept_all, report
from benchmarks.table import BEGIN, END, table, with_table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "speed.md"


@pytest.fixture(autouse=True)
def _empty_ledger() -> None:
    LEDGER.clear()


def test_a_missed_budget_is_marked_and_counts() -> None:
    """One row over its ceiling or under its floor is enough; what keeps to the letter is kept."""
    judged(Figure(what="sync", value=1.0, unit="×", budget=1, beside="uv"))
    assert kept_all()
    judged(Figure(what="hashing", value=69.0, unit="%", budget=70, least=True))
    assert not kept_all()
    assert ["| sync | 1 × | uv | ≤ 1 × | kept |", "| hashing | 69 % | - | ≥ 70 % | **missed** |"] == table(
        LEDGER
    ).splitlines()[2:]


def test_a_comparison_is_judged_by_the_median_of_its_pairs() -> None:
    """One slow round of ours does not count, nor does one of theirs."""
    report("sync (of much)", {"parity": [3.0, 1.0, 9.0], "uv": [1.0, 1.0, 1.0]}, "uv", 2.5)
    assert [Figure(what="sync", value=3.0, unit="×", budget=2.5, beside="uv")] == LEDGER
    assert not kept_all()


def test_the_table_stands_between_the_markers_of_the_page() -> None:
    """What stood there goes, the rest of the real page stays, and again makes no difference."""
    before, after = PAGE.read_text(encoding="utf-8").split(BEGIN)[0], PAGE.read_text(encoding="utf-8").split(END)[1]
    once = with_table(PAGE.read_text(encoding="utf-8"), "a table\n")
    assert f"{before}{BEGIN}\n\na table\n\n{END}{after}" == once
    assert once == with_table(once, "a table\n")


def test_a_page_without_markers_is_not_written() -> None:
    """Nothing is put where nobody has said."""
    with pytest.raises(SystemExit, match="the page has no"):
        with_table("# Speed\n", "a table\n")
