"""`[dependency-groups]`: PEP 735 groups with what they include, flattened."""

from collections.abc import Callable, Mapping
from typing import Any

from packaging.utils import InvalidName, canonicalize_name

from parity.core.manifests.typed_table import TypedTable, kind
from parity.core.places import Place
from parity.core.spec import WheelRequirement
from parity.core.spelling import known_ones

Parse = Callable[[str, Place, str], list[WheelRequirement]]


def read_groups(table: TypedTable, parse: Parse) -> dict[str, tuple[WheelRequirement, ...]]:
    """Return the requirements of each group under its normalised name, those of included groups in their place.

    `parse` turns a text, its place and the name of a group into requirements (none where the text is faulty).
    Groups that include each other or one that is not there, and names that are the same once normalised, become
    faults of the table; a fault of a group may be there once for each group that includes it.
    """
    reader = _Groups(table, parse)
    return {name: tuple(reader.requirements(name, name, ())) for name in reader.keys}


class _Groups:
    def __init__(self, table: TypedTable, parse: Parse) -> None:
        self._table = table
        self._parse = parse
        self._cycles: set[frozenset[str]] = set()
        self.keys: dict[str, str] = {}
        for key in table.values:
            self._add(key)

    def _add(self, key: str) -> None:
        try:
            name = canonicalize_name(key, validate=True)
        except InvalidName:
            self._table.fault(self._table.at(key), f"`{key}` is not a name", "use letters, digits, `-`, `_` and `.`")
            return
        if name in self.keys:
            message = f"`{key}` and `{self.keys[name]}` are the same name"
            self._table.fault(self._table.at(key), message, "put both into one group")
            return
        self.keys[name] = key

    def requirements(self, name: str, group: str, above: tuple[str, ...]) -> list[WheelRequirement]:
        """Return what group `name` asks for, as asked for by `group`; `above` are the groups that led here."""
        found: list[WheelRequirement] = []
        for item, place in self._table.items(self.keys[name]):
            if isinstance(item, str):
                found += self._parse(item, place, group)
            elif isinstance(item, Mapping) and list(item) == ["include-group"]:
                found += self._included(item["include-group"], place, group, (*above, name))
            else:
                self._table.fault(
                    place,
                    f"a requirement or an include was expected, found {kind(item)}",
                    'write `"NAME"` or `{ include-group = "NAME" }`',
                )
        return found

    def _included(self, value: Any, place: Place, group: str, above: tuple[str, ...]) -> list[WheelRequirement]:
        name = canonicalize_name(value) if isinstance(value, str) else ""
        if name not in self.keys:
            self._table.fault(place, f"there is no group `{value}` to include", known_ones(str(value), self.keys))
            return []
        if name in above:
            self._cycle(above[above.index(name) :], place)
            return []
        return self.requirements(name, group, above)

    def _cycle(self, names: tuple[str, ...], place: Place) -> None:
        # the same circle is found again from each of its groups
        if frozenset(names) not in self._cycles:
            self._cycles.add(frozenset(names))
            chain = " → ".join(f"`{one}`" for one in (*names, names[0]))
            self._table.fault(place, f"groups include each other: {chain}", "remove one of the includes")
