"""TOML, JSON and YAML of other tools → tables that are read field by field; every fault has its place."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from parity.core.errors import Fault
from parity.core.imports.errors import ForeignDamaged, ForeignUnknown
from parity.core.lockfile.tables import Table
from parity.core.places import Place

Beside = Callable[[str], str | None]


def toml_table(text: str, file: str) -> Table:
    """Return the table of a TOML file. Raises ForeignDamaged."""
    try:
        return _table(tomllib.loads(text), file)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise _syntax(file, "TOML", str(error).partition(" (at")[0], int(line[1]) if line else None) from None


def json_table(text: str, file: str) -> Table:
    """Return the table of a JSON file. Raises ForeignDamaged."""
    try:
        return _table(json.loads(text), file)
    except json.JSONDecodeError as error:
        raise _syntax(file, "JSON", error.msg, error.lineno) from None


def yaml_table(text: str, file: str) -> Table:
    """Return the table of a YAML file, every value of which is text. Raises ForeignDamaged."""
    try:
        return _table(YAML(typ="base", pure=True).load(text), file)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _syntax(file, "YAML", str(error.problem), line) from None
    except YAMLError as error:
        raise _syntax(file, "YAML", str(error), None) from None


def check(head: Table) -> None:
    """Raise ForeignDamaged where a fault was found."""
    if head.faults:
        raise ForeignDamaged(head.place.file, head.faults)


def check_version(head: Table, key: str, known: Iterable[str]) -> str:
    """Return the version of a file's format. Raises ForeignUnknown where it is none of those that are known."""
    found, known = str(head.data.get(key, "")), tuple(known)
    if found not in known:
        shown = " and ".join(f"`{each}`" for each in known)
        raise ForeignUnknown(
            f"`{head.place.file}` has the format version `{found or 'none'}`, and parity reads {shown}",
            hint="have its tool write it in one of these, or look for a newer parity",
        )
    return found


def words(value: Any) -> Mapping[str, Any]:
    """Return a mapping as it is, and an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def names_in(requirements: Iterable[str]) -> tuple[str, ...]:
    """Return the names in requirements (PEP 508), those apart that only an extra has."""
    found = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text) for text in requirements if "extra ==" not in text)
    return tuple(match[0] for match in found if match)


def _table(data: Any, file: str) -> Table:
    if not isinstance(data, dict):
        raise ForeignDamaged(file, [Fault(place=Place(file=file), message="the file is no table of keys and values")])
    return Table(data=data, place=Place(file=file), faults=[])


def _syntax(file: str, kind: str, said: str, line: int | None) -> ForeignDamaged:
    return ForeignDamaged(file, [Fault(place=Place(file=file, line=line), message=f"is no {kind}: {said}")])
