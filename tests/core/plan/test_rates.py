"""What measurements let expect."""

from parity.core.plan.rates import KEPT, Measurement, rates_of


def test_an_expectation_is_work_at_the_measured_rate() -> None:
    """Amounts and seconds are summed, so that large measurements count for more."""
    rates = rates_of(
        [
            Measurement(kind="fetch venv", amount=100, seconds=1),
            Measurement(kind="fetch venv", amount=300, seconds=1),
            Measurement(kind="place venv", amount=10, seconds=5),
        ]
    )
    assert 2.0 == rates.expected({"fetch venv": 200, "place venv": 2})
    assert (3, 1) == (
        rates.count({"fetch venv": 200, "place venv": 2}),
        rates.count({"fetch venv": 0, "place venv": 2}),
    )


def test_what_was_never_measured_is_not_guessed() -> None:
    """One kind that nobody measured leaves the whole unknown; work that there is none of does not."""
    rates = rates_of([Measurement(kind="place venv", amount=10, seconds=5)])
    assert rates.expected({"build": 1, "place venv": 2}) is None
    assert 1.0 == rates.expected({"build": 0, "place venv": 2})


def test_only_the_newest_measurements_count() -> None:
    """A machine on another network is believed after a while."""
    old = [Measurement(kind="fetch conda", amount=1, seconds=1000)] * KEPT
    new = [Measurement(kind="fetch conda", amount=1, seconds=1)] * KEPT
    assert 1.0 == rates_of([*old, *new]).expected({"fetch conda": 1})
