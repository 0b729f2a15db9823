"""How long making environments took here: measurements that are kept between runs, the newest of each kind.

A line a measurement: kind, amount, seconds.
"""

import os
from typing import cast

from parity.core.dataclass import dataclass
from parity.core.plan.rates import KEPT, Kind, Measurement
from parity.engines.store import records

_KINDS = 6
_MOST = 4 * _KINDS * KEPT  # lines; beyond that what nobody counts any more is dropped


@dataclass(frozen=True, slots=True)
class MeasuredRates:
    """The measurements in a cache. Of two that are noted at once, one may be lost: there will be others."""

    cache: str

    def read(self) -> tuple[Measurement, ...]:
        """Return what was measured, the oldest first; a line that says nothing is passed over. Raises OSError."""
        found = []
        for row in records.read(self._path) or ():
            try:
                kind, amount, seconds = row
                found.append(Measurement(kind=cast("Kind", kind), amount=int(amount), seconds=float(seconds)))
            except ValueError:  # cut short, as by a power cut, or edited
                continue
        return tuple(found)

    def note(self, kind: Kind, amount: int, seconds: float) -> None:
        """Keep a measurement; nothing that was too small to measure. Raises OSError."""
        if amount <= 0 or seconds <= 0:
            return
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        known = [(each.kind, str(each.amount), f"{each.seconds:.6f}") for each in self.read()]
        rows = [*known, (kind, str(amount), f"{seconds:.6f}")]
        if len(rows) > _MOST:
            kinds = {row[0] for row in rows}
            rows = [row for name in sorted(kinds) for row in [each for each in rows if each[0] == name][-KEPT:]]
        records.write(self._path, rows)

    @property
    def _path(self) -> str:
        return os.path.join(self.cache, "rates", "v1", "measured")
