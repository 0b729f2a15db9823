"""How fast this machine was at what makes an environment: measurements, and what they let expect."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal

from parity.core.dataclass import dataclass

Kind = Literal["fetch venv", "fetch conda", "build", "compile", "place venv", "place conda"]

#: So many measurements of a kind are kept, the newest: a machine moves, and so does its network.
KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One thing that parity did: how much (bytes for `fetch`, packages for the others) in how many seconds."""

    kind: Kind
    amount: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What was measured, by kind: amounts and seconds, summed over `counts` measurements."""

    amounts: Mapping[str, int] = field(default_factory=dict[str, int])
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    counts: Mapping[str, int] = field(default_factory=dict[str, int])

    def expected(self, work: Mapping[Kind, int]) -> float | None:
        """Return the seconds that some work would take; None where one kind of it was never measured."""
        asked = {kind: amount for kind, amount in work.items() if amount}
        if any(not self.amounts.get(kind) for kind in asked):
            return None
        return sum(amount * self.seconds[kind] / self.amounts[kind] for kind, amount in asked.items())

    def count(self, work: Mapping[Kind, int]) -> int:
        """Return on how many measurements an expectation rests."""
        return sum(self.counts.get(kind, 0) for kind, amount in work.items() if amount)


def rates_of(measurements: Iterable[Measurement]) -> Rates:
    """Sum measurements up; of each kind the last `KEPT` count."""
    kinds: dict[str, list[Measurement]] = {}
    for each in measurements:
        kinds.setdefault(each.kind, []).append(each)
    newest = {kind: several[-KEPT:] for kind, several in kinds.items()}
    return Rates(
        amounts={kind: sum(each.amount for each in several) for kind, several in newest.items()},
        seconds={kind: sum(each.seconds for each in several) for kind, several in newest.items()},
        counts={kind: len(several) for kind, several in newest.items()},
    )
