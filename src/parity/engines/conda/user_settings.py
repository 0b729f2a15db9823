"""Where a user has told conda, rattler or pixi that channels are, and the tokens that he has for them.

Only what says where is taken: which channels a project uses, and in which order, is its own to say, or its lock would
be another one on each machine. Followed: conda's documentation of `.condarc`, rattler's of `[mirrors]`,
conda's of `add_anaconda_token`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from parity.core.conda.channels import DEFAULT, AddressBook
from parity.core.conda.errors import CondaSettingsInvalid
from parity.engines.conda.tokens import read_tokens
from parity.engines.system.files import read_text

_MEMBER = re.compile(r".*/(pkgs/[A-Za-z0-9_-]+)/?")
_SYSTEM = Path("/etc")


def with_user_settings(book: AddressBook, environ: Mapping[str, str], *, system: Path = _SYSTEM) -> AddressBook:
    """Return an address book with what the configuration of this machine and user adds to it.

    Raises CondaSettingsInvalid where a file cannot be read as what it is, OSError.
    """
    with_tokens = True
    for path in _existing(_condarcs(environ, system)):
        said = _yaml(path)
        book = _with_condarc(book, said)
        with_tokens = _allowed(said.get("add_anaconda_token", said.get("add_binstar_token", with_tokens)))
    for path in _existing(_tomls(environ, system)):
        mirrors = {name: tuple(_texts(found)) for name, found in _table(_toml(path), "mirrors").items()}
        book = replace(book, mirrors={**book.mirrors, **mirrors})
    return replace(book, tokens=read_tokens(environ)) if with_tokens else book


def mirrors_in(text: str) -> dict[str, tuple[str, ...]]:
    """Return the mirrors that `PARITY_CONDA_MIRRORS` names; a name that stands there again has several.

    `conda-forge=https://…`, or an address in the place of the name, apart by spaces. Raises CondaSettingsInvalid.
    """
    found: dict[str, tuple[str, ...]] = {}
    for word in text.split():
        name, divided, address = word.partition("=")
        if not divided or not name or not address:
            raise CondaSettingsInvalid(
                f"`PARITY_CONDA_MIRRORS` has `{name}`, which is no mirror", hint="write `conda-forge=https://…`"
            )
        found[name] = (*found.get(name, ()), address)
    return found


def _condarcs(environ: Mapping[str, str], system: Path) -> Sequence[Path]:
    home = Path(environ.get("HOME", ""))
    configuration = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    chosen = environ.get("CONDARC")
    return [
        system / "conda" / ".condarc",
        configuration / "conda" / ".condarc",
        home / ".conda" / ".condarc",
        home / ".condarc",
        *([Path(chosen)] if chosen else []),
    ]


def _tomls(environ: Mapping[str, str], system: Path) -> Sequence[Path]:
    home = Path(environ.get("HOME", ""))
    configuration = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    folders = [system / "rattler", configuration / "rattler", configuration / "pixi", home / ".pixi"]
    return [folder / "config.toml" for folder in folders]


def _existing(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.is_file()]


def _yaml(path: Path) -> Mapping[str, Any]:
    try:
        found = YAML(typ="safe", pure=True).load(read_text(path) or "")
    except (YAMLError, UnicodeDecodeError) as error:
        raise CondaSettingsInvalid(f"`{path}` is not YAML: {_first_line(error)}", hint="mend it") from error
    return found if isinstance(found, Mapping) else {}


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(read_text(path) or "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CondaSettingsInvalid(f"`{path}` is not TOML: {_first_line(error)}", hint="mend it") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")


def _with_condarc(book: AddressBook, said: Mapping[str, Any]) -> AddressBook:
    groups = {name: tuple(_texts(found)) for name, found in _table(said, "custom_multichannels").items()}
    members, mirrors = _members(_texts(said.get("default_channels")))
    if members:
        groups[DEFAULT] = members
    custom = {name: address for name, address in _table(said, "custom_channels").items() if isinstance(address, str)}
    return replace(
        book,
        alias=str(said.get("channel_alias") or book.alias).rstrip("/"),
        custom={**book.custom, **custom},
        groups={**book.groups, **groups},
        mirrors={**book.mirrors, **mirrors},
    )


def _allowed(value: Any) -> bool:
    return str(value).lower() not in {"false", "no", "off", "0"}


def _members(addresses: Iterable[str]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the members of `defaults` as a lock names them, and the mirrors that the addresses then are."""
    members: list[str] = []
    mirrors: dict[str, tuple[str, ...]] = {}
    for address in addresses:
        match = _MEMBER.fullmatch(address)
        members.append(match[1] if match else address)
        if match:
            mirrors[match[1]] = (address,)
    return tuple(members), mirrors


def _table(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = said.get(key)
    return found if isinstance(found, Mapping) else {}


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
