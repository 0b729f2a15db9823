"""Measurements that outlive the process that made them."""

from pathlib import Path

from parity.core.plan.rates import KEPT, Measurement
from parity.engines.store.rates import MeasuredRates


def test_a_measurement_is_kept(tmp_path: Path) -> None:
    """In their order; what was too small to measure is not."""
    rates = MeasuredRates(str(tmp_path))
    assert () == rates.read()
    rates.note("build", 2, 1.5)
    rates.note("build", 0, 1.5)
    rates.note("fetch venv", 1000, 0.25)
    assert (
        Measurement(kind="build", amount=2, seconds=1.5),
        Measurement(kind="fetch venv", amount=1000, seconds=0.25),
    ) == MeasuredRates(str(tmp_path)).read()


def test_a_line_that_says_nothing_is_passed_over(tmp_path: Path) -> None:
    """Cut short by a power cut, or edited: the others count, and the next one is kept."""
    rates = MeasuredRates(str(tmp_path))
    rates.note("build", 2, 1.5)
    file = tmp_path / "rates" / "v1" / "measured"
    file.write_text(f"build\tx\t1\nbuild\n{file.read_text()}", encoding="utf-8")
    rates.note("build", 3, 1.5)
    assert [2, 3] == [each.amount for each in rates.read()]


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    """Of each kind the newest stay, and one that is rare is not driven out."""
    rates = MeasuredRates(str(tmp_path))
    rates.note("build", 1, 1)
    for number in range(1, 30 * KEPT):
        rates.note("place venv", number, 1)
    found = rates.read()
    assert 25 * KEPT > len(found)
    assert "build" in {each.kind for each in found}
    assert 30 * KEPT - 1 == max(each.amount for each in found)
