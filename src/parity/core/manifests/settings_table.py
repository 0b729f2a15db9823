"""`[tool.parity]`: what a project settles once for all who work on it."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from packaging.utils import InvalidName, canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.errors import Fault
from parity.core.manifests.accelerators_table import read_accelerators
from parity.core.manifests.conda_table import read_conda
from parity.core.manifests.matrix_table import read_matrix
from parity.core.manifests.typed_table import TypedTable
from parity.core.places import Place
from parity.core.spec import CondaRequirement, Index, Settings

KEYS = (
    "accelerators", "conda", "exclude-newer", "extras", "groups", "indexes", "interpreter", "manifests", "matrix",
    "package", "prefer", "python-sources", "route", "sdists", "targets",
)  # fmt: skip
_INDEX_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsTable:
    """The settings, the conda packages and channels that are asked for, and what is to be said about the table."""

    settings: Settings
    conda: tuple[CondaRequirement, ...] = ()
    channels: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def parse_settings(values: Mapping[str, Any], place: Place) -> SettingsTable:
    """Check every key of the table. Raises nothing: faults are returned, all of them together."""
    faults: list[Fault] = []
    table = TypedTable(values, place, faults)
    table.keys_known(KEYS)
    conda = read_conda(table.table("conda"))
    settings = Settings(
        manifests=_distinct(table, "manifests"),
        route=_choice(table, "route", ("venv", "conda")),
        targets=_distinct(table, "targets"),
        groups=_names(table, "groups"),
        extras=_names(table, "extras"),
        package=table.flag("package"),
        interpreter=_choice(table, "interpreter", ("exact",)),
        exclude_newer=_moment(table, "exclude-newer"),
        python_sources=table.text("python-sources"),
        sdists=_sdists(table),
        prefer=_prefer(table),
        indexes=_indexes(table),
        conda=conda.settings,
        accelerators=read_accelerators(table.table("accelerators")),
        matrix=read_matrix(table.table("matrix")),
    )
    return SettingsTable(
        settings=settings,
        conda=conda.requirements,
        channels=conda.channels,
        faults=tuple(faults),
    )


def _distinct(table: TypedTable, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text, _ in table.texts(key)))


def _names(table: TypedTable, key: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text, place in table.texts(key):
        try:
            found.setdefault(canonicalize_name(text, validate=True))
        except InvalidName:
            table.fault(place, f"`{text}` is not a name", "names are letters, digits, `-`, `_` and `.`")
    return tuple(sorted(found))


def _choice(table: TypedTable, key: str, words: tuple[str, ...]) -> str:
    text = table.text(key)
    if (text or table.values.get(key) == "") and text not in words:
        known = " or ".join(f"`{word}`" for word in words)
        table.fault(table.at(key), f"`{text}` is not a value of `{key}`", f"write {known}")
        return ""
    return text


def _sdists(table: TypedTable) -> tuple[str, ...]:
    value = table.values.get("sdists")
    if isinstance(value, bool):
        return ("*",) if value else ()
    if value == ["*"]:
        return ("*",)
    return _names(table, "sdists")


def _prefer(table: TypedTable) -> dict[str, str]:
    """Return from where distributions come that both sides have."""
    found: dict[str, str] = {}
    wanted = table.table("prefer")
    for name, side in wanted.values.items():
        try:
            known = canonicalize_name(name, validate=True)
        except InvalidName:
            wanted.fault(wanted.at(name), f"`{name}` is not a name", "names are letters, digits, `-`, `_` and `.`")
            continue
        if side not in {"conda", "pypi"}:
            wanted.fault(wanted.at(name), f"`{side}` is no side of `prefer`", "write `conda` or `pypi`")
        else:
            found[known] = side
    return dict(sorted(found.items()))


def _moment(table: TypedTable, key: str) -> str:
    """Return a point in time in UTC; a day counts to its end, the same end everywhere (RFC 3339)."""
    value = table.values.get(key)
    if value is None:
        return ""
    try:
        moment = _utc(value)
    except (ValueError, OverflowError):
        message = f"`{key}` must be a date or a date with time and zone, found `{value}`"
        table.fault(table.at(key), message, "write `2026-03-01` or `2026-03-01T12:00:00Z` (RFC 3339)")
        return ""
    return moment.isoformat().replace("+00:00", "Z")


def _utc(value: Any) -> datetime:
    if isinstance(value, str):
        text = value.strip()
        if _DATE.fullmatch(text):
            return _utc(date.fromisoformat(text))
        if _DATE_TIME.fullmatch(text):
            return _utc(datetime.fromisoformat(text.upper()))
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC) + timedelta(days=1)
    raise ValueError(value)


def _indexes(table: TypedTable) -> tuple[Index, ...]:
    found: dict[str, Index] = {}
    for row in table.tables("indexes"):
        row.keys_known(("default", "explicit", "flat", "name", "url"))
        name, url = row.text("name"), row.text("url")
        for key, value in (("name", name), ("url", url)):
            if not value and not isinstance(row.values.get(key), int | float | list | dict):
                row.fault(row.place, f"an index needs `{key}`", 'write `{ name = "NAME", url = "https://…" }`')
        index = Index(
            name=name,
            url=url,
            default=bool(row.flag("default")),
            flat=bool(row.flag("flat")),
            explicit=bool(row.flag("explicit")),
            place=row.at("url"),
        )
        if name and _may_stand(row, index, found):
            found[name] = index
    return tuple(found.values())


def _may_stand(row: TypedTable, index: Index, others: Mapping[str, Index]) -> bool:
    if not _INDEX_NAME.fullmatch(index.name) or ".." in index.name:
        row.fault(row.at("name"), f"`{index.name}` is not a name", "use letters, digits, `-`, `_` and `.`")
    elif index.name in others:
        row.fault(row.at("name"), f"two indexes are called `{index.name}`", "give each index a name of its own")
    elif index.name == "default" and not index.default:
        row.fault(row.at("name"), "`default` is the name of the default index", "add `default = true`, or rename it")
    elif index.default and any(other.default for other in others.values()):
        row.fault(row.at("default"), "there are two default indexes", "keep one `default = true`")
    elif index.default and index.explicit:
        row.fault(row.at("default"), "the default index cannot be explicit", "keep one of the keys")
    else:
        return True
    return False
