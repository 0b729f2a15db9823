"""`[tool.parity.matrix]`: the environments in which `parity matrix` runs a command."""

import shlex
from typing import Any

from parity.core.errors import ManifestError
from parity.core.manifests.typed_table import TypedTable, kind
from parity.core.places import Place
from parity.core.python_request import parse_request
from parity.core.spec import MatrixSettings

KEYS = ("command", "python", "target", "with")


def read_matrix(table: TypedTable) -> MatrixSettings:
    """Return what the table says; faults are added to it."""
    table.keys_known(KEYS)
    return MatrixSettings(
        pythons=tuple(dict.fromkeys(text for text, place in table.texts("python") if _is_python(table, text, place))),
        targets=tuple(dict.fromkeys(text for text, _ in table.texts("target"))),
        more=tuple(dict.fromkeys(_set(table, item, place) for item, place in table.items("with"))),
        command=_command(table),
    )


def _is_python(table: TypedTable, text: str, place: Place) -> bool:
    try:
        parse_request(text, place)
    except ManifestError as error:
        table.faults.extend(error.faults)
        return False
    return True


def _set(table: TypedTable, item: Any, place: Place) -> tuple[str, ...]:
    """Return a set of packages: one, or a list of them."""
    packages = [item] if isinstance(item, str) else item
    if isinstance(packages, list) and all(isinstance(each, str) and each.strip() for each in packages):
        return tuple(each.strip() for each in packages)
    table.fault(place, f"a package or a list of packages was expected, found {kind(item)}", 'write `"numpy<2"`')
    return ()


def _command(table: TypedTable) -> tuple[str, ...]:
    value = table.values.get("command", "")
    if isinstance(value, list):
        return tuple(text for text, _ in table.texts("command"))
    try:
        return tuple(shlex.split(table.text("command")))
    except ValueError:
        table.fault(table.at("command"), "the command ends inside of quotation marks", 'write `["pytest", "-q"]`')
        return ()
