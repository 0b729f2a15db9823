"""Reading a table of plain data field by field: every type is checked, every fault has a place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, TypeVar

from parity.core.dataclass import dataclass
from parity.core.errors import Fault
from parity.core.places import Place

# DESIGN, trust: texts of a lock become parts of paths and arguments of programs only in these shapes
NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._+-]*")
VERSION = re.compile(r"(?!.*\.\.)([A-Za-z0-9][A-Za-z0-9._+!-]*)?")
FILE = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._+!-]*")
HEX = re.compile(r"[0-9a-f]{64}")
CONDA_NAME = re.compile(r"(?!.*\.\.)[a-z0-9_][a-z0-9._-]*")
CONDA_FILE = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._+!-]*\.(conda|tar\.bz2)")
BUILD = re.compile(r"(?!.*\.\.)[A-Za-z0-9_.+-]*")
CHANNEL = re.compile(r"[^\x00-\x1f\x7f\s]([^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s])?")
FOLDERS = re.compile(r"(?!.*\.\.)([A-Za-z0-9_][A-Za-z0-9._/-]*)?")

_Choice = TypeVar("_Choice", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table and where it stands. Reading a field that is not right adds a fault and returns something harmless.

    A default of `None` means that the field must be there.
    """

    data: Mapping[str, Any]
    place: Place
    faults: list[Fault]
    _known: set[str] = field(default_factory=set[str])

    def text(self, key: str, default: str | None, shape: re.Pattern[str] | None = None) -> str:
        """Return a text, which must have the shape where one is given."""
        value = self._take(key, default)
        if not isinstance(value, str):
            self._expected(key, "text", value)
            return ""
        if shape is not None and key in self.data and not shape.fullmatch(value):
            self.fault(key, f"`{value}` is not acceptable here")
        return value

    def number(self, key: str, default: int | None) -> int:
        """Return a whole number, not negative."""
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._expected(key, "a whole number", value)
            return 0
        return value

    def flag(self, key: str) -> bool:
        """Return `true` or `false`; absent means `false`."""
        value = self._take(key, default=False)
        if not isinstance(value, bool):
            self._expected(key, "`true` or `false`", value)
            return False
        return value

    def choice(self, key: str, choices: Sequence[_Choice]) -> _Choice:
        """Return one of the choices; it must be there."""
        value = self._take(key, None)
        for choice in choices:
            if choice == value:
                return choice
        self._expected(key, " or ".join(f"`{choice}`" for choice in choices), value)
        return choices[0]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; absent means empty."""
        value = self._take(key, ())
        if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
            self._expected(key, "a list of texts", value)
            return ()
        return tuple(value)

    def texts_by_name(self, key: str) -> Mapping[str, str]:
        """Return a table of texts; absent means empty."""
        value = self._take(key, {})
        if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
            self._expected(key, "a table of texts", value)
            return {}
        return value

    def table(self, key: str) -> "Table":
        """Return a table inside this one; it must be there."""
        value = self._take(key, None)
        if not isinstance(value, dict):
            self._expected(key, "a table", value)
            value = {}
        return Table(data=value, place=self.place.child(key), faults=self.faults)

    def tables(self, key: str) -> list["Table"]:
        """Return a list of tables; absent means empty."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self._expected(key, "a list of tables", value)
            return []
        places = (self.place.child(f"{key}[{index}]") for index in range(len(value)))
        return [Table(data=entry, place=at, faults=self.faults) for entry, at in zip(value, places, strict=True)]

    def refuse_unknown(self) -> None:
        """Add a fault for every key that nobody read."""
        for key in self.data:
            if key not in self._known:
                self.fault(key, "is not a key that this version of parity knows")

    def fault(self, key: str, message: str) -> None:
        """Add a fault about one key, or about the table itself where the key is empty."""
        self.faults.append(Fault(place=self.place.child(key) if key else self.place, message=message))

    def _take(self, key: str, default: Any) -> Any:
        self._known.add(key)
        return self.data.get(key, default)

    def _expected(self, key: str, what: str, value: Any) -> None:
        found = "nothing" if value is None else f"`{value!r}`"
        if not self.data and not self.place.key.endswith("]"):
            return  # the table itself is missing, and that has been said
        self.fault(key, f"expected {what}, found {found}")
