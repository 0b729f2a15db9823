"""A table of a TOML file, read key by key: what has another type than expected becomes a fault with its place."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from parity.core.errors import Fault
from parity.core.places import Place
from parity.core.spelling import known_ones

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class TypedTable:
    """One table with its place; the tables below it add their faults to the same list."""

    def __init__(self, values: Mapping[str, Any], place: Place, faults: list[Fault]) -> None:
        self.values = values
        self.place = place
        self.faults = faults

    def __contains__(self, key: str) -> bool:
        """Say whether the key is there, whatever its value."""
        return key in self.values

    def at(self, key: str) -> Place:
        """Return the place of a key; one that is not bare is quoted."""
        return self.place.child(key if _BARE.fullmatch(key) else f'"{key}"')

    def text(self, key: str) -> str:
        """Return a string without blanks around it; empty where the key is missing or faulty."""
        value = self.values.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self.mistyped(key, "a string", value)
        return ""

    def flag(self, key: str) -> bool | None:
        """Return true or false; None where the key is missing or faulty."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.mistyped(key, "true or false", value)
        return None

    def items(self, key: str) -> list[tuple[Any, Place]]:
        """Return the items of a list, each with its place."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.mistyped(key, "a list", value)
            return []
        return [(item, self.at(key).child(f"[{number}]")) for number, item in enumerate(value)]

    def texts(self, key: str) -> list[tuple[str, Place]]:
        """Return the strings of a list, each with its place; what is no string becomes a fault."""
        found = []
        for item, place in self.items(key):
            if isinstance(item, str) and item.strip():
                found.append((item.strip(), place))
            else:
                self.fault(place, f"a string was expected, found {kind(item)}", "put it in quotation marks")
        return found

    def table(self, key: str) -> "TypedTable":
        """Return the table under a key; an empty one where it is missing or faulty."""
        value = self.values.get(key, {})
        if isinstance(value, Mapping):
            return TypedTable(value, self.at(key), self.faults)
        self.mistyped(key, "a table", value)
        return TypedTable({}, self.at(key), self.faults)

    def tables(self, key: str) -> list["TypedTable"]:
        """Return the tables of a list of tables."""
        found = []
        for item, place in self.items(key):
            if isinstance(item, Mapping):
                found.append(TypedTable(item, place, self.faults))
            else:
                self.fault(place, f"a table was expected, found {kind(item)}", "write `{ name = …, url = … }`")
        return found

    def keys_known(self, known: Sequence[str]) -> None:
        """Make a fault of every key that is not one of those known."""
        for key in self.values:
            if key not in known:
                where = self.place.key or "the file"
                self.fault(self.at(key), f"`{key}` is not a key of `{where}`", known_ones(key, known))

    def mistyped(self, key: str, expected: str, value: Any) -> None:
        """Make a fault of a value of another type than expected."""
        self.fault(self.at(key), f"`{key}` must be {expected}, found {kind(value)}", f"write {expected}")

    def fault(self, place: Place, message: str, hint: str) -> None:
        """Add a fault."""
        self.faults.append(Fault(place=place, message=message, hint=hint))


def kind(value: Any) -> str:
    """Return what a TOML value is, in the words of a person."""
    if value == "":
        return "an empty string"
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (type(None), "null"),
        (bool, "true or false"),
        (str, "a string"),
        ((int, float), "a number"),
        (Mapping, "a table"),
        (list, "a list"),
        ((date, time), "a date"),
    )
    return next((name for types, name in names if isinstance(value, types)), type(value).__name__)
