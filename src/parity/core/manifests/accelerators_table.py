"""`[tool.parity.accelerators]`: where builds for accelerators are, and which distribution stands for which."""

import re
from collections.abc import Mapping
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.utils import InvalidName, canonicalize_name

from parity.core.accelerators.builds import substitute_of
from parity.core.manifests.typed_table import TypedTable
from parity.core.spec import AcceleratorSettings, Index, Substitute

KEYS = ("allow-cpu", "indexes", "packages")
_ACCELERATOR = re.compile(r"cpu|cu\d{3}|rocm\d+(\.\d+)?")
_FOR = re.compile(r"cpu|cuda|cuda\d\d|cu\d{3}|rocm|rocm\d+(\.\d+)?")


def read_accelerators(table: TypedTable) -> AcceleratorSettings:
    """Check every key of the table. Raises nothing: faults go to the table's list."""
    table.keys_known(KEYS)
    packages = table.table("packages")
    found: dict[str, Mapping[str, Substitute]] = {}
    for name in packages.values:
        try:
            found[canonicalize_name(name, validate=True)] = _rules(packages.table(name))
        except InvalidName:
            packages.fault(packages.at(name), f"`{name}` is not a name", "names are letters, digits, `-`, `_` and `.`")
    return AcceleratorSettings(
        indexes=_indexes(table.table("indexes")), packages=found, allow_cpu=bool(table.flag("allow-cpu"))
    )


def _indexes(table: TypedTable) -> dict[str, Index]:
    """Return an index for each accelerator: an address or a folder, or a table of that as `url` and of `flat`."""
    found = {}
    for name, value in table.values.items():
        url, flat = value, False
        if isinstance(value, Mapping):
            row = table.table(name)
            row.keys_known(("flat", "url"))
            url, flat = row.text("url"), bool(row.flag("flat"))
        elif not isinstance(value, str):
            table.mistyped(name, "a string or a table", value)
            continue
        if not _ACCELERATOR.fullmatch(name):
            table.fault(table.at(name), f"`{name}` is not an accelerator", "write `cpu`, `cu126`, `rocm6.4`, …")
        elif not url.strip():
            table.fault(table.at(name), f"the index of `{name}` has no address", 'write `"https://…"`, or a folder')
        else:
            found[name] = Index(name=name, url=url.strip(), flat=flat, place=table.at(name))
    return found


def _rules(table: TypedTable) -> dict[str, Substitute]:
    found = {}
    for key, value in table.values.items():
        if not _FOR.fullmatch(key):
            known = "write `cpu`, `cuda`, `cuda12`, `cu126`, `rocm`, …"
            table.fault(table.at(key), f"`{key}` is no kind of accelerator", known)
        elif substitute := _substitute(table, key, value):
            found[key] = substitute
    return found


def _substitute(table: TypedTable, key: str, value: Any) -> Substitute | None:
    """Return what is taken: a name with extras, or a table of a `package` and an `index`."""
    index = ""
    if isinstance(value, Mapping):
        row = table.table(key)
        row.keys_known(("index", "package"))
        value, index = row.text("package"), row.text("index")
        if not value and index:
            return Substitute(place=table.at(key), index=index)
    try:
        found = substitute_of(value, table.at(key)) if isinstance(value, str) else None
    except (InvalidRequirement, ValueError):
        found = None
    if found is None:
        hint = 'write `"NAME"` or `"NAME[EXTRA]"`, or `{ package = "NAME", index = "INDEX" }`'
        table.fault(table.at(key), f"`{value}` is not the name of a distribution", hint)
        return None
    return Substitute(place=found.place, package=found.package, extras=found.extras, index=index)


def accelerators_content(settings: AcceleratorSettings) -> dict[str, Any]:
    """Return what of the settings decides what is locked, as plain data."""
    return {
        name: {key: [each.package, list(each.extras), each.index] for key, each in rules.items()}
        for name, rules in settings.packages.items()
    }
