"""`[tool.parity.conda]`: conda packages asked for in a `pyproject.toml`, and how channels are read."""

from collections.abc import Mapping
from typing import Any

from parity.core.dataclass import dataclass
from parity.core.errors import ManifestError
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.manifests.typed_table import TypedTable
from parity.core.spec import CondaRequirement, CondaSettings

KEYS = ("channel-alias", "channel-priority", "channels", "dependencies", "link-scripts", "mirrors")
_FLEXIBLE = (
    "`flexible` is not offered: it takes a package from a channel of lower priority wherever that helps, and the solver"
    " knows no such order"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaTable:
    """What is asked for, and the settings."""

    settings: CondaSettings
    channels: tuple[str, ...] = ()
    requirements: tuple[CondaRequirement, ...] = ()


def read_conda(table: TypedTable) -> CondaTable:
    """Check every key of the table. Raises nothing: faults go to the table's list."""
    table.keys_known(KEYS)
    return CondaTable(
        channels=tuple(dict.fromkeys(text for text, _ in table.texts("channels"))),
        requirements=_requirements(table),
        settings=CondaSettings(
            channel_priority=_priority(table),
            channel_alias=_alias(table),
            mirrors=_mirrors(table.table("mirrors")),
            link_scripts=tuple(sorted({text.lower() for text, _ in table.texts("link-scripts")})),
        ),
    )


def _requirements(table: TypedTable) -> tuple[CondaRequirement, ...]:
    found = []
    for text, place in table.texts("dependencies"):
        try:
            found.append(parse_match_spec(text, place))
        except ManifestError as error:
            table.faults += error.faults
    return tuple(found)


def _priority(table: TypedTable) -> str:
    text = table.text("channel-priority")
    if text == "flexible":
        table.fault(table.at("channel-priority"), _FLEXIBLE, "write `strict` or `disabled`")
        return ""
    if text not in {"", "strict", "disabled"}:
        message = f"`{text}` is not a value of `channel-priority`"
        table.fault(table.at("channel-priority"), message, "write `strict` or `disabled`")
        return ""
    return text


def _alias(table: TypedTable) -> str:
    text = table.text("channel-alias").rstrip("/")
    if text and "://" not in text:
        table.fault(table.at("channel-alias"), f"`{text}` is no address", "write `https://…`")
        return ""
    return text


def _mirrors(table: TypedTable) -> Mapping[str, tuple[str, ...]]:
    """Return the mirrors of each channel: a text is one, a list several, the first preferred."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in table.values.items():
        addresses = (value,) if isinstance(value, str) else tuple(text for text, _ in table.texts(name))
        if addresses:
            found[name] = addresses
    return found


def settings_content(settings: CondaSettings) -> dict[str, Any]:
    """Return what of the settings decides what is locked or installed, as plain data."""
    said = {"channel-priority": settings.channel_priority, "link-scripts": list(settings.link_scripts)}
    return {name: value for name, value in said.items() if value}
